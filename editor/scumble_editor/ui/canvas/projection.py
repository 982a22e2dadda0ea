"""Brings a document to the screen: keeps a window of composited tiles in step with a camera."""

from collections.abc import Iterable

from PySide6.QtCore import QObject, QRectF, Signal
from PySide6.QtGui import QImage, QPainter, QTransform

from scumble_editor.document.difference import changed_tiles
from scumble_editor.document.document import Document
from scumble_editor.document.formats import Pixels
from scumble_editor.document.tiles import TILE, Key, keys_of, tile_bounds
from scumble_editor.ui.canvas.camera import Camera
from scumble_editor.ui.canvas.fast import pixels_of
from scumble_editor.ui.canvas.picture import Picture, Window, level_for, window_bounds
from scumble_editor.ui.canvas.premultiplied import PREMULTIPLIED, STRAIGHT
from scumble_protocol.geometry import Bounds

SLICE_S = 0.008
_UNSEEN = 1e9  # farther than anything on the screen


class Projection(QObject):
    """The picture as a camera sees it.

    Signals:
        spoiled: Bounds of the canvas that must be painted again.
    """

    spoiled = Signal(object)

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.picture = Picture(document)
        self._window: Window | None = None
        self._stale: Window | None = None  # shown beneath while the new one fills

    @property
    def finished(self) -> bool:
        """Whether all that the window holds is composited."""
        return self._window is None or not self._window.missing

    def show(self, before: Document, after: Document) -> None:
        """Show another document; what differs is composited again."""
        keys = changed_tiles(before, after)
        self.picture.show(after, keys)
        if before.size != after.size:
            self._window = self._stale = None
            self.spoiled.emit(after.bounds.padded(1))
            return
        if self._window is not None and keys:
            for key in self._window.spoil(keys):
                self.spoiled.emit(tile_bounds(key))

    def release(self) -> None:
        """Let go of all that can be made again."""
        self.picture = Picture(self.picture.document)
        self._window = self._stale = None

    def look(self, camera: Camera) -> None:
        """Make sure that the window is the one a camera needs."""
        level = level_for(camera.zoom)
        needed = camera.visible().intersection(self.picture.document.bounds)
        if needed is None:
            return
        if self._window is not None and self._window.covers(needed, level):
            return
        bounds = window_bounds(camera.visible(), self.picture.document.bounds, level)
        if bounds is None:
            return
        if self._window is not None and len(self._window.missing) < 8:
            self._stale = self._window
        self._window = Window(bounds, level)

    def fill(self, camera: Camera, budget_s: float = SLICE_S) -> list[Key]:
        """Composite for a slice of time what the camera sees, the middle first."""
        if self._window is None:
            return []
        column, row = camera.x / TILE - 0.5, camera.y / TILE - 0.5
        seen = camera.visible()
        left, right = seen.left // TILE, (seen.right - 1) // TILE
        top, bottom = seen.top // TILE, (seen.bottom - 1) // TILE

        def far(key: Key) -> float:
            away = max(abs(key[0] - column), abs(key[1] - row))
            inside = left <= key[0] <= right and top <= key[1] <= bottom
            return away if inside else away + _UNSEEN

        done = self._window.fill(self.picture, budget_s, far)
        if not self._window.missing:
            self._stale = None
        return done

    def paint(self, painter: QPainter, to_view: QTransform, smooth: bool) -> None:
        """Draw what is composited; the painter works in view pixels."""
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        if self._stale is not None:
            _draw(painter, self._stale, to_view)
        if self._window is not None:
            _draw(painter, self._window, to_view)
        painter.resetTransform()

    def merged(self, bounds: Bounds) -> Pixels:
        """Return what a rectangle of the canvas shows: rgba uint8 [H, W, 4], straight alpha."""
        image = QImage(bounds.width, bounds.height, PREMULTIPLIED)
        image.fill(0)
        painter = QPainter(image)
        for key in _within(bounds, self.picture.document.bounds):
            area = tile_bounds(key)
            painter.drawImage(area.x - bounds.x, area.y - bounds.y, self.picture.tile(key))
        painter.end()
        straight = image.convertToFormat(STRAIGHT)
        return pixels_of(straight).copy()


def _within(bounds: Bounds, canvas: Bounds) -> Iterable[Key]:
    shared = bounds.intersection(canvas)
    return () if shared is None else keys_of(shared)


def _draw(painter: QPainter, window: Window, to_view: QTransform) -> None:
    side = float(1 << window.level)
    painter.setTransform(to_view)
    painter.translate(window.bounds.x, window.bounds.y)
    painter.scale(side, side)
    painter.drawImage(QRectF(window.image.rect()), window.image)
