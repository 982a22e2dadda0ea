"""What models painted for a document: kept beside it, so that no undo ever loses a result."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from scumble_editor.document.layer import Layer, new_id
from scumble_editor.document.selection import Selection
from scumble_editor.document.tiles import Tiles


@dataclass(frozen=True, slots=True, kw_only=True, weakref_slot=True)
class Painting:
    """One finished job: all its variants as layers, the first one first, and where it might paint.

    Each layer has its own mask and recipe. A `selection` of None let it paint everywhere.
    `seconds` is the Unix time at which it was finished.
    """

    layers: tuple[Layer, ...]
    seconds: float
    selection: Selection | None = None
    id: str = field(default_factory=new_id)

    @property
    def recipe(self) -> str | None:
        """The JSON text of the job of the first variant."""
        return self.layers[0].recipe if self.layers else None

    def planes(self) -> Iterator[Tiles]:
        """Yield every plane of pixels held."""
        for layer in self.layers:
            yield layer.pixels
            if layer.mask is not None:
                yield layer.mask.pixels
        if self.selection is not None:
            yield self.selection.pixels


def bytes_of(paintings: Iterable[Painting]) -> int:
    """Return the bytes of the distinct tiles of paintings."""
    return sum(_tiles(paintings).values())


def within(paintings: tuple[Painting, ...], budget_bytes: int) -> tuple[Painting, ...]:
    """Return the latest paintings whose tiles fit into a budget; the last one always stays.

    Paintings are listed from the oldest to the latest.
    """
    kept = paintings[-1:]
    tiles = _tiles(kept)
    for painting in reversed(paintings[:-1]):
        tiles |= _tiles((painting,))
        if sum(tiles.values()) > budget_bytes:
            break
        kept = (painting, *kept)
    return kept


def _tiles(paintings: Iterable[Painting]) -> dict[int, int]:
    """Return the bytes of each distinct tile by its identity."""
    return {
        id(tile): int(tile.nbytes)
        for painting in paintings
        for plane in painting.planes()
        for tile in plane.mapping.values()
    }
