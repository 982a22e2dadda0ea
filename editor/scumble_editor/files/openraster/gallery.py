"""The gallery in an OpenRaster file: what models painted, as entries that other programs ignore."""

from collections.abc import Callable, Sequence
from contextlib import suppress

from scumble_editor.document.formats import GRAY8, RGBA8, PixelFormat, Pixels
from scumble_editor.document.layer import Layer, Mask, new_id
from scumble_editor.document.paintings import Painting
from scumble_editor.document.selection import Selection
from scumble_editor.document.tiles import Tiles
from scumble_editor.files.errors import FileError
from scumble_editor.files.openraster.manifest import (
    MaskEntry,
    PaintedEntry,
    PaintingEntry,
    PlaneEntry,
)
from scumble_protocol.geometry import Bounds, Point

MOST_PAINTINGS = 4096
MOST_VARIANTS = 64
_LONGEST = 1000

WritePlane = Callable[[str, Bounds | None, Callable[[Bounds], Pixels]], PlaneEntry]
WriteMask = Callable[[Mask | None], MaskEntry | None]
ReadPlane = Callable[[PlaneEntry, Point, PixelFormat, float], Tiles]
ReadMask = Callable[[MaskEntry | None], Mask | None]


def write_gallery(
    paintings: Sequence[Painting], plane: WritePlane, mask: WriteMask
) -> tuple[PaintingEntry, ...]:
    """Put the pixels of paintings into an archive; returns what the manifest says of them."""
    return tuple(
        PaintingEntry(
            id=painting.id,
            seconds=painting.seconds,
            layers=tuple(_painted(layer, plane, mask) for layer in painting.layers),
            selection=None
            if painting.selection is None
            else plane("scumble/painted", painting.selection.bounds, painting.selection.read),
        )
        for painting in paintings
    )


def _painted(layer: Layer, plane: WritePlane, mask: WriteMask) -> PaintedEntry:
    return PaintedEntry(
        name=layer.name,
        recipe=layer.recipe,
        pixels=plane("scumble/painted", layer.content_bounds(), layer.read),
        offset=(layer.offset.x, layer.offset.y),
        mask=mask(layer.mask),
    )


def read_gallery(
    entries: Sequence[PaintingEntry], plane: ReadPlane, mask: ReadMask, what: str
) -> tuple[tuple[Painting, ...], tuple[str, ...]]:
    """Return the paintings of a file, the oldest first, and a notice where some are damaged."""
    found = []
    for entry in entries[-MOST_PAINTINGS:]:
        with suppress(FileError):
            found.append(_painting(entry, plane, mask))
    lost = len(entries) - len(found)
    if not lost:
        return tuple(found), ()
    notice = f"{lost} of {len(entries)} earlier results kept in {what} are damaged and left out."
    return tuple(found), (notice,)


def _painting(entry: PaintingEntry, plane: ReadPlane, mask: ReadMask) -> Painting:
    layers = tuple(
        Layer(
            name=painted.name[:_LONGEST],
            recipe=painted.recipe,
            pixels=plane(painted.pixels, Point(*painted.offset), RGBA8, 0),
            offset=Point(*painted.offset),
            mask=mask(painted.mask),
        )
        for painted in entry.layers[:MOST_VARIANTS]
    )
    selection = entry.selection
    return Painting(
        id=entry.id if 1 <= len(entry.id) <= _LONGEST else new_id(),
        seconds=entry.seconds,
        layers=layers,
        selection=None if selection is None else Selection(plane(selection, Point(0, 0), GRAY8, 0)),
    )
