"""The tools that select by a rectangle that is dragged open: rectangle and ellipse."""

import math
from typing import ClassVar

from scumble_editor.document.edits.selection import deselect
from scumble_editor.document.selection import Combine, Selection
from scumble_editor.tools import outlines
from scumble_editor.tools.combining import COMBINE, FEATHER, way
from scumble_editor.tools.options import Option
from scumble_editor.tools.pointer import PointerEvent
from scumble_editor.tools.selecting import CLICK_PX, SMOOTH, Selecting
from scumble_editor.tools.shapes import Label, Oval, Place, Shape, box
from scumble_editor.tools.stage import Stage


class _Box(Selecting):
    """A shape in a rectangle that is dragged open."""

    def __init__(self) -> None:
        super().__init__()
        self._start: PointerEvent | None = None
        self._end: Place = (0, 0)
        self._first: Place = (0, 0)

    def press(self, event: PointerEvent, stage: Stage) -> None:
        """Begin at one corner."""
        self._how = way(self.values, event.keys)
        self._start, self._first, self._end = event, (event.x, event.y), (event.x, event.y)

    def drag(self, event: PointerEvent, stage: Stage) -> None:
        """Drag the other corner; Shift makes it square, Alt grows it from its middle."""
        start = self._start
        if start is None:
            return
        dx, dy = event.x - start.x, event.y - start.y
        if event.keys.shift and not start.keys.shift:
            side = max(abs(dx), abs(dy))
            dx, dy = math.copysign(side, dx), math.copysign(side, dy)
        self._first, self._end = (start.x, start.y), (start.x + dx, start.y + dy)
        if event.keys.alt and not start.keys.alt:
            self._first = (start.x - dx, start.y - dy)
        stage.redraw()

    def release(self, event: PointerEvent, stage: Stage) -> None:
        """Select, or drop the selection where it was only a click."""
        start, self._start = self._start, None
        if start is None:
            return
        moved = math.hypot(event.x - start.x, event.y - start.y) * stage.zoom
        if moved < CLICK_PX:
            if self._how is Combine.REPLACE and stage.document.selection is not None:
                stage.commit(deselect(stage.document), "Deselect")
        else:
            self._select(self._shape(stage), stage)
        stage.redraw()

    def cancel(self, stage: Stage) -> None:
        """Forget the shape."""
        self._start = None
        stage.redraw()

    @property
    def busy(self) -> bool:
        """Whether a shape is being dragged."""
        return self._start is not None

    def _shape(self, stage: Stage) -> Selection:
        raise NotImplementedError

    def _size(self) -> Label:
        area = outlines.rectangle(self._first, self._end)
        return Label(self._end, f"{area.width} × {area.height}")


class RectangleSelect(_Box):
    """Selects whole pixels in a rectangle."""

    id = "select_rectangle"
    title = "Rectangle select"
    tip = "Select a rectangle"
    hint = "Drag to select. Shift adds, Ctrl takes away; Shift while dragging makes a square."
    icon = "select_rectangle"
    shortcut = "R"
    options: ClassVar[tuple[Option, ...]] = (COMBINE, FEATHER)

    def overlay(self, stage: Stage) -> tuple[Shape, ...]:
        """Return the rectangle as it is dragged."""
        del stage
        if self._start is None:
            return ()
        area = outlines.rectangle(self._first, self._end)
        corners = (area.left, area.top), (area.right, area.bottom)
        return (box(*corners, dashed=True), self._size())

    def _shape(self, stage: Stage) -> Selection:
        area = outlines.rectangle(self._first, self._end)
        inside = area.intersection(stage.document.bounds)
        return Selection() if inside is None else Selection.of_rectangle(inside)


class EllipseSelect(_Box):
    """Selects an ellipse."""

    id = "select_ellipse"
    title = "Ellipse select"
    tip = "Select an ellipse or a circle"
    hint = "Drag to select. Shift adds, Ctrl takes away; Shift while dragging makes a circle."
    icon = "select_ellipse"
    shortcut = "Shift+R"
    options: ClassVar[tuple[Option, ...]] = (COMBINE, FEATHER, SMOOTH)

    def overlay(self, stage: Stage) -> tuple[Shape, ...]:
        """Return the ellipse as it is dragged."""
        del stage
        if self._start is None:
            return ()
        return (Oval(self._first, self._end, dashed=True), self._size())

    def _shape(self, stage: Stage) -> Selection:
        outline = outlines.ellipse(self._first, self._end)
        smooth = self.values.flag("smooth")
        return outlines.polygon(outline, stage.document.bounds, smooth=smooth)
