"""From Qt's mouse and tablet events to pointer events in canvas pixels."""

from typing import Protocol

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QMouseEvent, QTabletEvent

from scumble_editor.tools.pointer import Modifiers, PointerEvent
from scumble_editor.ui.canvas.camera import Camera


class Overlay(Protocol):
    """Something that lies over the picture besides the tool: shown, and perhaps taken hold of.

    Overlays are asked before the tool; one that returns True from `press` gets the gesture.
    """

    def paint(self, painter: object, camera: Camera) -> None:
        """Draw with a QPainter in view pixels."""

    def press(self, event: PointerEvent, camera: Camera) -> bool:
        """Take a gesture, or leave it to the tool."""

    def drag(self, event: PointerEvent, camera: Camera) -> None:
        """Go on with a gesture that was taken."""

    def release(self, event: PointerEvent, camera: Camera) -> None:
        """Finish it."""

    def double_press(self, event: PointerEvent, camera: Camera) -> bool:
        """Take the second click of two, or leave it to the tool."""


def keys_held(modifiers: Qt.KeyboardModifier) -> Modifiers:
    """Return Qt's modifiers as the tools know them."""
    return Modifiers(
        shift=bool(modifiers & Qt.KeyboardModifier.ShiftModifier),
        ctrl=bool(modifiers & Qt.KeyboardModifier.ControlModifier),
        alt=bool(modifiers & Qt.KeyboardModifier.AltModifier),
    )


def of_mouse(event: QMouseEvent, camera: Camera, scale: float) -> PointerEvent:
    """Return a mouse event; `scale` is the number of screen pixels to one of the widget's."""
    x, y = place_of(event.position(), camera, scale)
    buttons = event.buttons() | event.button()
    return PointerEvent(
        x,
        y,
        time_s=event.timestamp() / 1000,
        keys=keys_held(event.modifiers()),
        secondary=buttons == Qt.MouseButton.RightButton,
    )


def of_tablet(event: QTabletEvent, camera: Camera, scale: float) -> PointerEvent:
    """Return a pen's event with its pressure and tilt."""
    x, y = place_of(event.position(), camera, scale)
    return PointerEvent(
        x,
        y,
        pressure=event.pressure(),
        tilt_x=event.xTilt(),
        tilt_y=event.yTilt(),
        time_s=event.timestamp() / 1000,
        keys=keys_held(event.modifiers()),
        secondary=event.buttons() == Qt.MouseButton.RightButton,
    )


def place_of(position: QPointF, camera: Camera, scale: float) -> tuple[float, float]:
    """Return the place of the canvas under a point of the widget."""
    return camera.to_canvas(position.x() * scale, position.y() * scale)
