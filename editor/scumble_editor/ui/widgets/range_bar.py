"""A histogram with a range on it, whose ends are dragged: for depths, from far to near."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QLinearGradient, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from scumble_editor.ui import theme

_TOP = 255
_MARGIN = 9
_SCALE_PX = 10
_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class RangeBar(QWidget):
    """Two ends on 0 to 255. The arrows move the end that was touched last, with Shift by ten.

    Signals:
        changed: the lower and the upper end.
    """

    changed = Signal(int, int)

    def __init__(
        self, histogram: NDArray[np.float64], low: int, high: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.histogram = histogram
        self.ends = [low, high]
        self._held = 1
        self._pulling = False
        self.setMinimumSize(300, 110)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.SizeHorCursor)
        self.setToolTip("Drag the ends; the arrows move the one that was touched last")

    def sizeHint(self) -> QSize:  # noqa: N802
        """Return a comfortable size."""
        return QSize(380, 120)

    def put(self, low: int, high: int) -> None:
        """Move both ends and say so."""
        self.ends = [min(low, high), max(low, high)]
        self.update()
        self.changed.emit(*self.ends)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Take the nearer end."""
        level = self._level(event.position().x())
        far = [abs(level - end) for end in self.ends]
        above = level > self.ends[1]
        self._held = 1 if above or far[1] < far[0] else 0
        self._pulling = True
        self._pull(level)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Pull the end that is held."""
        if self._pulling:
            self._pull(self._level(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Let it go."""
        del event
        self._pulling = False

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Move an end by the arrows; Up and Down choose the other end."""
        step = _STEPS.get(Qt.Key(event.key()))
        if step is not None:
            shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._pull(self.ends[self._held] + step * (10 if shift else 1))
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._held = 1 - self._held
            self.update()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the histogram, the range in the accent's colour, the greys and the ends."""
        del event
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = self._area()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(look.sunken))
        painter.drawRoundedRect(area, 4, 4)
        wide = area.width() / (_TOP + 1)
        for level, share in enumerate(self.histogram):
            inside = self.ends[0] <= level <= self.ends[1]
            painter.setBrush(QColor(look.accent if inside else look.faint))
            high = float(share) * (area.height() - 4)
            left = area.left() + level * wide
            painter.drawRect(QRectF(left, area.bottom() - high, wide + 0.5, high))
        greys = QLinearGradient(area.left(), 0, area.right(), 0)
        greys.setColorAt(0, Qt.GlobalColor.black)
        greys.setColorAt(1, Qt.GlobalColor.white)
        painter.setBrush(greys)
        painter.drawRect(QRectF(area.left(), area.bottom() + 3, area.width(), _SCALE_PX - 3))
        for number, end in enumerate(self.ends):
            x = area.left() + (end + 0.5) * wide
            held = number == self._held and self.hasFocus()
            painter.setBrush(QColor(look.accent if held else look.text))
            painter.drawRect(QRectF(x - 1, area.top(), 2, area.height()))
            painter.drawEllipse(QPointF(x, area.top() + 6), 5, 5)

    def _area(self) -> QRectF:
        high = self.height() - _SCALE_PX - 2
        return QRectF(_MARGIN, 2, self.width() - 2 * _MARGIN, high - 2)

    def _level(self, x: float) -> int:
        area = self._area()
        return min(max(int((x - area.left()) / area.width() * (_TOP + 1)), 0), _TOP)

    def _pull(self, level: int) -> None:
        ends = list(self.ends)
        ends[self._held] = min(max(level, 0), _TOP)
        if ends[0] > ends[1]:  # pulled past the other one
            self._held = 1 - self._held
        self.put(*ends)
