"""A wheel of hues around a square of saturation and value."""

import math
from functools import lru_cache

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QConicalGradient,
    QImage,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

Hsv = tuple[float, float, float]
"""Hue, saturation and value: 0 to 1."""

_RING = 0.15  # of the radius
_SIDE_PX = 64


class ColourWheel(QWidget):
    """Chooses a hue on the ring, saturation and value in the square.

    Signals:
        changed: an Hsv.
    """

    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.hsv: Hsv = (0.0, 0.0, 0.0)
        self._on_ring: bool | None = None
        self.setMinimumSize(88, 88)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setToolTip("Ring: hue. Square: saturation to the right, lightness upwards")
        self.setAccessibleName("Colour wheel")

    def sizeHint(self) -> QSize:  # noqa: N802
        """Return a comfortable size."""
        return QSize(180, 180)

    def set_hsv(self, hsv: Hsv) -> None:
        """Show a colour; a grey keeps the hue that was there."""
        hue = hsv[0] if hsv[1] > 0 and hsv[2] > 0 else self.hsv[0]
        self.hsv = (hue, hsv[1], hsv[2])
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw ring, square and both marks."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle, radius = self._middle(), self._radius()
        gradient = QConicalGradient(middle, 90)
        for step in range(13):
            gradient.setColorAt(step / 12, QColor.fromHsvF(1 - step / 12 if step else 0, 1, 1))
        ring = QPainterPath()
        ring.addEllipse(middle, radius, radius)
        ring.addEllipse(middle, radius * (1 - _RING), radius * (1 - _RING))
        painter.fillPath(ring, gradient)
        square = self._square()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(square, _square_image(round(self.hsv[0] * 360)))
        turn = self.hsv[0] * 2 * math.pi
        reach = radius * (1 - _RING / 2)
        on_ring = middle + QPointF(math.sin(turn) * reach, -math.cos(turn) * reach)
        in_square = QPointF(
            square.left() + self.hsv[1] * square.width(),
            square.bottom() - self.hsv[2] * square.height(),
        )
        for place, side in ((on_ring, radius * _RING / 2 - 1), (in_square, 6)):
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(0, 0, 0, 160), 3))
            painter.drawEllipse(place, side, side)
            painter.setPen(QPen(QColor(255, 255, 255), 1.6))
            painter.drawEllipse(place, side, side)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Take hold of the ring or the square."""
        away = event.position() - self._middle()
        self._on_ring = math.hypot(away.x(), away.y()) > self._radius() * (1 - _RING) - 2
        self._take(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Drag."""
        if self._on_ring is not None:
            self._take(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Let go."""
        del event
        self._on_ring = None

    def _take(self, at: QPointF) -> None:
        hue, saturation, value = self.hsv
        if self._on_ring:
            away = at - self._middle()
            hue = math.atan2(away.x(), -away.y()) / (2 * math.pi) % 1.0
        else:
            square = self._square()
            saturation = min(max((at.x() - square.left()) / square.width(), 0.0), 1.0)
            value = min(max((square.bottom() - at.y()) / square.height(), 0.0), 1.0)
        self.hsv = (hue, saturation, value)
        self.update()
        self.changed.emit(self.hsv)

    def _middle(self) -> QPointF:
        return QRectF(self.rect()).center()

    def _radius(self) -> float:
        return min(self.width(), self.height()) / 2 - 4

    def _square(self) -> QRectF:
        half = self._radius() * (1 - _RING) / math.sqrt(2) - 4
        middle = self._middle()
        return QRectF(middle.x() - half, middle.y() - half, 2 * half, 2 * half)


@lru_cache(maxsize=32)
def _square_image(hue_deg: int) -> QImage:
    pure = QColor.fromHsv(hue_deg % 360, 255, 255)
    colour = np.array([pure.red(), pure.green(), pure.blue()], np.float32)
    across = np.linspace(0, 1, _SIDE_PX, dtype=np.float32)[None, :, None]
    down = np.linspace(1, 0, _SIDE_PX, dtype=np.float32)[:, None, None]
    rgb = (255 + (colour - 255) * across) * down
    rgba = np.full((_SIDE_PX, _SIDE_PX, 4), 255, np.uint8)
    rgba[..., :3] = rgb + 0.5
    stride = 4 * _SIDE_PX
    image = QImage(rgba.data, _SIDE_PX, _SIDE_PX, stride, QImage.Format.Format_RGBX8888)
    return image.copy()
