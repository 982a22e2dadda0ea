"""Work on large planes block by block, and on no more of them than a screen shows."""

from dataclasses import dataclass

from scumble_editor.document.tiles import TILE
from scumble_protocol.geometry import Bounds


def blocks_of(bounds: Bounds, side_px: int) -> list[Bounds]:
    """Return a rectangle cut into blocks of at most a side's length, row by row."""
    return [
        Bounds(x, y, min(side_px, bounds.right - x), min(side_px, bounds.bottom - y))
        for y in range(bounds.top, bounds.bottom, side_px)
        for x in range(bounds.left, bounds.right, side_px)
    ]


def bands_of(bounds: Bounds) -> list[Bounds]:
    """Return a rectangle cut into bands as high as tiles are, along the rows of tiles."""
    edges = [*range(bounds.top // TILE * TILE + TILE, bounds.bottom, TILE), bounds.bottom]
    tops = [bounds.top, *edges[:-1]]
    return [
        Bounds.of_edges(bounds.left, top, bounds.right, bottom)
        for top, bottom in zip(tops, edges, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class Draft:
    """How much of an edit a preview needs: what lies within bounds, in pixels `step` wide."""

    within: Bounds
    step: int = 1
