"""Painting what tools draw over the picture: lines, handles, shades and labels, at screen size."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF, QTransform

from scumble_editor.tools.shapes import Handle, Label, Oval, Path, Place, Shade, Shape

ACCENT = QColor("#3d9be9")
_HANDLE_PX = 4.5


def draw_shapes(painter: QPainter, shapes: Sequence[Shape], to_view: QTransform) -> None:
    """Draw shapes given in canvas pixels; the painter works in view pixels."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for shape in shapes:
        match shape:
            case Shade():
                _shade(painter, shape, to_view)
            case Path():
                _path(painter, shape, to_view)
            case Oval():
                _oval(painter, shape, to_view)
            case Handle():
                _handle(painter, shape, to_view)
            case Label():
                _label(painter, shape, to_view)


def draw_outline(painter: QPainter, at: QPointF, diameter_px: float) -> None:
    """Draw the circle of a brush's tip so that it shows on dark and on light."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if diameter_px < 5:
        arms = ((-7, 0, -3, 0), (3, 0, 7, 0), (0, -7, 0, -3), (0, 3, 0, 7))
        for pen in (QPen(QColor(0, 0, 0, 170), 3), QPen(QColor(255, 255, 255, 230), 1)):
            painter.setPen(pen)
            for x0, y0, x1, y1 in arms:
                painter.drawLine(at + QPointF(x0, y0), at + QPointF(x1, y1))
        return
    radius = diameter_px / 2
    for pen, inset in (
        (QPen(QColor(0, 0, 0, 150), 1), 0.0),
        (QPen(QColor(255, 255, 255, 220), 1), 1.0),
    ):
        painter.setPen(pen)
        painter.drawEllipse(at, radius - inset, radius - inset)


def _pens(dashed: bool) -> tuple[QPen, QPen]:
    dark, light = QPen(QColor(0, 0, 0, 190), 1), QPen(QColor(255, 255, 255, 235), 1)
    if dashed:
        light.setDashPattern([4, 4])
    else:
        dark.setWidthF(2.5)
        dark.setColor(QColor(0, 0, 0, 110))
    return dark, light


def _path(painter: QPainter, path: Path, to_view: QTransform) -> None:
    polygon = QPolygonF([_at(place, to_view) for place in path.points])
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for pen in _pens(path.dashed):
        painter.setPen(pen)
        if path.closed:
            painter.drawPolygon(polygon)
        else:
            painter.drawPolyline(polygon)


def _oval(painter: QPainter, oval: Oval, to_view: QTransform) -> None:
    outline = QPainterPath()
    outline.addEllipse(QRectF(QPointF(*oval.first), QPointF(*oval.second)))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for pen in _pens(oval.dashed):
        painter.setPen(pen)
        painter.drawPath(to_view.map(outline))


def _handle(painter: QPainter, handle: Handle, to_view: QTransform) -> None:
    middle = _at(handle.at, to_view)
    side = _HANDLE_PX + (1 if handle.hot else 0)
    painter.setPen(QPen(QColor(20, 20, 20, 200), 1))
    painter.setBrush(ACCENT if handle.hot else QColor(255, 255, 255))
    if handle.round:
        painter.drawEllipse(middle, side, side)
    else:
        painter.drawRect(QRectF(middle.x() - side, middle.y() - side, 2 * side, 2 * side))


def _shade(painter: QPainter, shade: Shade, to_view: QTransform) -> None:
    inside = QPainterPath()
    inside.addRect(QRectF(QPointF(*shade.first), QPointF(*shade.second)).normalized())
    outside = QPainterPath()
    outside.addRect(QRectF(painter.viewport()))
    painter.fillPath(outside.subtracted(to_view.map(inside)), QColor(0, 0, 0, 140))


def _label(painter: QPainter, label: Label, to_view: QTransform) -> None:
    at = _at(label.at, to_view) + QPointF(14, 16)
    metrics = painter.fontMetrics()
    box = QRectF(metrics.boundingRect(label.text)).adjusted(-6, -3, 6, 3)
    box.moveTopLeft(at)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(20, 20, 22, 215))
    painter.drawRoundedRect(box, 4, 4)
    painter.setPen(QColor(240, 240, 240))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, label.text)


def _at(place: Place, to_view: QTransform) -> QPointF:
    return to_view.map(QPointF(*place))
