"""The canvas: a view of a document that takes the mouse, the pen, fingers and keys."""

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QCursor,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QTabletEvent,
    QTouchEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)

from scumble_editor.document.blocks import Draft
from scumble_editor.ui.canvas.drawing import draw_outline, draw_shapes
from scumble_editor.ui.canvas.fingers import Fingers
from scumble_editor.ui.canvas.gestures import Gestures
from scumble_editor.ui.canvas.navigation import Navigation, Way
from scumble_editor.ui.canvas.picture import level_for
from scumble_editor.ui.canvas.pointing import Overlay, keys_held, of_mouse, of_tablet
from scumble_editor.ui.canvas.view import View
from scumble_editor.ui.open_document import OpenDocument
from scumble_editor.ui.session import EditorSession
from scumble_editor.ui.stage import SessionStage
from scumble_editor.ui.work import Works

_NUDGES = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class Canvas(View):
    """Shows one document and is drawn on with the tool in hand.

    `overlays` may be added to by whoever shows more than the picture on it.

    Signals:
        pointed: x and y of the canvas under the pointer.
        hinted: a sentence for the status bar.
    """

    pointed = Signal(float, float)
    hinted = Signal(str)

    def __init__(
        self,
        session: EditorSession,
        opened: OpenDocument,
        works: Works,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(session.settings, opened, parent)
        self.session = session
        self.overlays: list[Overlay] = []
        self.stage = SessionStage(
            session,
            opened,
            works,
            zoom=lambda: self.camera.zoom,
            redraw=self.update,
            hint=self.hinted.emit,
            merged=self.projection.merged,
            held=lambda: self.gestures.active,
            seen=lambda: Draft(self.camera.visible(), 1 << level_for(self.camera.zoom)),
        )
        self.gestures = Gestures(session, self.stage, self.overlays)
        self._fingers = Fingers(self.gestures)
        self._navigation: Navigation | None = None
        self._space = False
        self._pointer: QPointF | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.setAccessibleName("Canvas")
        session.tool_changed.connect(self._take_tool)
        session.options_changed.connect(self.update)
        self._take_tool()

    def paint_above(self, painter: QPainter, to_view: QTransform) -> None:
        """Draw overlays, what the tool shows, and the outline of its tip."""
        for overlay in self.overlays:
            overlay.paint(painter, self.camera)
        draw_shapes(painter, self.session.tool.overlay(self.stage), to_view)
        diameter = self.session.tool.outline_px()
        moving = self._navigation is not None or self._space
        if diameter is not None and self._pointer is not None and not moving:
            draw_outline(painter, self._pointer, diameter * self.camera.zoom / self.pixel_ratio)

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
            sample = of_mouse(event, self.camera, self.pixel_ratio)
            self.gestures.double_press(sample, self.camera)

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
        """Take pinching and turning, and Escape for what is in hand before anyone else has it."""
        override = event.type() == QEvent.Type.ShortcutOverride
        if override and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            event.setAccepted(self.gestures.active or self.session.tool.busy)
            return True
        if isinstance(event, QTouchEvent):
            camera = self._fingers.take(event, self.camera, self.pixel_ratio)
            if camera is not None:
                self.look(camera)
                event.accept()
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
        if not isinstance(
            QApplication.focusWidget(), (QLineEdit, QPlainTextEdit, QAbstractSpinBox)
        ):
            self.setFocus()
        super().enterEvent(event)  # type: ignore[arg-type]  # a QEnterEvent, which needs no import

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        """Hide the tip's outline."""
        self._pointer = None
        self.update()
        super().leaveEvent(event)

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
