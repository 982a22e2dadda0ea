"""Shapes made into selections: every pixel by how much of it lies inside."""

import math
from collections.abc import Sequence

import numpy as np

from scumble_editor.document import soft_masks
from scumble_editor.document.formats import Pixels
from scumble_editor.document.selection import Selection
from scumble_editor.tools.shapes import Place
from scumble_protocol.geometry import Bounds, Point

_LINES = 4  # that cross each pixel


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
    coverage = _coverage(corners, area)
    if not smooth:
        coverage = np.where(coverage >= 128, np.uint8(255), np.uint8(0))
    return Selection.of(coverage, Point(area.x, area.y))


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


def _coverage(corners: Pixels, area: Bounds) -> Pixels:
    """Return how much of each pixel lies inside an outline: uint8 [H, W].

    Every pixel is crossed by a few lines; what lies inside along a line is exact, so upright
    edges are too. Spans are added by their ends and summed up along each row.
    """
    rows, crossings = _crossings(corners, area)
    order = np.lexsort((crossings, rows))
    rows, crossings = rows[order], crossings[order]
    sums = np.zeros((area.height, area.width + 2), np.float32)
    whole = np.floor(crossings).astype(np.int64)
    part = crossings - whole
    weight = np.where(np.arange(len(rows)) % 2 == 0, 1.0, -1.0) / _LINES
    pixel_rows = rows // _LINES
    np.add.at(sums, (pixel_rows, whole), weight * (1 - part))
    np.add.at(sums, (pixel_rows, whole + 1), weight * part)
    inside = np.cumsum(sums, axis=1)[:, : area.width]
    return (np.clip(inside, 0, 1) * 255 + 0.5).astype(np.uint8)


def _crossings(corners: Pixels, area: Bounds) -> tuple[Pixels, Pixels]:
    """Return the lines that an outline crosses, int64 [N], and where, float64 [N], in the area."""
    lines, places = [], []
    start = corners - (area.x, area.y)
    for (x0, y0), (x1, y1) in zip(start, np.roll(start, -1, axis=0), strict=True):
        low, high = sorted((y0, y1))
        first = max(math.ceil(low * _LINES - 0.5), 0)
        last = min(math.ceil(high * _LINES - 0.5), area.height * _LINES)
        if first < last:
            line = np.arange(first, last)
            y = (line + 0.5) / _LINES
            lines.append(line)
            places.append(np.clip(x0 + (y - y0) * (x1 - x0) / (y1 - y0), 0, area.width))
    if not lines:
        return np.zeros(0, np.int64), np.zeros(0)
    return np.concatenate(lines), np.concatenate(places)
