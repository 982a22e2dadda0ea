"""Small pictures of layers, masks and whole documents, sampled so that size costs nothing."""

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
from scumble_editor.document.tiles import Tiles, tile_bounds
from scumble_editor.ui.canvas.premultiplied import STRAIGHT
from scumble_protocol.geometry import Extent, Point

_FINE = 2  # samples along each side of a pixel
_MOST = 1024


class Thumbnails:
    """Sampled planes, kept while their tiles live: most layers are the same in most states."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[object, ...], tuple[weakref.ref[Any], Pixels]]
        self._known = OrderedDict()

    def plane(self, tiles: Tiles, offset: Point, canvas: Extent, side: int) -> Pixels:
        """Return a plane over the canvas, its longest side `side` pixels; read-only."""
        key = (id(tiles), offset, canvas, side)
        known = self._known.get(key)
        if known is not None and known[0]() is tiles:
            self._known.move_to_end(key)
            return known[1]
        pixels = _sampled(tiles, offset, canvas, side)
        self._known[key] = (weakref.ref(tiles), pixels)
        while len(self._known) > _MOST:
            self._known.popitem(last=False)
        return pixels

    def document(self, document: Document, side: int) -> QImage:
        """Return what a document shows, its longest side `side` pixels."""
        size = small_size(document.size, side)
        nodes = tuple(self._small(node, document.size, side) for node in document.layers)
        return image_of(composite(Document(size=size, layers=nodes)))

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


def _sampled(tiles: Tiles, offset: Point, canvas: Extent, side: int) -> Pixels:
    size = small_size(canvas, side)
    rows, columns = size.height * _FINE, size.width * _FINE
    x = ((np.arange(columns) + 0.5) * canvas.width / columns).astype(np.int64) - offset.x
    y = ((np.arange(rows) + 0.5) * canvas.height / rows).astype(np.int64) - offset.y
    fine = tiles.format.full(rows, columns, tiles.default)
    for key, tile in tiles.mapping.items():
        area = tile_bounds(key)
        left, right = np.searchsorted(x, (area.left, area.right))
        top, bottom = np.searchsorted(y, (area.top, area.bottom))
        if left < right and top < bottom:
            picked = tile[y[top:bottom, None] - area.y, x[None, left:right] - area.x]
            fine[top:bottom, left:right] = picked
    small = np.asarray(cv2.resize(fine, (size.width, size.height), interpolation=cv2.INTER_AREA))
    small.flags.writeable = False
    return small
