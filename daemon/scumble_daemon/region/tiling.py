"""A large picture as tiles that overlap, and what was made of them laid together without seams."""

import math
from dataclasses import dataclass

import numpy as np

from scumble_daemon.region.arrays import Floats, floats, smoothstep
from scumble_protocol.geometry import Bounds, Extent


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile of a picture, and how far the tiles before it reach into it."""

    bounds: Bounds
    from_left: int  # px that it shares with the tile to its left; 0 at the edge
    from_above: int


def tiles_of(extent: Extent, side: int, overlap: int) -> tuple[Tile, ...]:
    """Return tiles that cover a picture, row after row, evenly spread.

    Each is `side` px wide and high, or as large as the picture where that is smaller. Neighbours
    share at least `overlap` px, and at most half a tile.
    """
    columns = _spans(extent.width, side, overlap)
    rows = _spans(extent.height, side, overlap)
    return tuple(
        Tile(Bounds(x, y, width, height), from_left, from_above)
        for y, height, from_above in rows
        for x, width, from_left in columns
    )


def lay(picture: Floats, tile: Tile, made: Floats) -> None:
    """Lay what was made of a tile onto a picture, in place, faded in over what it shares.

    picture: float32 [H, W, C], on which all tiles before it lie; made: [h, w, C], as large as the
    tile. Laid in the order of `tiles_of`, every pixel is a weighted mean of the tiles over it.
    """
    cover = _ramp(tile.bounds.height, tile.from_above)[:, None] * _ramp(
        tile.bounds.width, tile.from_left
    )
    there = picture[tile.bounds.slices]
    there += (made - there) * cover[..., None]


def _spans(length: int, side: int, overlap: int) -> tuple[tuple[int, int, int], ...]:
    """Return start, length and what is shared with the one before, of each tile along an axis."""
    if length <= side:
        return ((0, length, 0),)
    shared = min(overlap, side // 2)
    count = math.ceil((length - shared) / (side - shared))
    starts = [round(index * (length - side) / (count - 1)) for index in range(count)]
    return tuple(
        (start, side, 0 if index == 0 else starts[index - 1] + side - start)
        for index, start in enumerate(starts)
    )


def _ramp(length: int, shared: int) -> Floats:
    """Return weights that rise from 0 to 1 over the shared px, [length]."""
    places = np.arange(length, dtype=np.float32) + np.float32(0.5)
    return smoothstep(places / np.float32(shared)) if shared else floats(np.ones_like(places))
