"""The pixels of layers as Qt's raster engine likes them: premultiplied, a few recent tiles kept."""

import weakref
from collections import OrderedDict
from typing import Any

import numpy as np
from PySide6.QtGui import QImage

from scumble_editor.document.formats import Pixels
from scumble_editor.document.layer import Layer
from scumble_editor.document.tiles import TILE, keys_of, tile_bounds
from scumble_protocol.geometry import Bounds

PREMULTIPLIED = QImage.Format.Format_ARGB32_Premultiplied
STRAIGHT = QImage.Format.Format_RGBA8888
BUDGET_BYTES = 192 << 20


class SourceCache:
    """Premultiplied images of tiles, told apart by identity, the least recently used let go.

    A tile's image is dropped when the tile dies: ids are used again by Python.
    """

    def __init__(self, budget_bytes: int = BUDGET_BYTES) -> None:
        self._most = max(budget_bytes // (TILE * TILE * 4), 1)
        self._images: OrderedDict[int, tuple[weakref.ref[Any], QImage]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._images)

    def image(self, layer: Layer, bounds: Bounds) -> QImage | None:
        """Return a layer's pixels over a rectangle of the canvas; None where it has none."""
        inside = bounds.relative_to(layer.offset)
        keys = keys_of(inside)
        if len(keys) == 1 and tile_bounds(keys[0]) == inside:
            tile = layer.pixels.get(keys[0])
            return None if tile is None else self._of_tile(tile)
        pixels = layer.pixels.peek(inside)
        return None if pixels is None else premultiplied_image(pixels)

    def _of_tile(self, tile: Pixels) -> QImage:
        known = self._images.get(id(tile))
        if known is not None and known[0]() is tile:
            self._images.move_to_end(id(tile))
            return known[1]
        image = premultiplied_image(tile)
        key = id(tile)
        images = self._images

        def forget(dead: weakref.ref[Any]) -> None:
            if key in images and images[key][0] is dead:
                del images[key]

        images[key] = (weakref.ref(tile, forget), image)
        images.move_to_end(key)
        while len(images) > self._most:
            images.popitem(last=False)
        return image


def premultiplied_image(pixels: Pixels) -> QImage:
    """Return rgba: uint8 [H, W, 4], straight alpha, as an image with its own memory."""
    held = np.ascontiguousarray(pixels)
    height, width = held.shape[:2]
    return QImage(held.data, width, height, 4 * width, STRAIGHT).convertToFormat(PREMULTIPLIED)
