"""Fingers on a touch screen: one paints, two hold the picture and move, zoom and turn it."""

import math

from PySide6.QtCore import QEvent, QPointF
from PySide6.QtGui import QEventPoint, QInputDevice, QTouchEvent

from scumble_editor.tools.pointer import PointerEvent
from scumble_editor.ui.canvas.camera import Camera
from scumble_editor.ui.canvas.gestures import Gestures
from scumble_editor.ui.canvas.pointing import keys_held, place_of


class Fingers:
    """The fingers on one canvas, from the first that comes down to the last that goes.

    A second finger takes back what the first has begun to paint.
    """

    def __init__(self, gestures: Gestures) -> None:
        self._gestures = gestures
        self._held: tuple[QPointF, QPointF] | None = None
        self._painting = False
        self._moved_view = False

    def take(self, event: QTouchEvent, camera: Camera, scale: float) -> Camera | None:
        """Follow the fingers; returns the camera, or None for touches that are none of a screen.

        `scale` is the number of screen pixels to one of the widget's.
        """
        if event.device().type() is QInputDevice.DeviceType.TouchPad:
            return None
        down = [p for p in event.points() if p.state() is not QEventPoint.State.Released]
        if event.type() is QEvent.Type.TouchCancel:
            self._lift()
        elif len(down) >= 2:
            camera = self._led(down[0].position() * scale, down[1].position() * scale, camera)
        else:
            self._held = None
            self._one(event, camera, scale)
        if event.type() is QEvent.Type.TouchEnd:
            self._moved_view = self._painting = False
        return camera

    def _one(self, event: QTouchEvent, camera: Camera, scale: float) -> None:
        if self._moved_view:
            return  # the finger that is left over after two
        point = event.points()[0]
        sample = _sample(point, event, camera, scale)
        match point.state():
            case QEventPoint.State.Pressed:
                self._painting = True
                self._gestures.press(sample, camera)
            case QEventPoint.State.Released if self._painting:
                self._painting = False
                self._gestures.release(sample, camera)
            case QEventPoint.State.Updated if self._painting:
                self._gestures.drag(sample, camera)

    def _led(self, first: QPointF, second: QPointF, camera: Camera) -> Camera:
        """Return the camera after which the same places lie under both fingers."""
        if self._painting:
            self._lift()
        before, self._held = self._held, (first, second)
        self._moved_view = True
        if before is None:
            return camera
        was, now = (before[0] + before[1]) / 2, (first + second) / 2
        middle = (now.x(), now.y())
        arm_was, arm_now = before[1] - before[0], second - first
        camera = camera.panned(now.x() - was.x(), now.y() - was.y())
        stretch = _length(arm_now) / max(_length(arm_was), 1.0)
        camera = camera.zoomed(camera.zoom * stretch, middle)
        turn = math.atan2(arm_now.y(), arm_now.x()) - math.atan2(arm_was.y(), arm_was.x())
        return camera.rotated((math.degrees(turn) + 180) % 360 - 180, middle)

    def _lift(self) -> None:
        self._painting = False
        self._held = None
        self._gestures.cancel()


def _sample(point: QEventPoint, event: QTouchEvent, camera: Camera, scale: float) -> PointerEvent:
    x, y = place_of(point.position(), camera, scale)
    keys = keys_held(event.modifiers())
    return PointerEvent(x, y, time_s=event.timestamp() / 1000, keys=keys)


def _length(arm: QPointF) -> float:
    return math.hypot(arm.x(), arm.y())
