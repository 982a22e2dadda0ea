"""Small pictures of layers, masks and whole documents, from miniatures of their tiles."""

import weakref
from collections import OrderedDict
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap

from scumble_editor.document.composite import composite
from scumble_editor.document.document import Document
from scumble_editor.document.formats import Pixels
from scumble_editor.document.layer import AnyNode, Group, Layer, Mask
from scumble_editor.document.tiles import TILE, Tiles
from scumble_editor.ui.canvas.premultiplied import STRAIGHT
from scumble_protocol.geometry import Extent, Point

_FINE = 1  # a plane of miniatures is at least this many times as fine as what is asked for
_LARGEST_FACTOR = 64
_SAMPLES = 4
_MOST = 1024
_MOST_MINIATURES = 32_768


class Thumbnails:
    """Shrunken planes, kept while their tiles live: most layers are the same in most states."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[object, ...], tuple[weakref.ref[Any], Pixels]]
        self._known = OrderedDict()
        self._miniatures: OrderedDict[tuple[int, int], tuple[weakref.ref[Any], Pixels]]
        self._miniatures = OrderedDict()

    def plane(self, tiles: Tiles, offset: Point, canvas: Extent, side: int) -> Pixels:
        """Return a plane over the canvas, its longest side `side` pixels; read-only."""
        key = (id(tiles), offset, canvas, side)
        known = self._known.get(key)
        if known is not None and known[0]() is tiles:
            self._known.move_to_end(key)
            return known[1]
        pixels = self._shrunk(tiles, offset, canvas, side)
        self._known[key] = (weakref.ref(tiles), pixels)
        while len(self._known) > _MOST:
            self._known.popitem(last=False)
        return pixels

    def document(self, document: Document, side: int) -> QImage:
        """Return what a document shows, its longest side `side` pixels."""
        size = small_size(document.size, side)
        nodes = tuple(self._small(node, document.size, side) for node in document.layers)
        return image_of(composite(Document(size=size, layers=nodes)))

    def _shrunk(self, tiles: Tiles, offset: Point, canvas: Extent, side: int) -> Pixels:
        """Return a plane made of its tiles' miniatures, each made once in its life."""
        factor = 1
        while factor < _LARGEST_FACTOR and canvas.longest_side >= 2 * factor * side * _FINE:
            factor *= 2
        step = TILE // factor
        left, top = -offset.x // factor, -offset.y // factor
        wide, high = -(-canvas.width // factor), -(-canvas.height // factor)
        plane = tiles.format.full(high, wide, tiles.default)
        for key in tiles.keys_in(canvas.bounds.relative_to(offset)):
            tile = tiles.get(key)
            x, y = key[0] * step - left, key[1] * step - top
            x0, y0, x1, y1 = max(x, 0), max(y, 0), min(x + step, wide), min(y + step, high)
            if tile is not None and x0 < x1 and y0 < y1:
                plane[y0:y1, x0:x1] = self._miniature(tile, factor)[
                    y0 - y : y1 - y, x0 - x : x1 - x
                ]
        size = small_size(canvas, side)
        way = cv2.INTER_AREA
        result = np.asarray(cv2.resize(plane, (size.width, size.height), interpolation=way))
        result.flags.writeable = False
        return result

    def _miniature(self, tile: Pixels, factor: int) -> Pixels:
        if factor == 1:
            return tile
        known = self._miniatures.get((id(tile), factor))
        if known is not None and known[0]() is tile:
            return known[1]
        side = TILE // factor
        stride = max(factor // _SAMPLES, 1)  # a few pixels of each square tell enough, much faster
        seen = np.ascontiguousarray(tile[stride // 2 :: stride, stride // 2 :: stride])
        small = np.asarray(cv2.resize(seen, (side, side), interpolation=cv2.INTER_AREA))
        self._miniatures[id(tile), factor] = (weakref.ref(tile), small)
        while len(self._miniatures) > _MOST_MINIATURES:
            self._miniatures.popitem(last=False)
        return small

    def _small(self, node: AnyNode, canvas: Extent, side: int) -> AnyNode:
        mask = node.mask
        if mask is not None:
            values = self.plane(mask.pixels, mask.offset, canvas, side)
            small = Mask.of(values, outside=mask.pixels.default)
            mask = replace(small, enabled=mask.enabled)
        if isinstance(node, Group):
            children = tuple(self._small(child, canvas, side) for child in node.children)
            return replace(node, children=children, mask=mask)
        pixels = self.plane(node.pixels, node.offset, canvas, side)
        return replace(node, pixels=Tiles.of(pixels), offset=Point(0, 0), mask=mask)


def small_size(canvas: Extent, side: int) -> Extent:
    """Return a canvas's size with its longest side brought to a length, never enlarged."""
    return canvas.scaled(min(side / canvas.longest_side, 1.0))


def image_of(rgba: Pixels) -> QImage:
    """Return rgba: uint8 [H, W, 4] as an image with its own memory."""
    held = np.ascontiguousarray(rgba)
    height, width = held.shape[:2]
    return QImage(held.data, width, height, 4 * width, STRAIGHT).copy()


def framed(pixels: Pixels, side: int) -> QPixmap:
    """Return a plane in the middle of a square on a checkerboard, greys as greys."""
    if pixels.ndim == 2:
        grey = np.repeat(pixels[..., None], 4, axis=2)
        grey[..., 3] = 255
        pixels = grey
    image = image_of(pixels)
    pixmap = QPixmap(side, side)
    pixmap.fill(QColor(0, 0, 0, 0))
    painter = QPainter(pixmap)
    place = QRect((side - image.width()) // 2, (side - image.height()) // 2, 0, 0)
    place.setSize(image.size())
    painter.fillRect(place, QColor(204, 204, 204))
    painter.setClipRect(place)
    for x in range(0, side, 8):
        for y in range(0, side, 8):
            painter.fillRect(x + (y % 16) // 2, y, 4, 4, QColor(160, 160, 160))
    painter.drawImage(place, image)
    painter.end()
    return pixmap


def layer_thumbnail(known: Thumbnails, layer: Layer, canvas: Extent, side: int) -> QPixmap:
    """Return a layer's own pixels in a square."""
    return framed(known.plane(layer.pixels, layer.offset, canvas, side), side)


def mask_thumbnail(known: Thumbnails, mask: Mask, canvas: Extent, side: int) -> QPixmap:
    """Return a mask in a square."""
    return framed(known.plane(mask.pixels, mask.offset, canvas, side), side)
