"""The plan on the canvas: what the model will see, where its paint fades, and how long it takes."""

from collections.abc import Callable
from typing import cast

from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QPainter, QPolygonF, QRegion

from scumble_editor.generation.planning import in_words
from scumble_editor.tools.pointer import PointerEvent
from scumble_editor.tools.shapes import Handle, Label, Path, Place, Shape
from scumble_editor.ui.canvas.camera import Camera
from scumble_editor.ui.canvas.canvas import Canvas
from scumble_editor.ui.canvas.drawing import draw_shapes
from scumble_editor.ui.generate.generation import Generation
from scumble_editor.ui.on_canvas.plans import Plans
from scumble_editor.ui.on_canvas.soft_mask import SoftMaskView, Softness
from scumble_protocol.geometry import Bounds
from scumble_protocol.messages import PlannedIsland

_NEAR_PX = 9.0
_GROW_PX = 4.0  # grown by this and half of the feather where the painter chose neither
_LEAST_SIDE_PX = 24.0  # on the screen; handles of smaller frames would lie upon each other
_LABEL_ROOM = QSizeF(34, 46)  # px on the screen, from where a label is put to where it ends
_LABEL_INSET = 8  # px on the screen, nearer to the edge than that it is not put
_SOFTENS = "How wide the edge of the paint fades. Double click leaves it to the program again."
_WIDENS = "How much around it the model sees. Double click leaves it to the program again."

Drag = Callable[[float, float], None]


