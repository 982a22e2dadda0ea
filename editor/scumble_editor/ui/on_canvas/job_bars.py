"""Thin bars on the canvas: how far each job is, at the lower edge of what it paints."""

from typing import cast

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from scumble_editor.tools.pointer import PointerEvent
from scumble_editor.ui.canvas.camera import Camera
from scumble_editor.ui.canvas.canvas import Canvas
from scumble_editor.ui.canvas.drawing import ACCENT
from scumble_editor.ui.generate.generation import Generation
from scumble_editor.ui.on_canvas.ghosts import Ghosts

_HIGH_PX = 4.0
_LEAST_PX = 72.0
_GAP_PX = 6.0


class JobBars:
    """Overlay of one canvas that only shows."""

    def __init__(self, canvas: Canvas, ghosts: Ghosts, generation: Generation) -> None:
        self._canvas = canvas
        self._ghosts = ghosts
        self._jobs = generation.jobs

    def paint(self, painter: object, camera: Camera) -> None:
        """Draw a bar for every job on this canvas that is not over."""
        del camera
        brush = cast("QPainter", painter)
        brush.setRenderHint(QPainter.RenderHint.Antialiasing)
        brush.setPen(Qt.PenStyle.NoPen)
        places: list[QRectF] = []
        for job in self._jobs.active:
            haunt = self._ghosts.of(job.id)
            if haunt is None or haunt.opened is not self._canvas.opened:
                continue
            bounds = haunt.bounds
            area = QRectF(bounds.x, bounds.y, bounds.width, bounds.height)
            place = self._place(self._canvas.to_view().mapRect(area), places)
            places.append(place)
            fraction = job.progress.fraction if job.progress is not None else None
            self._bar(brush, place, fraction or 0.0)

    def press(self, event: PointerEvent, camera: Camera) -> bool:
        """Leave everything to the tool."""
        del event, camera
        return False

    def drag(self, event: PointerEvent, camera: Camera) -> None:
        """Nothing was taken."""

    def release(self, event: PointerEvent, camera: Camera) -> None:
        """Nothing was taken."""

    def double_press(self, event: PointerEvent, camera: Camera) -> bool:
        """Leave everything to the tool."""
        del event, camera
        return False

    def _place(self, frame: QRectF, taken: list[QRectF]) -> QRectF:
        """Return where a bar goes: under its frame, on the screen, below those that are there."""
        width = max(frame.width(), _LEAST_PX)
        left = frame.center().x() - width / 2
        top = min(frame.bottom() + _GAP_PX, self._canvas.height() - 3 * _HIGH_PX)
        place = QRectF(left, max(top, _GAP_PX), width, _HIGH_PX)
        while any(place.intersects(other) for other in taken):
            place.translate(0, _HIGH_PX + 3)
        return place

    def _bar(self, brush: QPainter, place: QRectF, fraction: float) -> None:
        radius = _HIGH_PX / 2
        brush.setBrush(QColor(15, 15, 18, 190))
        brush.drawRoundedRect(place.adjusted(-1, -1, 1, 1), radius + 1, radius + 1)
        brush.setBrush(QColor(255, 255, 255, 70))
        brush.drawRoundedRect(place, radius, radius)
        done = QRectF(place)
        done.setWidth(max(place.width() * min(fraction, 1.0), 2 * radius if fraction else 0.0))
        brush.setBrush(ACCENT)
        brush.drawRoundedRect(done, radius, radius)
