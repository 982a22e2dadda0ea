"""The tools that select freely: lasso, polygon and wand."""

import math
from typing import ClassVar

from scumble_editor.document.document import Document
from scumble_editor.document.edits.selection import deselect, region_at
from scumble_editor.document.selection import Combine
from scumble_editor.tools import outlines
from scumble_editor.tools.combining import COMBINE, FEATHER, combined, way
from scumble_editor.tools.options import Choice, Option, Slider
from scumble_editor.tools.pointer import PointerEvent
from scumble_editor.tools.selecting import CLICK_PX, SMOOTH, Selecting
from scumble_editor.tools.shapes import Path, Place, Shape
from scumble_editor.tools.stage import Stage
from scumble_protocol.geometry import Point


class Lasso(Selecting):
    """Selects what is drawn around."""

    id = "lasso"
    title = "Lasso"
    tip = "Select by drawing around"
    hint = "Draw around what to select. Shift adds, Ctrl takes away."
    icon = "lasso"
    shortcut = "L"
    options: ClassVar[tuple[Option, ...]] = (COMBINE, FEATHER, SMOOTH)

    def __init__(self) -> None:
        super().__init__()
        self._points: list[Place] = []

    def press(self, event: PointerEvent, stage: Stage) -> None:
        """Begin to draw."""
        self._how = way(self.values, event.keys)
        self._points = [(event.x, event.y)]

    def drag(self, event: PointerEvent, stage: Stage) -> None:
        """Draw."""
        if self._points:
            self._points.append((event.x, event.y))
            stage.redraw()

    def release(self, event: PointerEvent, stage: Stage) -> None:
        """Close the outline and select, or drop the selection where it was only a click."""
        points, self._points = self._points, []
        spread = max((math.dist(points[0], point) for point in points), default=0.0)
        if spread * stage.zoom < CLICK_PX:
            if self._how is Combine.REPLACE and stage.document.selection is not None:
                stage.commit(deselect(stage.document), "Deselect")
        else:
            smooth = self.values.flag("smooth")
            self._select(outlines.polygon(points, stage.document.bounds, smooth=smooth), stage)
        stage.redraw()

    def cancel(self, stage: Stage) -> None:
        """Forget the outline."""
        self._points = []
        stage.redraw()

    @property
    def busy(self) -> bool:
        """Whether an outline is being drawn."""
        return bool(self._points)

    def overlay(self, stage: Stage) -> tuple[Shape, ...]:
        """Return the outline as it is drawn."""
        del stage
        return (Path(tuple(self._points), dashed=True),) if len(self._points) > 1 else ()


class PolygonSelect(Selecting):
    """Selects a polygon, corner by corner."""

    id = "polygon"
    title = "Polygon select"
    tip = "Select by clicking corners"
    hint = "Click corners; double-click, Enter or the first corner closes, Esc drops."
    icon = "polygon"
    shortcut = "Shift+L"
    options: ClassVar[tuple[Option, ...]] = (COMBINE, FEATHER, SMOOTH)

    def __init__(self) -> None:
        super().__init__()
        self._points: list[Place] = []
        self._next: Place = (0, 0)

    def press(self, event: PointerEvent, stage: Stage) -> None:
        """Set a corner; on the first one, close."""
        place = (event.x, event.y)
        if not self._points:
            self._how = way(self.values, event.keys)
        elif math.dist(place, self._points[0]) * stage.zoom < 8 and len(self._points) > 2:
            self.confirm(stage)
            return
        self._points.append(place)
        self._next = place
        stage.redraw()

    def drag(self, event: PointerEvent, stage: Stage) -> None:
        """Move the corner that was just set."""
        if self._points:
            self._points[-1] = self._next = (event.x, event.y)
            stage.redraw()

    def hover(self, event: PointerEvent, stage: Stage) -> None:
        """Show the side to come; Shift keeps it to steps of 45 degrees."""
        if self._points:
            self._next = _snapped(self._points[-1], event)
            stage.redraw()

    def double_press(self, event: PointerEvent, stage: Stage) -> None:
        """Close."""
        del event
        self.confirm(stage)

    def confirm(self, stage: Stage) -> bool:
        """Close the polygon and select."""
        points, self._points = self._points, []
        stage.redraw()
        if len(points) < 3:
            return bool(points)
        smooth = self.values.flag("smooth")
        self._select(outlines.polygon(points, stage.document.bounds, smooth=smooth), stage)
        return True

    def cancel(self, stage: Stage) -> None:
        """Forget the corners."""
        self._points = []
        stage.redraw()

    @property
    def busy(self) -> bool:
        """Whether there are corners."""
        return bool(self._points)

    def overlay(self, stage: Stage) -> tuple[Shape, ...]:
        """Return the sides so far and the one to come."""
        del stage
        return (Path((*self._points, self._next), dashed=True),) if self._points else ()


class Wand(Selecting):
    """Selects what is alike and hangs together."""

    id = "wand"
    title = "Wand"
    tip = "Select what is like the place you click"
    hint = "Click to select what is alike. Shift adds, Ctrl takes away."
    icon = "wand"
    shortcut = "W"
    options: ClassVar[tuple[Option, ...]] = (
        COMBINE,
        Slider("tolerance", "Tolerance", "How far colours may differ", 0, 255, 32),
        Slider("gap", "Close gaps", "Does not leak through openings this wide", 0, 32, 0, 0, " px"),
        FEATHER,
        Choice(
            "source",
            "Looks at",
            "What is compared",
            (("merged", "All layers", ""), ("layer", "Active layer", "")),
            "merged",
        ),
    )

    def press(self, event: PointerEvent, stage: Stage) -> None:
        """Select what is like the pixel under the pointer."""
        self._how = way(self.values, event.keys)
        layer_id = None
        document = stage.document
        if self.values.text("source") == "layer" and document.active_id is not None:
            layer_id = document.layer(document.active_id).id
        at = Point(int(event.x // 1), int(event.y // 1))
        tolerance = int(self.values.number("tolerance"))
        gap, feather, how = int(self.values.number("gap")), self.values.number("feather"), self._how

        def edit(before: Document) -> Document:
            fresh = region_at(before, at, tolerance, gap_px=gap, layer_id=layer_id)
            return combined(before, outlines.softened(fresh, feather, before.bounds), how)

        stage.work(self.title, edit)


def _snapped(last: Place, event: PointerEvent) -> Place:
    if not event.keys.shift:
        return (event.x, event.y)
    dx, dy = event.x - last[0], event.y - last[1]
    turn = round(math.atan2(dy, dx) / (math.pi / 4)) * (math.pi / 4)
    length = math.hypot(dx, dy)
    return (last[0] + length * math.cos(turn), last[1] + length * math.sin(turn))
