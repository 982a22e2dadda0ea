"""Edits of the whole canvas: crop, resize, scale, rotate and flip, with all that is on it."""

from collections.abc import Callable
from dataclasses import replace
from enum import Enum

import cv2
import numpy as np

from scumble_editor.document import tree
from scumble_editor.document.document import Document
from scumble_editor.document.errors import DocumentError
from scumble_editor.document.formats import Pixels
from scumble_editor.document.layer import AnyNode, Group, Mask
from scumble_editor.document.pixel_math import premultiplied, straight
from scumble_editor.document.selection import Selection
from scumble_editor.document.tiles import Tiles
from scumble_protocol.geometry import Bounds, Extent, Point

Plane = tuple[Tiles, Point]
"""Tiles and where their origin lies on the canvas."""


class Resampling(Enum):
    """How pixels are made when a picture is scaled."""

    NEAREST = "nearest"
    LINEAR = "linear"
    CUBIC = "cubic"
    LANCZOS = "lanczos"


LONGEST_SCALED_PX = 32_000
"""Longest side of a picture that can be scaled, before or after."""

_INTERPOLATION = {
    Resampling.NEAREST: cv2.INTER_NEAREST,
    Resampling.LINEAR: cv2.INTER_LINEAR,
    Resampling.CUBIC: cv2.INTER_CUBIC,
    Resampling.LANCZOS: cv2.INTER_LANCZOS4,
}


def crop(document: Document, bounds: Bounds, *, keep_outside: bool = False) -> Document:
    """Make a rectangle the canvas; paint outside it is cut away unless it is kept out of sight."""
    size = bounds.extent

    def cut(plane: Plane) -> Plane:
        tiles, offset = plane
        kept = tiles if keep_outside else tiles.cropped(bounds.relative_to(offset))
        return kept, Point(offset.x - bounds.x, offset.y - bounds.y)

    return _everywhere(document, size, cut)


def resize_canvas(document: Document, size: Extent, left: int = 0, top: int = 0) -> Document:
    """Give the canvas another size; the picture's corner comes to lie at left, top of it."""
    return crop(document, Bounds(-left, -top, size.width, size.height), keep_outside=True)


def crop_to_selection(document: Document) -> Document:
    """Make the rectangle around the selection the canvas."""
    inside = None if document.selection is None else document.selection.bounds
    return document if inside is None else crop(document, inside)


def flip(document: Document, *, across: bool) -> Document:
    """Mirror the picture: left and right change places with `across`, else top and bottom."""
    width, height = document.size.width, document.size.height

    def place(area: Bounds) -> Point:
        return Point(width - area.right, area.y) if across else Point(area.x, height - area.bottom)

    def mirror(pixels: Pixels) -> Pixels:
        return pixels[:, ::-1] if across else pixels[::-1]

    return _everywhere(document, document.size, lambda plane: _turned(plane, mirror, place))


def rotate(document: Document, quarters: int) -> Document:
    """Turn the picture by quarters of a circle, clockwise; negative ones turn it back."""
    turns = quarters % 4
    if turns == 0:
        return document
    width, height = document.size.width, document.size.height
    size = document.size if turns == 2 else Extent(height, width)

    def place(area: Bounds) -> Point:
        if turns == 1:
            return Point(height - area.bottom, area.x)
        if turns == 2:
            return Point(width - area.right, height - area.bottom)
        return Point(area.y, width - area.right)

    def turn(pixels: Pixels) -> Pixels:
        return np.rot90(pixels, -turns)

    return _everywhere(document, size, lambda plane: _turned(plane, turn, place))


def scale(document: Document, size: Extent, resampling: Resampling = Resampling.CUBIC) -> Document:
    """Scale the picture with all its layers, masks and the selection to another size."""
    longest = max(size.longest_side, document.size.longest_side)
    if longest > LONGEST_SCALED_PX:
        raise DocumentError(f"Pictures up to {LONGEST_SCALED_PX} pixels a side can be scaled.")
    across = size.width / document.size.width
    down = size.height / document.size.height
    return _everywhere(document, size, lambda plane: _scaled(plane, across, down, resampling))


