"""The canvas: one open document under a camera, painted where it changed, drawn on with tools."""

from PySide6.QtCore import QBasicTimer, QEvent, QPointF, QRect, QRectF, Qt, QTimerEvent, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QCursor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
    QResizeEvent,
    QTabletEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QGestureEvent,
    QLineEdit,
    QPinchGesture,
    QWidget,
)

from scumble_editor.document.document import Document
from scumble_editor.tools.stage import Target
from scumble_editor.ui.canvas.camera import Camera
from scumble_editor.ui.canvas.drawing import draw_outline, draw_shapes
from scumble_editor.ui.canvas.gestures import Gestures
from scumble_editor.ui.canvas.navigation import Navigation, Way
from scumble_editor.ui.canvas.outline import SelectionView
from scumble_editor.ui.canvas.pointing import Overlay, keys_held, of_mouse, of_tablet
from scumble_editor.ui.canvas.projection import Projection
from scumble_editor.ui.open_document import OpenDocument
from scumble_editor.ui.session import EditorSession
from scumble_editor.ui.stage import SessionStage
from scumble_editor.ui.work import Works
from scumble_protocol.geometry import Bounds

_ANTS_MS = 120
_GRID_FROM = 8.0
_NUDGES = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class Canvas(QWidget):
    """Shows one document and takes the pointer.

    `overlays` may be added to by whoever shows more than the picture on it.

    Signals:
        camera_changed: where the painter looks.
        pointed: x and y of the canvas under the pointer.
        hinted: a sentence for the status bar.
    """

    camera_changed = Signal()
    pointed = Signal(float, float)
    hinted = Signal(str)

    def __init__(
        self,
        session: EditorSession,
        opened: OpenDocument,
        works: Works,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.session = session
        self.opened = opened
        self.camera = Camera()
        self.overlays: list[Overlay] = []
        self.projection = Projection(opened.shown, self)
        self.stage = SessionStage(
            session,
            opened,
            works,
            zoom=lambda: self.camera.zoom,
            redraw=self.update,
            hint=self.hinted.emit,
            merged=self.projection.merged,
        )
        self.gestures = Gestures(session, self.stage, self.overlays)
        self.show_pixel_grid = True
        self.show_selection = True
        self.selection_as_film = False
        self._selection_view = SelectionView()
        self._navigation: Navigation | None = None
        self._space = False
        self._untouched = True
        self._pointer: QPointF | None = None
        self._phase = 0
        self._ants_timer = QBasicTimer()
        self._fill_timer = QBasicTimer()
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.grabGesture(Qt.GestureType.PinchGesture)
        self.setMinimumSize(160, 120)
        self.setAccessibleName("Canvas")
        self.projection.spoiled.connect(self._update_area)
        opened.shown_changed.connect(self._show)
        opened.target_changed.connect(self.update)
        session.tool_changed.connect(self._take_tool)
        session.options_changed.connect(self.update)
        self._take_tool()

    # The camera ---------------------------------------------------------------------------

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

    # Painting -----------------------------------------------------------------------------

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
        smooth = self.camera.zoom < 2 and self.session.settings.smooth_pixels
        self.projection.paint(painter, to_view, smooth)
        self._paint_grid(painter, to_view, document)
        self._paint_selection(painter, document)
        for overlay in self.overlays:
            overlay.paint(painter, self.camera)
        draw_shapes(painter, self.session.tool.overlay(self.stage), to_view)
        self._paint_cursor(painter)
        painter.end()

    def _paint_paper(
        self, painter: QPainter, area: QRect, to_view: QTransform, document: Document
    ) -> None:
        painter.fillRect(area, self.palette().color(self.backgroundRole()).darker(118))
        canvas = QRectF(0, 0, document.size.width, document.size.height)
        polygon = to_view.map(QPolygonF(canvas))
        painter.setPen(QPen(QColor(0, 0, 0, 90), 1))
        painter.setBrush(_checker(self.session.settings.checker_px))
        painter.drawPolygon(polygon)

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

    def _paint_cursor(self, painter: QPainter) -> None:
        diameter = self.session.tool.outline_px()
        if diameter is None or self._pointer is None or self._navigation is not None or self._space:
            return
        draw_outline(painter, self._pointer, diameter * self.camera.zoom / self.pixel_ratio)

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
                self._update_area(Bounds(key[0] * 256, key[1] * 256, 256, 256))
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

    # The hand -----------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Begin a gesture, or move the camera."""
        self.setFocus()
        if event.button() == Qt.MouseButton.MiddleButton or self._space:
            way = Way.of(keys_held(event.modifiers()))
            self._navigation = Navigation(self.camera, way, event.position() * self.pixel_ratio)
            self._show_cursor()
        elif event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            self.gestures.press(of_mouse(event, self.camera, self.pixel_ratio), self.camera)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Go on."""
        self._follow(event.position())
        if self._navigation is not None:
            self.look(self._navigation.to(event.position() * self.pixel_ratio))
            return
        self.gestures.drag(of_mouse(event, self.camera, self.pixel_ratio), self.camera)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Finish."""
        if self._navigation is not None:
            self._navigation = None
            self._show_cursor()
            return
        self.gestures.release(of_mouse(event, self.camera, self.pixel_ratio), self.camera)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Take a second click as one, and as the end of a polygon."""
        self.mousePressEvent(event)
        if event.button() == Qt.MouseButton.LeftButton and self._navigation is None:
            self.gestures.double_press(of_mouse(event, self.camera, self.pixel_ratio))

    def tabletEvent(self, event: QTabletEvent) -> None:  # noqa: N802
        """Take a pen, with pressure and tilt."""
        self._follow(event.position())
        middle = event.button() == Qt.MouseButton.MiddleButton
        if self._space or middle or self._navigation is not None:
            event.ignore()  # comes again as a mouse event, which moves the camera
            return
        event.accept()
        sample = of_tablet(event, self.camera, self.pixel_ratio)
        match event.type():
            case QEvent.Type.TabletPress:
                self.setFocus()
                self.gestures.press(sample, self.camera)
            case QEvent.Type.TabletMove:
                self.gestures.drag(sample, self.camera)
            case QEvent.Type.TabletRelease:
                self.gestures.release(sample, self.camera)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Zoom around the pointer, or scroll."""
        steps = event.angleDelta().y() / 120
        ratio = self.pixel_ratio
        ctrl = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if self.session.settings.zoom_by_wheel != ctrl:
            at = event.position() * ratio
            self.look(self.camera.zoomed(self.camera.zoom * 2 ** (steps / 3), (at.x(), at.y())))
        else:
            delta = event.pixelDelta() if not event.pixelDelta().isNull() else event.angleDelta()
            self.look(self.camera.panned(delta.x() * ratio, delta.y() * ratio))
        event.accept()

    def event(self, event: QEvent) -> bool:
        """Take pinching and turning, of a touchpad or of fingers on the screen."""
        if isinstance(event, QGestureEvent):
            pinch = event.gesture(Qt.GestureType.PinchGesture)
            if isinstance(pinch, QPinchGesture):
                self._pinch(pinch)
            return True
        if isinstance(event, QNativeGestureEvent):
            at = event.position() * self.pixel_ratio
            place = (at.x(), at.y())
            if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                self.look(self.camera.zoomed(self.camera.zoom * (1 + event.value()), place))
            elif event.gestureType() == Qt.NativeGestureType.RotateNativeGesture:
                self.look(self.camera.rotated(event.value(), place))
            return True
        return super().event(event)

    def _pinch(self, pinch: QPinchGesture) -> None:
        ratio = self.pixel_ratio
        at = self.mapFromGlobal(pinch.centerPoint()) * ratio
        before = self.mapFromGlobal(pinch.lastCenterPoint()) * ratio
        place = (at.x(), at.y())
        camera = self.camera.panned(at.x() - before.x(), at.y() - before.y())
        camera = camera.zoomed(camera.zoom * pinch.scaleFactor(), place)
        self.look(camera.rotated(pinch.rotationAngle() - pinch.lastRotationAngle(), place))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Take space, Enter, Escape and the arrows."""
        key = Qt.Key(event.key())
        far = 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
        if key == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self._space = True
                self._show_cursor()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.gestures.confirm()
        elif key == Qt.Key.Key_Escape:
            self.gestures.cancel()
            self.update()
        elif key in _NUDGES:
            dx, dy = _NUDGES[key]
            if not self.gestures.nudge(dx * far, dy * far):
                self.look(self.camera.panned(-dx * 40 * far, -dy * 40 * far))
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Let go of space."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space = False
            self._show_cursor()
        else:
            super().keyReleaseEvent(event)

    def enterEvent(self, event: QEvent) -> None:  # noqa: N802
        """Take the keys, unless something is being typed."""
        if not isinstance(QApplication.focusWidget(), (QLineEdit, QAbstractSpinBox)):
            self.setFocus()
        super().enterEvent(event)  # type: ignore[arg-type]  # a QEnterEvent, which needs no import

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        """Hide the tip's outline."""
        self._pointer = None
        self.update()
        super().leaveEvent(event)

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

    def _follow(self, position: QPointF) -> None:
        before, self._pointer = self._pointer, position
        ratio = self.pixel_ratio
        x, y = self.camera.to_canvas(position.x() * ratio, position.y() * ratio)
        self.pointed.emit(x, y)
        diameter = self.session.tool.outline_px()
        if diameter is None:
            return
        reach = max(diameter * self.camera.zoom / ratio / 2, 8) + 3
        for at in (before, position):
            if at is not None:
                area = QRectF(at.x() - reach, at.y() - reach, 2 * reach, 2 * reach)
                self.update(area.toAlignedRect())

    def _take_tool(self) -> None:
        self._show_cursor()
        self.update()

    def _show_cursor(self) -> None:
        self.setCursor(self._cursor())

    def _cursor(self) -> QCursor:
        shapes = Qt.CursorShape
        if self._navigation is not None:
            return QCursor(shapes.ClosedHandCursor)
        if self._space:
            return QCursor(shapes.OpenHandCursor)
        by_name = {"circle": shapes.BlankCursor, "move": shapes.SizeAllCursor}
        return QCursor(by_name.get(self.session.tool.cursor, shapes.CrossCursor))


def _checker(side_px: int) -> QBrush:
    pixmap = QPixmap(2 * side_px, 2 * side_px)
    pixmap.fill(QColor(204, 204, 204))
    painter = QPainter(pixmap)
    for x, y in ((0, 0), (side_px, side_px)):
        painter.fillRect(x, y, side_px, side_px, QColor(153, 153, 153))
    painter.end()
    return QBrush(pixmap)
