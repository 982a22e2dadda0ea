"""Edits that scale, rotate, skew or distort a layer, a group, or what is selected of a layer."""

from dataclasses import replace

import cv2
import numpy as np

from scumble_editor.document import tree
from scumble_editor.document.blocks import Draft, blocks_of
from scumble_editor.document.document import Document
from scumble_editor.document.errors import DocumentError, LockedLayerError
from scumble_editor.document.formats import Pixels
from scumble_editor.document.layer import AnyNode, Layer, Mask, walk
from scumble_editor.document.pixel_math import premultiplied, straight
from scumble_editor.document.tiles import Tiles
from scumble_editor.document.tracking import tracked
from scumble_protocol.geometry import Bounds, Point

Matrix = tuple[tuple[float, float, float], tuple[float, float, float], tuple[float, float, float]]
"""Rows of a 3 × 3 matrix that takes places of the canvas (x, y, 1) to new ones."""

_BLOCK_PX = 1024
_ORIGIN = Point(0, 0)
# pixel centres lie half a pixel inside; OpenCV counts from centres
_TO_EDGES = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]], np.float64)
_TO_CENTRES = np.linalg.inv(_TO_EDGES)


def transform(
    document: Document, node_id: str, matrix: Matrix, draft: Draft | None = None
) -> Document:
    """Scale, rotate, skew or distort a layer with its mask, or a group with all that is in it.

    Raises LockedLayerError where anything in it is locked, DocumentError where it would fold over.
    `draft` makes a preview for a screen, coarser and cut to what is seen.
    """
    node = document.find(node_id)
    inside = tuple(walk((node,)))
    locked = next((one for one in inside if one.locked), None)
    if locked is not None:
        raise LockedLayerError.for_name(locked.name)
    planes = {one.id: _transformed(one, matrix, draft) for one in tracked(inside)}

    def change(one: AnyNode) -> AnyNode:
        pixels, mask = planes[one.id]
        if pixels is None or not isinstance(one, Layer):
            return replace(one, mask=mask)
        return replace(one, pixels=pixels, offset=_ORIGIN, mask=mask)

    return document.changed(node_id, lambda whole: tree.everywhere((whole,), change)[0])


def _transformed(
    node: AnyNode, matrix: Matrix, draft: Draft | None
) -> tuple[Tiles | None, Mask | None]:
    mask = node.mask
    if mask is not None:
        warped = _warped(mask.pixels, mask.offset, matrix, draft)
        mask = replace(mask, pixels=warped, offset=_ORIGIN)
    if not isinstance(node, Layer):
        return None, mask
    return _warped(node.pixels, node.offset, matrix, draft), mask


def _warped(plane: Tiles, offset: Point, matrix: Matrix, draft: Draft | None) -> Tiles:
    """Return a plane seen through a matrix, in canvas coordinates, made block by block."""
    inside = plane.content_bounds()
    fresh = Tiles(plane.format, default=plane.default)
    if inside is None:
        return fresh
    area = inside.padded(1).moved(offset.x, offset.y)
    step = 1 if draft is None else draft.step
    forward = np.diag([1 / step, 1 / step, 1.0]) @ np.array(matrix, np.float64)
    target = _target(area, forward)
    if draft is not None:
        seen = draft.within.padded(step).scaled(1 / step, 1 / step)
        shown = target.intersection(seen)
        if shown is None:
            return fresh
        target = shown
    for block in tracked(blocks_of(target, _block_px(area, target, forward))):
        pixels = _warped_block(plane, area, offset, forward, block)
        if pixels is not None:
            if step > 1:
                pixels = pixels.repeat(step, axis=0).repeat(step, axis=1)
            fresh = fresh.written(pixels, Point(block.x * step, block.y * step))
    return fresh


