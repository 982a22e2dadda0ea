"""The composited tiles of one open document, made when they are needed, in slices of time.

Level 0 is the canvas; each further level halves it. What lies beneath the layer in hand and
above it is kept for each tile, so that a stroke costs the same however many layers there are.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable

import cv2
import numpy as np
from PySide6.QtGui import QImage, QPainter

from scumble_editor.document.document import Document
from scumble_editor.document.layer import AnyNode
from scumble_editor.document.tiles import TILE, Key, keys_of, tile_bounds
from scumble_editor.ui.canvas.fast import FastCompositor, blank, pixels_of
from scumble_editor.ui.canvas.premultiplied import PREMULTIPLIED
from scumble_editor.ui.canvas.sandwich import Sandwich
from scumble_protocol.geometry import Bounds

BUDGET_BYTES = 192 << 20
SANDWICH_BYTES = 200 << 20
_TILE_BYTES = TILE * TILE * 4


class Picture:
    """Composited tiles of a document at full size, kept until they change or room runs out."""

    def __init__(self, document: Document, budget_bytes: int = BUDGET_BYTES) -> None:
        self._document = document
        self._compositor = FastCompositor()
        self._most = max(budget_bytes // _TILE_BYTES, 16)
        self._tiles: OrderedDict[Key, QImage] = OrderedDict()
        self._sandwiches: OrderedDict[Key, Sandwich] = OrderedDict()
        self._sandwich_bytes = 0

    @property
    def document(self) -> Document:
        """The document shown."""
        return self._document

    def show(self, document: Document, changed: Iterable[Key]) -> None:
        """Show another document that differs in some tiles of the canvas."""
        if document.size != self._document.size:
            self._tiles.clear()
            self._sandwiches.clear()
            self._sandwich_bytes = 0
        self._document = document
        for key in changed:
            self._tiles.pop(key, None)

    def tile(self, key: Key) -> QImage:
        """Return the composited pixels of one tile, cut to the canvas; they may not be written."""
        known = self._tiles.get(key)
        if known is not None:
            self._tiles.move_to_end(key)
            return known
        image = self._composited(key)
        self._tiles[key] = image
        while len(self._tiles) > self._most:
            self._tiles.popitem(last=False)
        return image

    def has(self, key: Key) -> bool:
        """Tell whether a tile is at hand."""
        return key in self._tiles

    def _composited(self, key: Key) -> QImage:
        bounds = tile_bounds(key).intersection(self._document.bounds)
        if bounds is None:
            return blank(tile_bounds(key))
        nodes = self._document.layers
        index = next((i for i, n in enumerate(nodes) if n.id == self._document.active_id), None)
        if index is None or not _separable(nodes, index):
            return self._compositor.composite(nodes, bounds)
        return self._in_sandwich(key, bounds, nodes, index)

    def _in_sandwich(
        self, key: Key, bounds: Bounds, nodes: tuple[AnyNode, ...], index: int
    ) -> QImage:
        below, above = nodes[:index], nodes[index + 1 :]
        kept = self._sandwiches.get(key)
        if kept is None or not kept.fits(below, above):
            self._forget(key)
            kept = Sandwich.of(self._compositor, bounds, below, above)
            self._sandwiches[key] = kept
            self._sandwich_bytes += kept.nbytes
            while self._sandwich_bytes > SANDWICH_BYTES and len(self._sandwiches) > 1:
                self._forget(next(iter(self._sandwiches)))
        self._sandwiches.move_to_end(key)
        return kept.filled(self._compositor, nodes[index], bounds)

    def _forget(self, key: Key) -> None:
        dropped = self._sandwiches.pop(key, None)
        if dropped is not None:
            self._sandwich_bytes -= dropped.nbytes


def _separable(nodes: tuple[AnyNode, ...], index: int) -> bool:
    """Tell whether the node at a place can be laid by itself: nothing is clipped there."""
    above = nodes[index + 1] if index + 1 < len(nodes) else None
    return not nodes[index].clipped and (above is None or not above.clipped)


class Window:
    """One image of a part of the canvas at one level, filled tile by tile.

    `bounds` is the part of the canvas, on the grid of tiles; a pixel of the image stands for
    2^level pixels of the canvas.
    """

    def __init__(self, bounds: Bounds, level: int) -> None:
        self.bounds = bounds
        self.level = level
        side = 1 << level
        self.image = QImage(-(-bounds.width // side), -(-bounds.height // side), PREMULTIPLIED)
        self.image.fill(0)
        self.missing: OrderedDict[Key, None] = OrderedDict((key, None) for key in keys_of(bounds))

    def covers(self, bounds: Bounds, level: int) -> bool:
        """Tell whether the window holds a part of the canvas at a level."""
        return self.level == level and self.bounds.contains(bounds)

    def spoil(self, keys: Iterable[Key]) -> set[Key]:
        """Mark tiles as out of date; return those that lie in the window."""
        mine = {key for key in keys if self.bounds.intersection(tile_bounds(key)) is not None}
        for key in mine:
            self.missing[key] = None
            self.missing.move_to_end(key, last=False)
        return mine

    def fill(self, picture: Picture, budget_s: float, near: Callable[[Key], float]) -> list[Key]:
        """Fill in tiles for a slice of time, the nearest first; return which were filled."""
        done: list[Key] = []
        until = time.perf_counter() + budget_s
        for key in sorted(self.missing, key=near):
            self._put(key, picture.tile(key))
            del self.missing[key]
            done.append(key)
            if time.perf_counter() > until:
                break
        return done

    def _put(self, key: Key, tile: QImage) -> None:
        area = tile_bounds(key)
        side = 1 << self.level
        x, y = (area.x - self.bounds.x) // side, (area.y - self.bounds.y) // side
        if self.level:
            tile = _shrunk(tile, side)
        painter = QPainter(self.image)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        painter.drawImage(x, y, tile)
        painter.end()


def _shrunk(tile: QImage, side: int) -> QImage:
    """Return a tile at one `side`-th of its size, each pixel the mean of those it stands for."""
    width, height = -(-tile.width() // side), -(-tile.height() // side)
    small = QImage(width, height, tile.format())
    source = np.frombuffer(tile.constBits(), np.uint8).reshape(tile.height(), tile.width(), 4)
    pixels_of(small)[...] = cv2.resize(source, (width, height), interpolation=cv2.INTER_AREA)
    return small


def level_for(zoom: float) -> int:
    """Return the level that shows a zoom without leaving out pixels: 0 from 50 % up."""
    return max(0, int(np.floor(np.log2(1 / zoom) + 1e-6))) if zoom < 1 else 0


def window_bounds(visible: Bounds, canvas: Bounds, level: int) -> Bounds | None:
    """Return the part of the canvas to hold in a window: all of it where that is affordable."""
    shown = visible.intersection(canvas)
    if shown is None:
        return None
    grid = TILE << level if level else TILE
    if (canvas.area >> (2 * level)) <= _WHOLE_PX:
        return canvas
    wide = shown.padded(grid // 2)
    left, top = wide.left // grid * grid, wide.top // grid * grid
    right, bottom = -(-wide.right // grid) * grid, -(-wide.bottom // grid) * grid
    return Bounds.of_edges(left, top, right, bottom).intersection(canvas)


_WHOLE_PX = 5 << 20
