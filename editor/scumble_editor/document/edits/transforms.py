"""Edits that scale, rotate, skew or distort a layer or what is selected of it."""

from dataclasses import replace

import cv2
import numpy as np

from scumble_editor.document.document import Document
from scumble_editor.document.edits.pixels import editable_layer
from scumble_editor.document.errors import DocumentError
from scumble_editor.document.formats import Pixels
from scumble_editor.document.pixel_math import premultiplied, straight
from scumble_editor.document.tiles import Tiles
from scumble_protocol.geometry import Bounds, Point

Matrix = tuple[tuple[float, float, float], tuple[float, float, float], tuple[float, float, float]]
"""Rows of a 3 × 3 matrix that takes places of the canvas (x, y, 1) to new ones."""


def transform(document: Document, layer_id: str, matrix: Matrix) -> Document:
    """Scale, rotate, skew or distort a layer and its mask by a matrix on places of the canvas."""
    layer = editable_layer(document, layer_id)
    pixels, _ = _warped(layer.pixels, layer.offset, matrix)
    mask = layer.mask
    if mask is not None:
        warped, _ = _warped(mask.pixels, mask.offset, matrix)
        mask = replace(mask, pixels=warped, offset=Point(0, 0))
    changed = replace(layer, pixels=pixels, offset=Point(0, 0), mask=mask)
    return document.changed(layer_id, lambda _: changed)


def _warped(plane: Tiles, offset: Point, matrix: Matrix) -> tuple[Tiles, Bounds | None]:
    """Return a plane seen through a matrix, now in canvas coordinates, and its bounds."""
    inside = plane.content_bounds()
    if inside is None:
        return plane, None
    area = inside.padded(1).moved(offset.x, offset.y)
    forward = np.array(matrix, np.float64)
    target = _target(area, forward)
    shift_in = np.array([[1, 0, area.x], [0, 1, area.y], [0, 0, 1]], np.float64)
    shift_out = np.array([[1, 0, -target.x], [0, 1, -target.y], [0, 0, 1]], np.float64)
    # pixel centres lie half a pixel inside; OpenCV counts from centres
    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]], np.float64)
    whole = np.linalg.inv(half) @ shift_out @ forward @ shift_in @ half
    pixels = plane.read(inside.padded(1))
    floats = premultiplied(pixels) if pixels.ndim == 3 else pixels.astype(np.float32)
    warped = cv2.warpPerspective(
        floats,
        whole,
        (target.width, target.height),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=(plane.default,) * 4,
    )
    out = straight(warped) if pixels.ndim == 3 else (warped + 0.5).astype(np.uint8)
    fresh = Tiles(plane.format, default=plane.default)
    return fresh.written(out, Point(target.x, target.y)), target


def _target(area: Bounds, forward: Pixels) -> Bounds:
    corners = np.array(
        [[x, y, 1] for x in (area.left, area.right) for y in (area.top, area.bottom)], np.float64
    )
    moved = corners @ forward.T
    if (moved[:, 2] <= 1e-6).any():
        raise DocumentError("That distortion folds the layer over; nothing was changed.")
    places = moved[:, :2] / moved[:, 2:]
    low, high = np.floor(places.min(axis=0)), np.ceil(places.max(axis=0))
    if (high - low).max() > 32768 or np.abs(places).max() > 1_000_000:
        raise DocumentError("That would make the layer far too large; nothing was changed.")
    return Bounds.of_edges(int(low[0]), int(low[1]), int(high[0]) + 1, int(high[1]) + 1)
