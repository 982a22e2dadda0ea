"""Selections of a shape: rectangle, ellipse and polygon, with smooth edges."""

from collections.abc import Sequence

import cv2
import numpy as np

from scumble_editor.document.selection import Selection
from scumble_protocol.geometry import Bounds, Point

Place = tuple[float, float]
"""A point of the canvas, x and y; whole numbers are corners of pixels."""

_FINER = 4  # samples a pixel in each direction


def rectangle(bounds: Bounds) -> Selection:
    """Select a rectangle of whole pixels."""
    return Selection.of_rectangle(bounds)


def ellipse(bounds: Bounds) -> Selection:
    """Select the ellipse that touches the sides of a rectangle, its edge smooth."""
    if bounds.width <= 0 or bounds.height <= 0:
        return Selection()
    x = (np.arange(bounds.width) + 0.5) * (2 / bounds.width) - 1
    y = (np.arange(bounds.height) + 0.5) * (2 / bounds.height) - 1
    radius = np.sqrt(x[None] ** 2 + y[:, None] ** 2)
    # distance to the edge in pixels, by the gradient of the implicit form
    steepness = np.sqrt((2 * x[None] / bounds.width) ** 2 + (2 * y[:, None] / bounds.height) ** 2)
    distance = (1 - radius) * radius / np.maximum(steepness, 1e-9)
    coverage = np.where(radius == 0, 1, np.clip(distance + 0.5, 0, 1))
    return Selection.of((coverage * 255 + 0.5).astype(np.uint8), Point(bounds.x, bounds.y))


def polygon(corners: Sequence[Place], canvas: Bounds) -> Selection:
    """Select the inside of a polygon (even-odd where it crosses itself) on the canvas."""
    if len(corners) < 3:
        return Selection()
    places = np.array(corners, np.float64)
    low, high = np.floor(places.min(axis=0)), np.ceil(places.max(axis=0))
    around = Bounds.of_edges(int(low[0]), int(low[1]), int(high[0]), int(high[1]))
    bounds = around.intersection(canvas)
    if bounds is None:
        return Selection()
    fine = np.zeros((bounds.height * _FINER, bounds.width * _FINER), np.uint8)
    scaled = (places - (bounds.x, bounds.y)) * _FINER - 0.5
    cv2.fillPoly(fine, [np.round(scaled * 256).astype(np.int32)], (255,), shift=8)
    size = (bounds.width, bounds.height)
    coverage = np.asarray(cv2.resize(fine, size, interpolation=cv2.INTER_AREA))
    return Selection.of(coverage, Point(bounds.x, bounds.y))
