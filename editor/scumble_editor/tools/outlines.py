"""Shapes made into selections: every pixel by how much of it lies inside."""

import math
from collections.abc import Sequence

import cv2
import numpy as np

from scumble_editor.document import soft_masks
from scumble_editor.document.formats import GRAY8, Pixels
from scumble_editor.document.selection import Selection
from scumble_editor.document.tiles import TILE, Key, Tiles, keys_of, tile_bounds
from scumble_editor.tools.shapes import Place
from scumble_protocol.geometry import Bounds, Point

_FINE = 4  # sub-pixels along each side


def rectangle(first: Place, second: Place) -> Bounds:
    """Return the whole pixels between two corners."""
    left, right = sorted((first[0], second[0]))
    top, bottom = sorted((first[1], second[1]))
    return Bounds.of_edges(round(left), round(top), round(right), round(bottom))


def ellipse(first: Place, second: Place) -> list[Place]:
    """Return the outline of an ellipse in the rectangle between two corners."""
    x, y = (first[0] + second[0]) / 2, (first[1] + second[1]) / 2
    rx, ry = abs(second[0] - first[0]) / 2, abs(second[1] - first[1]) / 2
    steps = min(max(int(math.pi * (rx + ry) / 2), 24), 720)
    turns = [2 * math.pi * step / steps for step in range(steps)]
    return [(x + rx * math.cos(turn), y + ry * math.sin(turn)) for turn in turns]


def polygon(points: Sequence[Place], canvas: Bounds, *, smooth: bool = True) -> Selection:
    """Return the inside of a closed outline that may cross itself (even-odd), within a canvas.

    With `smooth` pixels at the edge are selected by how much of them lies inside, else whole.
    """
    corners = np.array(points, np.float64).reshape(-1, 2)
    if len(corners) < 3:
        return Selection()
    low, high = np.floor(corners.min(axis=0)), np.ceil(corners.max(axis=0))
    around = Bounds.of_edges(int(low[0]), int(low[1]), int(high[0]) + 1, int(high[1]) + 1)
    area = around.intersection(canvas)
    if area is None:
        return Selection()
    tiles: dict[Key, Pixels | None] = {}
    for key in keys_of(area):
        tiles[key] = _tile(corners, tile_bounds(key), canvas, smooth=smooth)
    return Selection(Tiles(GRAY8).replaced(tiles))


def softened(selection: Selection, feather_px: float, canvas: Bounds) -> Selection:
    """Return a selection with a soft edge."""
    inside = selection.bounds
    if feather_px <= 0 or inside is None:
        return selection
    area = inside.padded(math.ceil(feather_px * 2)).intersection(canvas)
    if area is None:
        return selection
    soft = soft_masks.feathered(selection.read(area), feather_px)
    return Selection.of(soft, Point(area.x, area.y))


def _tile(corners: Pixels, area: Bounds, canvas: Bounds, *, smooth: bool) -> Pixels:
    fine = _FINE if smooth else 1
    big = np.zeros((TILE * fine, TILE * fine), np.uint8)
    # cv2 counts from the middles of pixels, and takes 8 bits of fraction.
    local = (corners - (area.x, area.y)) * fine - 0.5
    cv2.fillPoly(big, [np.round(local * 256).astype(np.int64).astype(np.int32)], 255, shift=8)
    tile = big if fine == 1 else cv2.resize(big, (TILE, TILE), interpolation=cv2.INTER_AREA)
    inside = area.intersection(canvas)
    if inside != area:
        cut = np.zeros((TILE, TILE), np.uint8)
        if inside is not None:
            place = inside.relative_to(area).slices
            cut[place] = np.asarray(tile)[place]
        return cut
    return np.array(tile, np.uint8)
