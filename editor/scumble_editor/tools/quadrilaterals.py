"""Four corners that handles stretch, turn and pull, and the matrix from one four to another."""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from scumble_editor.document.edits.transforms import Matrix
from scumble_editor.document.errors import DocumentError
from scumble_editor.tools.handles import Grip
from scumble_editor.tools.shapes import Place

Corners = tuple[Place, ...]
"""Clockwise from the upper left one."""


def matrix_of(box: Corners, corners: Corners) -> Matrix:
    """Return the matrix that takes the corners of one quadrilateral to those of another."""
    before, after = np.array(box, np.float32), np.array(corners, np.float32)
    found: NDArray[np.float64] = np.asarray(cv2.getPerspectiveTransform(before, after))
    if not np.isfinite(found).all() or abs(float(np.linalg.det(found))) < 1e-9:
        raise DocumentError("That would fold the picture up; nothing was changed.")
    rows = [(float(row[0]), float(row[1]), float(row[2])) for row in found]
    return rows[0], rows[1], rows[2]


def shifted(corners: Corners, dx: float, dy: float) -> Corners:
    """Return the corners moved by whole pixels."""
    dx, dy = round(dx), round(dy)
    return tuple((x + dx, y + dy) for x, y in corners)


def turned(corners: Corners, start: Place, at: Place, *, stepped: bool) -> Corners:
    """Return the corners turned about their middle by as much as a drag turns."""
    x, y = _centre(corners)
    turn = math.atan2(at[1] - y, at[0] - x) - math.atan2(start[1] - y, start[0] - x)
    if stepped:
        turn = round(turn / (math.pi / 12)) * (math.pi / 12)
    cos, sin = math.cos(turn), math.sin(turn)
    return tuple(
        (x + (px - x) * cos - (py - y) * sin, y + (px - x) * sin + (py - y) * cos)
        for px, py in corners
    )


def pulled(corners: Corners, grip: Grip, start: Place, at: Place) -> Corners:
    """Move one corner alone, or both ends of a side: perspective and skew."""
    dx, dy = at[0] - start[0], at[1] - start[1]
    moved = _ends(grip)
    return tuple(
        (x + dx, y + dy) if index in moved else (x, y) for index, (x, y) in enumerate(corners)
    )


def stretched(
    corners: Corners, grip: Grip, drag: Place, *, proportional: bool, centred: bool
) -> Corners:
    """Scale along the box's own axes, with the other side or the middle kept in place."""
    first, second, _, fourth = (np.array(corner, np.float64) for corner in corners)
    across, down = grip.value
    axes = second - first, fourth - first
    lengths = [max(float(np.hypot(*axis)), 1e-6) for axis in axes]
    factors = []
    for axis, length, side in zip(axes, lengths, (across, down), strict=True):
        along = float(np.dot(np.array(drag), axis / length)) * side
        factors.append(1 + along * (2 if centred else 1) / length if side else 1.0)
    if proportional:
        strongest = max(factors, key=lambda factor: abs(factor - 1))
        factors = [strongest, strongest]
    factors = [factor if abs(factor) > 0.01 else 0.01 for factor in factors]
    anchor_u = 0.5 if centred or across == 0 else (0.0 if across > 0 else 1.0)
    anchor_v = 0.5 if centred or down == 0 else (0.0 if down > 0 else 1.0)
    fixed = first + axes[0] * anchor_u + axes[1] * anchor_v
    result = []
    for u, v in ((0, 0), (1, 0), (1, 1), (0, 1)):
        place = (
            fixed + axes[0] * (u - anchor_u) * factors[0] + axes[1] * (v - anchor_v) * factors[1]
        )
        result.append((float(place[0]), float(place[1])))
    return tuple(result)


def _ends(grip: Grip) -> tuple[int, ...]:
    """Return which corners a handle belongs to, counted clockwise from the upper left one."""
    across, down = grip.value
    places = ((-1, -1), (1, -1), (1, 1), (-1, 1))
    return tuple(
        index for index, (x, y) in enumerate(places) if across in (0, x) and down in (0, y)
    )


def _centre(corners: Corners) -> Place:
    return sum(x for x, _ in corners) / 4, sum(y for _, y in corners) / 4


def described(box: Corners, corners: Corners) -> str:
    """Say how a quadrilateral was stretched and turned."""

    def side(quad: Corners, first: int, second: int) -> float:
        return math.dist(quad[first], quad[second])

    wide = side(corners, 0, 1) / max(side(box, 0, 1), 1e-6) * 100
    high = side(corners, 0, 3) / max(side(box, 0, 3), 1e-6) * 100
    (x0, y0), (x1, y1) = corners[0], corners[1]
    turn = math.degrees(math.atan2(y1 - y0, x1 - x0))
    return f"{wide:.0f} % × {high:.0f} %, {turn:.1f}°"