def _warped_block(
    plane: Tiles, area: Bounds, offset: Point, forward: Pixels, block: Bounds
) -> Pixels | None:
    """Return one block of the target; None where nothing of the plane falls into it.

    What is made smaller is brought near its size by the mean of whole squares of pixels first,
    so that fine detail does not turn into moiré.
    """
    source = _source(area, forward, block)
    if source is None:
        return None
    across, down = _shrinking(forward, block)
    columns, rows = -(-source.width // across), -(-source.height // down)
    source = Bounds(source.x, source.y, columns * across, rows * down)
    pixels = plane.read(source.relative_to(offset))
    floats = premultiplied(pixels) if pixels.ndim == 3 else pixels.astype(np.float32)
    if across > 1 or down > 1:
        floats = np.asarray(cv2.resize(floats, (columns, rows), interpolation=cv2.INTER_AREA))
    shift_in = np.array([[across, 0, source.x], [0, down, source.y], [0, 0, 1]], np.float64)
    shift_out = np.array([[1, 0, -block.x], [0, 1, -block.y], [0, 0, 1]], np.float64)
    warped = cv2.warpPerspective(
        floats,
        _TO_CENTRES @ shift_out @ forward @ shift_in @ _TO_EDGES,
        (block.width, block.height),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=(plane.default,) * 4,
    )
    return straight(warped) if pixels.ndim == 3 else (warped + 0.5).astype(np.uint8)


def _shrinking(forward: Pixels, block: Bounds) -> tuple[int, int]:
    """Return how many columns and rows of the source become one in the middle of a block."""
    middle = np.linalg.inv(forward) @ np.array([*block.center, 1.0])
    x, y, depth = forward @ (middle / middle[2])
    slopes = (forward[:2, :2] - np.outer((x / depth, y / depth), forward[2, :2])) / depth
    lengths = np.hypot(*slopes)
    across, down = (int(np.clip(1 / max(length, 1e-6) + 1e-3, 1, 64)) for length in lengths)
    return across, down


def _block_px(area: Bounds, target: Bounds, forward: Pixels) -> int:
    """Return the side of blocks whose source takes about as much memory as they do."""
    middle = np.array([*area.center, 1.0])
    depth = float(forward[2] @ middle)
    scale = abs(float(np.linalg.det(forward))) ** 0.5 / max(depth, 1e-6) ** 1.5
    side = int(_BLOCK_PX * min(max(scale, 1 / 16), 1.0))
    return min(max(side, 64), max(target.width, target.height))


def _source(area: Bounds, forward: Pixels, block: Bounds) -> Bounds | None:
    """Return the part of a plane's rectangle that a block of the target is made of."""
    corners = _corners(block.padded(1)) @ np.linalg.inv(forward).T
    if (corners[:, 2] <= 1e-9).any():
        return area  # the horizon runs through it
    places = corners[:, :2] / corners[:, 2:]
    low, high = np.floor(places.min(axis=0)), np.ceil(places.max(axis=0))
    limits = np.array([[area.left, area.top], [area.right, area.bottom]], np.float64)
    low, high = np.clip(low, *limits), np.clip(high, *limits)
    if (high <= low).any():
        return None
    seen = Bounds.of_edges(int(low[0]), int(low[1]), int(high[0]), int(high[1]))
    return seen.padded(1).intersection(area)


def _target(area: Bounds, forward: Pixels) -> Bounds:
    moved = _corners(area) @ forward.T
    if (moved[:, 2] <= 1e-6).any():
        raise DocumentError("That distortion folds the layer over; nothing was changed.")
    places = moved[:, :2] / moved[:, 2:]
    low, high = np.floor(places.min(axis=0)), np.ceil(places.max(axis=0))
    if (high - low).max() > 32768 or np.abs(places).max() > 1_000_000:
        raise DocumentError("That would make the layer far too large; nothing was changed.")
    return Bounds.of_edges(int(low[0]), int(low[1]), int(high[0]) + 1, int(high[1]) + 1)


def _corners(area: Bounds) -> Pixels:
    return np.array(
        [[x, y, 1] for x in (area.left, area.right) for y in (area.top, area.bottom)], np.float64
    )
