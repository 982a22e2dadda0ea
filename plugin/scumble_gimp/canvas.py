"""Reading a GIMP image: what is seen and what is selected, 8 bits a channel, sRGB."""

from collections.abc import Mapping

from gi.repository import Gegl, Gimp

from scumble_host.commands import Command, Selecting
from scumble_host.fields import Value
from scumble_host.request import Canvas, RefusedError

# The primes mean values as a screen shows them; without them they would be linear light.
SEEN_FORMAT = "R'G'B'A u8"
MASK_FORMAT = "Y u8"  # masks are linear in GIMP, so that this is what they hold


def size(image: "Gimp.Image") -> tuple[int, int]:
    """Return the image's width and height in pixels."""
    return image.get_width(), image.get_height()


def selected(image: "Gimp.Image") -> bool:
    """Tell whether anything is selected."""
    return not Gimp.Selection.is_empty(image)


def read(image: "Gimp.Image", command: Command, values: Mapping[str, Value]) -> Canvas:
    """Return what a command sends of an image. The image is not touched.

    Raises RefusedError where GIMP cannot show it in these colours.
    """
    if image.get_base_type() == Gimp.ImageBaseType.INDEXED:
        raise RefusedError(
            "This image has a palette, which new paint would not fit. Nothing was changed; choose "
            "Image ▸ Mode ▸ RGB first."
        )
    width, height = size(image)
    whole = Gegl.Rectangle.new(0, 0, width, height)
    pixels = _seen(image, whole) if command.sends_picture else None
    selection = None
    if command.selecting is not Selecting.IGNORED and selected(image):
        buffer = image.get_selection().get_buffer()
        selection = buffer.get(whole, 1.0, MASK_FORMAT, Gegl.AbyssPolicy.NONE)
    depth = _selected_layer(image) if values.get("depth-layer") else None
    return Canvas(width, height, pixels, "rgba8", selection, depth)


def _selected_layer(image: "Gimp.Image") -> bytes:
    """Return the selected layer's pixels over the whole canvas, transparent where it is not."""
    chosen = image.get_selected_layers()
    if not chosen:
        raise RefusedError("No layer is selected to take the depth from. Nothing was changed.")
    _, x, y = chosen[0].get_offsets()
    place = Gegl.Rectangle.new(-x, -y, *size(image))
    return chosen[0].get_buffer().get(place, 1.0, SEEN_FORMAT, Gegl.AbyssPolicy.NONE)


def _seen(image: "Gimp.Image", whole: "Gegl.Rectangle") -> bytes:
    layer = Gimp.Layer.new_from_visible(image, image, "as seen")
    try:
        pixels: bytes = layer.get_buffer().get(whole, 1.0, SEEN_FORMAT, Gegl.AbyssPolicy.NONE)
    finally:
        layer.delete()
    return pixels
