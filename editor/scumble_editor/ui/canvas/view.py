"""One open document under a camera, painted where it changed: the part that only looks."""

from PySide6.QtCore import QBasicTimer, QEvent, QPointF, QRect, QRectF, Qt, QTimerEvent, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QImage,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
    QResizeEvent,
    QTransform,
)
from PySide6.QtWidgets import QWidget

from scumble_editor.document.document import Document
from scumble_editor.document.tiles import tile_bounds
from scumble_editor.tools.stage import Target
from scumble_editor.ui.canvas.camera import Camera
from scumble_editor.ui.canvas.outline import SelectionView
from scumble_editor.ui.canvas.projection import Projection
from scumble_editor.ui.open_document import OpenDocument
from scumble_editor.ui.settings import Settings
from scumble_protocol.geometry import Bounds

_ANTS_MS = 120
_GRID_FROM = 8.0


class View(QWidget):
    """Shows one document: checkerboard, picture, pixel grid, selection.

    Signals:
        camera_changed: where the painter looks.
    """

    camera_changed = Signal()

    def __init__(
        self, settings: Settings, opened: OpenDocument, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.opened = opened
        self.camera = Camera()
        self.projection = Projection(opened.shown, self)
        self.show_pixel_grid = True
        self.show_selection = True
        self.selection_as_film = False
        self._settings = settings
        self._selection_view = SelectionView()
        self._untouched = True
        self._checkers: dict[int, QBrush] = {}
        self._phase = 0
        self._ants_timer = QBasicTimer()
        self._fill_timer = QBasicTimer()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(160, 120)
        self.projection.spoiled.connect(self._update_area)
        opened.shown_changed.connect(self._show)
        opened.target_changed.connect(self.update)

    @property
    def pixel_ratio(self) -> float:
        """Screen pixels to one of the widget's."""
        return self.devicePixelRatioF()

    def look(self, camera: Camera) -> None:
        """Look elsewhere."""
        if camera != self.camera:
            self._untouched = False
            self.camera = camera
            self.camera_changed.emit()
            self.update()

    def fit(self) -> None:
        """Show the whole picture, upright."""
        self.look(self.camera.fitted(self.opened.document.size))

    def fit_width(self) -> None:
        """Show the picture in its full width."""
        width = self.camera.viewport[0] - 32
        self.look(
            self.camera.fitted(self.opened.document.size).zoomed(
                width / self.opened.document.size.width
            )
        )

    def zoom_by(self, steps: int, at: QPointF | None = None) -> None:
        """Zoom in or out by round steps, around a point of the widget or the middle."""
        ratio = self.pixel_ratio
        place = None if at is None else (at.x() * ratio, at.y() * ratio)
        self.look(self.camera.stepped(steps, place))

    def to_view(self) -> QTransform:
        """Return the transform from canvas pixels to the widget's."""
        a, b, c, d, tx, ty = self.camera.matrix
        if self.camera.rotation_deg == 0:
            tx, ty = round(tx), round(ty)
        ratio = 1 / self.pixel_ratio
        return QTransform(a, b, c, d, tx, ty) * QTransform.fromScale(ratio, ratio)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Paint what changed."""
        self.projection.look(self.camera)
        self.projection.fill(self.camera)
        if not self.projection.finished and not self._fill_timer.isActive():
            self._fill_timer.start(0, self)
        painter = QPainter(self)
        to_view = self.to_view()
        document = self.opened.shown
        self._paint_paper(painter, event.rect(), to_view, document)
        smooth = self.camera.zoom < 2 and self._settings.smooth_pixels
        self.projection.paint(painter, to_view, smooth)
        self._paint_grid(painter, to_view, document)
        self._paint_selection(painter, document)
        self.paint_above(painter, to_view)
        painter.end()

    def paint_above(self, painter: QPainter, to_view: QTransform) -> None:
        """Draw over the picture and the selection; for whoever takes the pointer."""

    def _paint_paper(
        self, painter: QPainter, area: QRect, to_view: QTransform, document: Document
    ) -> None:
        around = self.palette().color(self.backgroundRole()).darker(118)
        canvas = QRectF(0, 0, document.size.width, document.size.height)
        side_px = self._settings.checker_px
        if side_px not in self._checkers:
            self._checkers[side_px] = _checker(side_px)
        checker = self._checkers[side_px]
        painter.setPen(QPen(QColor(0, 0, 0, 90), 1))
        if to_view.isRotating():  # many times as slow
            painter.fillRect(area, around)
            painter.setBrush(checker)
            painter.drawPolygon(to_view.map(QPolygonF(canvas)))
            return
        sheet = to_view.mapRect(canvas)
        if not sheet.contains(QRectF(area)):
            painter.fillRect(area, around)
        painter.fillRect(sheet.intersected(QRectF(area)), checker)
        painter.drawRect(sheet)

    def _paint_grid(self, painter: QPainter, to_view: QTransform, document: Document) -> None:
        if self.camera.zoom < _GRID_FROM or not self.show_pixel_grid:
            return
        seen = self.camera.visible().intersection(document.bounds)
        if seen is None:
            return
        painter.setPen(QPen(QColor(128, 128, 128, 70), 0))
        painter.setTransform(to_view)
        for x in range(seen.left, seen.right + 1):
            painter.drawLine(x, seen.top, x, seen.bottom)
        for y in range(seen.top, seen.bottom + 1):
            painter.drawLine(seen.left, y, seen.right, y)
        painter.resetTransform()

    def _paint_selection(self, painter: QPainter, document: Document) -> None:
        chosen = document.selection is not None and self.show_selection
        if self.opened.target is Target.SELECTION or (chosen and self.selection_as_film):
            self._ants_timer.stop()
            self._draw_view_image(painter, self._selection_view.film(document, self.camera))
            return
        if not chosen:
            self._ants_timer.stop()
            return
        ants = self._selection_view.ants(document, self.camera, self._phase)
        self._draw_view_image(painter, ants)
        if not self._ants_timer.isActive():
            self._ants_timer.start(_ANTS_MS, self)

    def _draw_view_image(self, painter: QPainter, image: QImage | None) -> None:
        if image is not None:
            image.setDevicePixelRatio(self.pixel_ratio)
            painter.drawImage(0, 0, image)

    def _show(self, before: Document, after: Document) -> None:
        self.projection.show(before, after)
        if before.selection is not after.selection or before.size != after.size:
            self.update()

    def _update_area(self, bounds: Bounds) -> None:
        area = QRectF(bounds.x, bounds.y, bounds.width, bounds.height)
        self.update(self.to_view().mapRect(area).toAlignedRect().adjusted(-2, -2, 2, 2))

    def timerEvent(self, event: QTimerEvent) -> None:  # noqa: N802
        """March the ants, or go on compositing."""
        if event.timerId() == self._fill_timer.timerId():
            for key in self.projection.fill(self.camera):
                self._update_area(tile_bounds(key))
            if self.projection.finished:
                self._fill_timer.stop()
                self.update()
        elif event.timerId() == self._ants_timer.timerId():
            self._phase = (self._phase + 1) % 8
            selection = self.opened.shown.selection
            around = None if selection is None else selection.pixels.bounds
            if around is not None:
                self._update_area(around)
        else:
            super().timerEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Keep the middle in the middle; show all of the picture at first."""
        ratio = self.pixel_ratio
        self.camera = self.camera.resized(self.width() * ratio, self.height() * ratio)
        if self._untouched:
            self.camera = self.camera.fitted(self.opened.document.size, largest=1.0)
        self.camera_changed.emit()
        super().resizeEvent(event)

    def hideEvent(self, event: QEvent) -> None:  # noqa: N802
        """Stop working for a picture that nobody sees, and give its memory back."""
        self._ants_timer.stop()
        self._fill_timer.stop()
        self.projection.release()
        super().hideEvent(event)  # type: ignore[arg-type]  # a QHideEvent, which needs no import


def _checker(side_px: int) -> QBrush:
    """Return a brush of two greys; its picture is large, which Qt fills with much faster."""
    repeats = max(1, 256 // (2 * side_px))
    pixmap = QPixmap(2 * side_px * repeats, 2 * side_px * repeats)
    pixmap.fill(QColor(204, 204, 204))
    painter = QPainter(pixmap)
    for row in range(2 * repeats):
        for column in range(row % 2, 2 * repeats, 2):
            x, y = column * side_px, row * side_px
            painter.fillRect(x, y, side_px, side_px, QColor(153, 153, 153))
    painter.end()
    return QBrush(pixmap)