def _everywhere(document: Document, size: Extent, change: Callable[[Plane], Plane]) -> Document:
    """Change every plane of a document: layers, masks, and the selection, cut to the canvas."""

    def change_node(node: AnyNode) -> AnyNode:
        mask = None if node.mask is None else _changed_mask(node.mask, change)
        if isinstance(node, Group):
            return replace(node, mask=mask)
        pixels, offset = change((node.pixels, node.offset))
        return replace(node, pixels=pixels, offset=offset, mask=mask)

    selection = document.selection
    if selection is not None:
        pixels, offset = change((selection.pixels, Point(0, 0)))
        selection = Selection(_at_origin(pixels, offset)).clamped(size.bounds)
    return replace(
        document,
        size=size,
        layers=tree.everywhere(document.layers, change_node),
        selection=selection,
    )


def _changed_mask(mask: Mask, change: Callable[[Plane], Plane]) -> Mask:
    pixels, offset = change((mask.pixels, mask.offset))
    return replace(mask, pixels=pixels, offset=offset)


def _at_origin(tiles: Tiles, offset: Point) -> Tiles:
    """Return tiles in canvas coordinates, copied only where they lay elsewhere."""
    inside = tiles.content_bounds()
    if inside is None or offset == Point(0, 0):
        return tiles
    fresh = Tiles(tiles.format, default=tiles.default)
    return fresh.written(tiles.read(inside), Point(inside.x + offset.x, inside.y + offset.y))


def _turned(
    plane: Plane, turn: Callable[[Pixels], Pixels], place: Callable[[Bounds], Point]
) -> Plane:
    tiles, offset = plane
    inside = tiles.content_bounds()
    fresh = Tiles(tiles.format, default=tiles.default)
    if inside is None:
        return fresh, Point(0, 0)
    at = place(inside.moved(offset.x, offset.y))
    return fresh.written(turn(tiles.read(inside)), at), Point(0, 0)


def _scaled(plane: Plane, across: float, down: float, resampling: Resampling) -> Plane:
    """Scale a plane about the canvas's corner, its own rectangle rounded outwards."""
    tiles, offset = plane
    inside = tiles.content_bounds()
    fresh = Tiles(tiles.format, default=tiles.default)
    if inside is None:
        return fresh, Point(0, 0)
    area = inside.moved(offset.x, offset.y)
    target = Bounds.of_edges(
        int(np.floor(area.left * across)),
        int(np.floor(area.top * down)),
        int(np.ceil(area.right * across)),
        int(np.ceil(area.bottom * down)),
    )
    pixels = _resampled(tiles, inside, area, target, (across, down), resampling)
    return fresh.written(pixels, Point(target.x, target.y)), Point(0, 0)


def _resampled(
    tiles: Tiles,
    inside: Bounds,
    area: Bounds,
    target: Bounds,
    factors: tuple[float, float],
    resampling: Resampling,
) -> Pixels:
    margin = 4 if resampling is not Resampling.NEAREST else 0
    source = tiles.read(inside.padded(margin))
    floats = premultiplied(source) if source.ndim == 3 else source.astype(np.float32)
    across, down = factors
    if resampling is not Resampling.NEAREST:
        floats = _softened(floats, across, down)
    x = (np.arange(target.width) + target.x + 0.5) / across - area.x + margin - 0.5
    y = (np.arange(target.height) + target.y + 0.5) / down - area.y + margin - 0.5
    map_x, map_y = np.meshgrid(x.astype(np.float32), y.astype(np.float32))
    interpolation = _INTERPOLATION[resampling]
    if resampling is Resampling.NEAREST:
        map_x, map_y = np.floor(map_x + 0.5), np.floor(map_y + 0.5)
    out = np.asarray(
        cv2.remap(
            floats,
            map_x,
            map_y,
            interpolation,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=(tiles.default,) * 4,
        )
    )
    if source.ndim == 3:
        return straight(_valid(out))
    return (np.clip(out, 0, 255) + 0.5).astype(np.uint8)


def _softened(floats: Pixels, across: float, down: float) -> Pixels:
    """Blur what is going to be made smaller, so that fine detail does not turn into moiré."""
    sigmas = [max(0.0, (1 / factor - 1) / 2) for factor in (across, down)]
    if max(sigmas) < 0.1:
        return floats
    horizontal, vertical = (max(sigma, 1e-3) for sigma in sigmas)
    return np.asarray(cv2.GaussianBlur(floats, (0, 0), horizontal, sigmaY=vertical))


def _valid(floats: Pixels) -> Pixels:
    """Bring premultiplied pixels that a filter has let overshoot back into range."""
    floats[..., 3] = np.clip(floats[..., 3], 0, 255)
    floats[..., :3] = np.clip(floats[..., :3], 0, floats[..., 3:])
    return floats
