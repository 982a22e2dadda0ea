"""The curves adjustment: a curve through points that are dragged, over the layer's histogram."""

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QComboBox, QWidget

from scumble_editor.document.document import Document
from scumble_editor.document.edits import adjustments
from scumble_editor.document.layer import Layer
from scumble_editor.ui import theme
from scumble_editor.ui.desk import Desk
from scumble_editor.ui.dialogs.adjustment import Adjustment
from scumble_editor.ui.open_document import Edit

Point = tuple[int, int]
_ENDS: tuple[Point, ...] = ((0, 0), (255, 255))
_MARGIN = 8


class CurveEditor(QWidget):
    """A curve on a grid: click to add a point, drag to move it, drag it out to remove it.

    Signals:
        changed: no argument.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.points: list[Point] = list(_ENDS)
        self.histogram = np.zeros(256)
        self._held: int | None = None
        self.setMinimumSize(280, 280)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setToolTip("Click to add a point, drag to move it, drag it out to remove it")

    def sizeHint(self) -> QSize:  # noqa: N802
        """Return a comfortable size."""
        return QSize(320, 320)

    def set_points(self, points: list[Point]) -> None:
        """Show other points."""
        self.points = list(points)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the grid, the histogram, the curve and its points."""
        del event
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = self._area()
        painter.fillRect(area, QColor(look.sunken))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(look.hover))
        top = float(self.histogram.max()) or 1.0
        bars = [area.bottomLeft()]
        for level, count in enumerate(self.histogram):
            x = area.left() + area.width() * level / 255
            bars.append(QPointF(x, area.bottom() - area.height() * 0.9 * float(count) / top))
        painter.drawPolygon(QPolygonF([*bars, area.bottomRight()]))
        painter.setPen(QPen(QColor(look.line), 1))
        for part in (0.25, 0.5, 0.75):
            x, y = area.left() + area.width() * part, area.top() + area.height() * part
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
        table = adjustments.curve_table(self.points)
        painter.setPen(QPen(QColor(look.text), 1.6))
        painter.drawPolyline(QPolygonF([self._at((i, int(v))) for i, v in enumerate(table)]))
        painter.setBrush(QColor(look.accent))
        for point in self.points:
            painter.drawEllipse(self._at(point), 4.5, 4.5)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Take hold of a point, or add one."""
        level, value = self._level(event.position())
        near = [i for i, p in enumerate(self.points) if abs(p[0] - level) < 9]
        if near:
            self._held = near[0]
        else:
            self.points = sorted([*self.points, (level, value)])
            self._held = self.points.index((level, value))
        self._drag(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Move the point."""
        if self._held is not None:
            self._drag(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Let go; a point far outside is removed."""
        held, self._held = self._held, None
        outside = not self._area().adjusted(-24, -24, 24, 24).contains(event.position())
        if held is not None and outside and 0 < held < len(self.points) - 1:
            del self.points[held]
            self.update()
            self.changed.emit()

    def _drag(self, position: QPointF) -> None:
        if self._held is None:
            return
        level, value = self._level(position)
        low = self.points[self._held - 1][0] + 1 if self._held else 0
        last = self._held == len(self.points) - 1
        high = 255 if last else self.points[self._held + 1][0] - 1
        self.points[self._held] = (min(max(level, low), high), value)
        self.update()
        self.changed.emit()

    def _area(self) -> QRectF:
        return QRectF(self.rect()).adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)

    def _at(self, point: Point) -> QPointF:
        area = self._area()
        x = area.left() + area.width() * point[0] / 255
        return QPointF(x, area.bottom() - area.height() * point[1] / 255)

    def _level(self, at: QPointF) -> Point:
        area = self._area()
        x = (at.x() - area.left()) / area.width() * 255
        y = (area.bottom() - at.y()) / area.height() * 255
        return round(min(max(x, 0), 255)), round(min(max(y, 0), 255))


class CurvesDialog(Adjustment):
    """A curve for all channels, and one for each."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "Curves")
        self._points: dict[str, list[Point]] = {
            channel: list(_ENDS) for channel in adjustments.CHANNELS
        }
        self.channel = QComboBox()
        for name in adjustments.CHANNELS:
            self.channel.addItem("All channels" if name == "rgb" else name.capitalize(), name)
        self.add("Channel", self.channel, "Which channel the curve bends")
        self.curve = CurveEditor()
        self.body.insertWidget(1, self.curve)
        node = desk.active
        if isinstance(node, Layer):
            self.curve.histogram = _histogram(node)
        self.channel.currentIndexChanged.connect(self._show_channel)
        self.curve.changed.connect(self._take)

    def edit(self) -> Edit:
        """Return the edit for the curves as they are now."""
        layer_id = self.layer_id
        curves = [(name, tuple(points)) for name, points in self._points.items()]

        def bend(document: Document) -> Document:
            for name, points in curves:
                if points != _ENDS:
                    document = adjustments.curves(document, layer_id, points, name)
            return document

        return bend

    def reset(self) -> None:
        """Make all curves straight."""
        self._points = {channel: list(_ENDS) for channel in adjustments.CHANNELS}
        self._show_channel()
        self.refresh()

    def _take(self) -> None:
        self._points[self.channel.currentData()] = list(self.curve.points)
        self.refresh()

    def _show_channel(self) -> None:
        self.curve.set_points(self._points[self.channel.currentData()])


def _histogram(layer: Layer) -> NDArray[np.float64]:
    counts = np.zeros(256)
    for tile in layer.pixels.mapping.values():
        small = np.ascontiguousarray(tile[::4, ::4])
        grey = cv2.cvtColor(small, cv2.COLOR_RGBA2GRAY)
        counts += np.bincount(grey[small[..., 3] > 0].ravel(), minlength=256)
    return np.sqrt(counts)
