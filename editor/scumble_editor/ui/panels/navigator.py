"""The whole picture in small, with a frame around what the canvas shows; drag it to look about."""

from PySide6.QtCore import QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import (
    QColor,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from scumble_editor.ui import theme
from scumble_editor.ui.canvas.canvas import Canvas
from scumble_editor.ui.desk import Desk
from scumble_editor.ui.open_document import OpenDocument
from scumble_editor.ui.widgets.seen import seen

_SIDE_PX = 260
_PATIENCE_MS = 250


class NavigatorPanel(QWidget):
    """Shows where the canvas looks, and takes it elsewhere."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._opened: OpenDocument | None = None
        self._canvas: Canvas | None = None
        self._image: QImage | None = None
        self._stale = True  # something has changed while nobody looked
        self._thumbnails = desk.thumbnails
        self.setMinimumSize(160, 120)
        self.setToolTip("Drag to look elsewhere, scroll to zoom")
        self.setAccessibleName("Navigator")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PATIENCE_MS)
        self._timer.timeout.connect(self.refresh)
        desk.session.current_changed.connect(self._follow_soon)
        self._follow_soon(desk.session.current)

    def refresh(self) -> None:
        """Show the picture as it is now; costs nothing while the panel is out of sight."""
        self._stale = not seen(self)
        if self._opened is not None and not self._stale:
            self._image = self._thumbnails.document(self._opened.shown, _SIDE_PX)
        self.update()

    def _follow_soon(self, opened: OpenDocument | None) -> None:
        if self._opened is not None:
            self._opened.shown_changed.disconnect(self._timer.start)
        self._opened, self._image = opened, None
        if opened is not None:
            opened.shown_changed.connect(self._timer.start)
        self._timer.start()

    def _camera_of(self) -> Canvas | None:
        canvas = self._desk.canvas()
        if canvas is not self._canvas:
            self._canvas = canvas
            if canvas is not None:
                canvas.camera_changed.connect(self.update)
        return canvas

    def showEvent(self, event: object) -> None:  # noqa: N802
        """Catch up soon, if it is still seen then: docks come up before others cover them."""
        super().showEvent(event)  # type: ignore[arg-type]  # a QShowEvent
        self._timer.start()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the picture and the frame."""
        del event
        if self._stale:
            self._timer.start()
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.current().sunken))
        canvas = self._camera_of()
        if self._image is None or self._opened is None or canvas is None:
            return
        area, scale = self._area(), self._scale()
        painter.fillRect(area, QColor(180, 180, 180))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(area, self._image)
        camera = canvas.camera
        wide, high = camera.viewport
        corners = [camera.to_canvas(x, y) for x, y in ((0, 0), (wide, 0), (wide, high), (0, high))]
        frame = QPolygonF([area.topLeft() + QPointF(x, y) * scale for x, y in corners])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(0, 0, 0, 120), 3))
        painter.drawPolygon(frame)
        painter.setPen(QPen(QColor(theme.current().accent), 1.5))
        painter.drawPolygon(frame)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Look there."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._look(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Look along."""
        self.mousePressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Zoom."""
        canvas = self._camera_of()
        if canvas is not None:
            canvas.zoom_by(1 if event.angleDelta().y() > 0 else -1)

    def _look(self, at: QPointF) -> None:
        canvas = self._camera_of()
        if canvas is None or self._opened is None:
            return
        place = (at - self._area().topLeft()) / self._scale()
        camera = canvas.camera
        width, height = camera.viewport
        x, y = camera.to_view(place.x(), place.y())
        canvas.look(camera.panned(width / 2 - x, height / 2 - y))

    def _scale(self) -> float:
        if self._opened is None:
            return 1.0
        size = self._opened.shown.size
        room_x, room_y = max(self.width() - 16, 1), max(self.height() - 16, 1)
        return min(room_x / size.width, room_y / size.height)

    def _area(self) -> QRectF:
        if self._opened is None:
            return QRectF()
        size, scale = self._opened.shown.size, self._scale()
        wide, high = size.width * scale, size.height * scale
        return QRectF((self.width() - wide) / 2, (self.height() - high) / 2, wide, high)
