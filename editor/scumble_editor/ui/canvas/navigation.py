"""Moving the camera by hand: space or the middle button pans, with Shift turns, with Ctrl zooms."""

import math
from enum import Enum

from PySide6.QtCore import QPointF

from scumble_editor.tools.pointer import Modifiers
from scumble_editor.ui.canvas.camera import Camera


class Way(Enum):
    """What a navigating drag does."""

    PAN = "pan"
    TURN = "turn"
    ZOOM = "zoom"

    @classmethod
    def of(cls, keys: Modifiers) -> "Way":
        """Return what keys held with space or the middle button mean, as in Krita."""
        if keys.shift:
            return cls.TURN
        return cls.ZOOM if keys.ctrl else cls.PAN


class Navigation:
    """One drag of the camera, in screen pixels."""

    def __init__(self, camera: Camera, way: Way, at: QPointF) -> None:
        self._camera = camera
        self._way = way
        self._start = at

    def to(self, at: QPointF) -> Camera:
        """Return the camera for where the pointer is now."""
        dx, dy = at.x() - self._start.x(), at.y() - self._start.y()
        start = (self._start.x(), self._start.y())
        match self._way:
            case Way.PAN:
                return self._camera.panned(dx, dy)
            case Way.ZOOM:
                return self._camera.zoomed(self._camera.zoom * 2 ** (-dy / 100), start)
            case Way.TURN:
                return self._turned(at)

    def _turned(self, at: QPointF) -> Camera:
        width, height = self._camera.viewport
        first = math.atan2(self._start.y() - height / 2, self._start.x() - width / 2)
        second = math.atan2(at.y() - height / 2, at.x() - width / 2)
        return self._camera.rotated(math.degrees(second - first), (width / 2, height / 2))
