"""A number as painters like it: one bar to drag, type into, scroll on, with its value in it."""

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget

from scumble_editor.ui import theme

_HEIGHT_PX = 24


class NumberSlider(QWidget):
    """A bar that is filled up to its value.

    Drag to set, double-click or type to enter a number, scroll or use the arrow keys for steps.

    Signals:
        changed: the number, while it is dragged too.
        finished: no argument; the bar was let go.
    """

    changed = Signal(float)
    finished = Signal()

    def __init__(
        self,
        low: float,
        high: float,
        value: float,
        *,
        decimals: int = 0,
        suffix: str = "",
        curve: float = 1.0,
        label: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._low, self._high, self._default = low, high, value
        self._value = value
        self._decimals, self._suffix, self._curve, self._label = decimals, suffix, curve, label
        self._dragging = False
        self._editor = QLineEdit(self)
        self._editor.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._editor.hide()
        self._editor.editingFinished.connect(self._take_text)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(110)
        self.setCursor(Qt.CursorShape.SizeHorCursor)
        self.setAccessibleName(label)

    @property
    def value(self) -> float:
        """The number shown."""
        return self._value

    def set_value(self, value: float) -> None:
        """Show a number without telling anybody."""
        self._value = self._rounded(value)
        self.update()

    def reset(self) -> None:
        """Go back to the first value and say so."""
        self._change(self._default)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Return a comfortable size."""
        return QSize(190, _HEIGHT_PX)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the bar, its label and its number."""
        del event
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        shape = QPainterPath()
        shape.addRoundedRect(box, 5, 5)
        painter.fillPath(shape, QColor(look.sunken))
        filled = QRectF(box)
        filled.setWidth(box.width() * self._fraction())
        painter.save()
        painter.setClipPath(shape)
        tint = QColor(look.accent)
        tint.setAlpha(150 if self.isEnabled() else 50)
        painter.fillRect(filled, tint)
        painter.restore()
        painter.setPen(QColor(look.accent if self.hasFocus() else look.line))
        painter.drawPath(shape)
        painter.setPen(QColor(look.text if self.isEnabled() else look.faint))
        inside = box.adjusted(9, 0, -9, 0)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(inside, middle | Qt.AlignmentFlag.AlignLeft, self._label)
        side = Qt.AlignmentFlag.AlignRight if self._label else Qt.AlignmentFlag.AlignHCenter
        painter.drawText(inside, middle | side, self._text())
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Begin to drag."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._dragging = True
            self._drag_to(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Drag."""
        if self._dragging:
            self._drag_to(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Let go."""
        if event.button() == Qt.MouseButton.LeftButton and self._dragging:
            self._dragging = False
            self.finished.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Type a number."""
        del event
        self._edit(self._number_text())

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Take a step, if the bar has been chosen: a panel is scrolled otherwise."""
        if not self.hasFocus():
            event.ignore()
            return
        self._step(1 if event.angleDelta().y() > 0 else -1)
        self.finished.emit()
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Step with the arrows, type with digits."""
        key = event.key()
        if key in (Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Left, Qt.Key.Key_Down):
            self._step(1 if key in (Qt.Key.Key_Right, Qt.Key.Key_Up) else -1)
            self.finished.emit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._edit(self._number_text())
        elif event.text().isdigit():
            self._edit(event.text(), select=False)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Keep digits for typing: some are shortcuts elsewhere."""
        override = event.type() == QEvent.Type.ShortcutOverride
        if override and isinstance(event, QKeyEvent) and event.text().isdigit():
            event.accept()
            return True
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Show that keys go here."""
        self.update()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Show that keys go elsewhere."""
        self.update()
        super().focusOutEvent(event)

    def _edit(self, text: str, *, select: bool = True) -> None:
        self._dragging = False
        self._editor.setGeometry(self.rect())
        self._editor.setText(text)
        self._editor.show()
        self._editor.setFocus()
        if select:
            self._editor.selectAll()

    def _take_text(self) -> None:
        if not self._editor.isVisible():
            return
        self._editor.hide()
        text = self._editor.text().strip().removesuffix(self._suffix.strip()).replace(",", ".")
        try:
            self._change(float(text))
        except ValueError:
            return
        self.finished.emit()

    def _drag_to(self, position: QPointF) -> None:
        part = min(max(position.x() / max(self.width(), 1), 0.0), 1.0)
        self._change(self._low + (self._high - self._low) * part**self._curve)

    def _step(self, steps: int) -> None:
        step = 10.0**-self._decimals
        if self._curve > 1:
            step = max(step, round(self._value * 0.1))
        self._change(self._value + steps * step)

    def _change(self, value: float) -> None:
        value = self._rounded(value)
        if value != self._value:
            self._value = value
            self.update()
            self.changed.emit(value)

    def _rounded(self, value: float) -> float:
        return round(min(max(value, self._low), self._high), self._decimals)

    def _fraction(self) -> float:
        part = (self._value - self._low) / (self._high - self._low)
        return float(part ** (1 / self._curve))

    def _number_text(self) -> str:
        return f"{self._value:.{self._decimals}f}"

    def _text(self) -> str:
        return f"{self._number_text()}{self._suffix}"
