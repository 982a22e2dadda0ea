"""Putting a result into a GIMP image: layers with masks, in one step of undo."""

from collections.abc import Iterator
from contextlib import contextmanager

from gi.repository import Gegl, Gimp

from scumble_gimp.canvas import MASK_FORMAT, SEEN_FORMAT
from scumble_host.commands import Command, Giving
from scumble_host.events import Done, Layer
from scumble_host.fields import Value
from scumble_host.request import edges
from scumble_host.speech import layer_name

RECIPE = "scumble-recipe"  # the name of the parasite that keeps a layer's job
KEPT_WITH_FILE, UNDOABLE = 1, 2  # flags of a parasite


def add(image: "Gimp.Image", command: Command, values: dict[str, Value], done: Done) -> None:
    """Add what a command gave, so that one undo takes all of it away."""
    with _one_step(image):
        if command.giving is Giving.SELECTION:
            _select(image, done)
        else:
            _make_room(image, command, values, done)
            prompt = str(values.get("prompt", ""))
            names = [layer_name(command, prompt, layer.seed) for layer in done.layers]
            _add_layers(image, command, done, names)


@contextmanager
def _one_step(image: "Gimp.Image") -> Iterator[None]:
    image.undo_group_start()
    try:
        yield
    finally:
        image.undo_group_end()


def _make_room(image: "Gimp.Image", command: Command, values: dict[str, Value], done: Done) -> None:
    if command.expands:
        left, top, _, _ = edges(values)
        image.resize(*done.canvas, left, top)
    elif command.giving is Giving.SCALED:
        _, _, width, height = done.layers[0].bounds
        image.scale(width, height)


def _add_layers(image: "Gimp.Image", command: Command, done: Done, names: list[str]) -> None:
    """Add the variants above the selected layer; several in a group, the first one visible."""
    parent, position = _above_selected(image)
    if len(done.layers) > 1:
        group = Gimp.GroupLayer.new(image, f"{command.title.replace('_', '')}: {names[0]}")
        image.insert_layer(group, parent, position)
        parent, position = group, 0
    made = [_layer(image, layer, name) for layer, name in zip(done.layers, names, strict=True)]
    for layer, given in reversed(list(zip(made, done.layers, strict=True))):
        image.insert_layer(layer, parent, position)
        layer.set_visible(layer is made[0])  # GIMP shows a layer that it inserts
        if given.mask is not None:
            layer.add_mask(_mask(layer, given))
            layer.set_edit_mask(False)  # the next stroke paints on the layer, as on any other
    image.set_selected_layers([made[0]])


def _above_selected(image: "Gimp.Image") -> tuple["Gimp.Layer | None", int]:
    """Return the parent and the position that is above the selected layer."""
    chosen = image.get_selected_layers()
    if not chosen:
        return None, 0
    return chosen[0].get_parent(), image.get_item_position(chosen[0])


def _layer(image: "Gimp.Image", given: Layer, name: str) -> "Gimp.Layer":
    """Return a layer with a result's pixels, in the image's own precision and profile."""
    x, y, width, height = given.bounds
    grey = image.get_base_type() == Gimp.ImageBaseType.GRAY
    kind = Gimp.ImageType.GRAYA_IMAGE if grey else Gimp.ImageType.RGBA_IMAGE
    layer = Gimp.Layer.new(image, name, width, height, kind, 100.0, Gimp.LayerMode.NORMAL)
    layer.set_offsets(x, y)
    _fill(layer, SEEN_FORMAT, given.pixels, width, height)
    if given.recipe:
        flags = KEPT_WITH_FILE | UNDOABLE
        layer.attach_parasite(Gimp.Parasite.new(RECIPE, flags, given.recipe.encode()))
    return layer


def _mask(layer: "Gimp.Layer", given: Layer) -> "Gimp.LayerMask":
    _, _, width, height = given.bounds
    mask = layer.create_mask(Gimp.AddMaskType.BLACK)
    assert given.mask is not None
    _fill(mask, MASK_FORMAT, given.mask, width, height)
    return mask


def _fill(drawable: "Gimp.Drawable", form: str, pixels: object, width: int, height: int) -> None:
    buffer = drawable.get_buffer()
    buffer.set(Gegl.Rectangle.new(0, 0, width, height), form, bytes(pixels))  # type: ignore[call-overload]
    buffer.flush()
    drawable.update(0, 0, width, height)


def _select(image: "Gimp.Image", done: Done) -> None:
    """Make the first layer's mask, or its grey pixels, the selection."""
    given = done.layers[0]
    x, y, width, height = given.bounds
    channel = Gimp.Channel.new(image, "Scumble", *_size(image), 100.0, Gegl.Color.new("black"))
    buffer = channel.get_buffer()
    grey = given.mask if given.mask is not None else given.pixels[::4]
    buffer.set(Gegl.Rectangle.new(x, y, width, height), MASK_FORMAT, bytes(grey))
    buffer.flush()
    image.insert_channel(channel, None, 0)
    image.select_item(Gimp.ChannelOps.REPLACE, channel)
    image.remove_channel(channel)


def _size(image: "Gimp.Image") -> tuple[int, int]:
    return image.get_width(), image.get_height()
