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
_LATEST_SECONDS = 4e9  # the year 2096; later ones are no dates to be shown

WritePlane = Callable[[Tiles, Bounds | None, Callable[[Bounds], Pixels]], PlaneEntry]
ReadPlane = Callable[[PlaneEntry, Point, PixelFormat, float], Tiles]
ReadMask = Callable[[MaskEntry | None], Mask | None]


def write_gallery(paintings: Sequence[Painting], plane: WritePlane) -> tuple[PaintingEntry, ...]:
    """Put the pixels of paintings into an archive; returns what the manifest says of them."""
    return tuple(
        PaintingEntry(
            id=painting.id,
            seconds=painting.seconds,
            layers=tuple(_painted(layer, plane) for layer in painting.layers),
            selection=_selected(painting.selection, plane),
        )
        for painting in paintings
    )


def _painted(layer: Layer, plane: WritePlane) -> PaintedEntry:
    return PaintedEntry(
        name=layer.name,
        recipe=layer.recipe,
        pixels=plane(layer.pixels, layer.content_bounds(), layer.read),
        offset=(layer.offset.x, layer.offset.y),
        mask=_masked(layer.mask, plane),
    )


def _masked(mask: Mask | None, plane: WritePlane) -> MaskEntry | None:
    if mask is None:
        return None
    inside = mask.pixels.content_bounds()
    if inside is not None:
        inside = inside.moved(mask.offset.x, mask.offset.y)
    return MaskEntry(
        plane=plane(mask.pixels, inside, mask.read),
        offset=(mask.offset.x, mask.offset.y),
        default=int(mask.pixels.default),
        enabled=mask.enabled,
    )


def _selected(selection: Selection | None, plane: WritePlane) -> PlaneEntry | None:
    if selection is None:
        return None
    return plane(selection.pixels, selection.bounds, selection.read)


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
        seconds=min(max(entry.seconds, 0.0), _LATEST_SECONDS),
        layers=layers,
        selection=None if selection is None else Selection(plane(selection, Point(0, 0), GRAY8, 0)),
    )