class FrameOverlay:
    """Overlay of one canvas. Handles of the frame set the context, the round one the feather."""

    def __init__(
        self, canvas: Canvas, plans: Plans, generation: Generation, busy: Callable[[Canvas], bool]
    ) -> None:
        """`busy` tells whether paint is to be looked at on the canvas, undisturbed."""
        self._canvas = canvas
        self._plans = plans
        self._generation = generation
        self._busy = busy
        self._mask = SoftMaskView()
        self._drag: Drag | None = None
        self.shown = True

    @property
    def islands(self) -> tuple[PlannedIsland, ...]:
        """What is drawn; none where no plan is to be shown on this canvas."""
        planned = self._plans.planned
        if planned is None or not self.shown or self._plans.opened is not self._canvas.opened:
            return ()
        if self._canvas.opened.document.selection is None or self._busy(self._canvas):
            return ()
        return planned.islands

    def paint(self, painter: object, camera: Camera) -> None:
        """Draw film, frames, handles and label."""
        islands = self.islands
        if not islands:
            return
        brush = cast("QPainter", painter)
        to_view = self._canvas.to_view()
        film = self._mask.image(self._canvas.opened.shown, camera, self._softness(islands[0]))
        if film is not None:
            film.setDevicePixelRatio(self._canvas.pixel_ratio)
            brush.save()
            brush.setClipRegion(QRegion(to_view.map(QPolygonF(_rect(self._bounds))).toPolygon()))
            brush.drawImage(0, 0, film)
            brush.restore()
        shapes: list[Shape] = [
            Path(_corners(island.context), closed=True, dashed=True) for island in islands
        ]
        first = islands[0]
        if self._roomy(first):
            shapes += [Handle(place) for place in _edges(first.context)]
        shapes.append(Handle(self._knob(first), round=True))
        planned = self._plans.planned
        if planned is not None:
            text = in_words(planned)
            shapes.append(Label(self._label_place(first.context, text), text))
        draw_shapes(brush, shapes, to_view)

    def press(self, event: PointerEvent, camera: Camera) -> bool:
        """Take hold of a handle."""
        islands = self.islands
        if not islands or event.secondary:
            return False
        first = islands[0]
        if self._near(event, self._knob(first), camera):
            self._drag = self._soften(first)
            self._canvas.hinted.emit(_SOFTENS)
            return True
        if self._roomy(first):
            for place in _edges(first.context):
                if self._near(event, place, camera):
                    self._drag = self._widen(first)
                    self._canvas.hinted.emit(_WIDENS)
                    return True
        return False

    def drag(self, event: PointerEvent, camera: Camera) -> None:
        """Follow the hand."""
        del camera
        if self._drag is not None:
            self._drag(event.x, event.y)

    def release(self, event: PointerEvent, camera: Camera) -> None:
        """Let go."""
        del event, camera
        self._drag = None

    def double_press(self, event: PointerEvent, camera: Camera) -> bool:
        """Leave the value of a handle to the daemon again."""
        islands = self.islands
        if not islands:
            return False
        self._drag = None
        if self._near(event, self._knob(islands[0]), camera):
            self._generation.change(feather=None, grow=None)
            return True
        if any(self._near(event, place, camera) for place in _edges(islands[0].context)):
            self._generation.change(context=None)
            return True
        return False

    def _soften(self, island: PlannedIsland) -> Drag:
        grown = self._generation.settings.grow

        def drag(x: float, _y: float) -> None:
            reach = x - island.selection.right
            if island.reach == 0:
                feather = -reach
            elif grown is None:
                feather = reach - _GROW_PX
            else:
                feather = (reach - grown) * 2
            self._generation.change(feather=float(max(round(feather), 0)))

        return drag

    def _widen(self, island: PlannedIsland) -> Drag:
        mask = island.mask

        def drag(x: float, y: float) -> None:
            outside = (mask.left - x, x - mask.right, mask.top - y, y - mask.bottom)
            self._generation.change(context=float(max(0, round(max(outside)))))

        return drag

    def _softness(self, island: PlannedIsland) -> Softness:
        direction = self._generation.settings.direction
        return Softness(island.reach, island.blend, direction, island.lift)

    def _knob(self, island: PlannedIsland) -> Place:
        """Return where the round handle is: where change ends outside, or else the fade inside."""
        selection = island.selection
        away = island.reach if island.reach > 0 else -island.blend
        return (selection.right + away, selection.top + selection.height / 2)

    @property
    def _bounds(self) -> Bounds:
        return self._canvas.opened.document.bounds

    def _label_place(self, context: Bounds, text: str) -> Place:
        """Return where the label goes: under the frame, or as near as the view allows."""
        to_view = self._canvas.to_view()
        frame = to_view.mapRect(_rect(context))
        width = self._canvas.fontMetrics().horizontalAdvance(text) + _LABEL_ROOM.width()
        most_x = self._canvas.width() - width
        most_y = self._canvas.height() - _LABEL_ROOM.height()
        at = QPointF(
            min(max(frame.left(), -_LABEL_INSET), max(most_x, 0)),
            min(max(frame.bottom(), -_LABEL_INSET), max(most_y, 0)),
        )
        back, _ = to_view.inverted()
        place = back.map(at)
        return (place.x(), place.y())

    def _roomy(self, island: PlannedIsland) -> bool:
        frame = self._canvas.to_view().mapRect(_rect(island.context))
        return min(frame.width(), frame.height()) >= _LEAST_SIDE_PX

    def _near(self, event: PointerEvent, place: Place, camera: Camera) -> bool:
        distance = QPointF(event.x - place[0], event.y - place[1]).manhattanLength()
        return distance * camera.zoom <= _NEAR_PX * self._canvas.pixel_ratio


def _rect(bounds: Bounds) -> QRectF:
    return QRectF(bounds.x, bounds.y, bounds.width, bounds.height)


def _corners(bounds: Bounds) -> tuple[Place, ...]:
    left, top, right, bottom = bounds.left, bounds.top, bounds.right, bounds.bottom
    return ((left, top), (right, top), (right, bottom), (left, bottom))


def _edges(bounds: Bounds) -> tuple[Place, ...]:
    """Return the middles of the sides, where the handles are."""
    x, y = bounds.center
    return ((bounds.left, y), (x, bounds.top), (bounds.right, y), (x, bounds.bottom))
