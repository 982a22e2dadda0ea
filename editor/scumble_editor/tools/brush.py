"""The tools that paint with a tip: brush, eraser, pencil and clone."""

from typing import ClassVar

from scumble_editor.document.document import Document
from scumble_editor.tools.options import Option, Slider, Toggle
from scumble_editor.tools.paints import Colour, Eraser, Grey, Paint
from scumble_editor.tools.paths import Nib, Trail
from scumble_editor.tools.planes import Plane, plane_of
from scumble_editor.tools.pointer import PointerEvent
from scumble_editor.tools.shapes import Path, Shape
from scumble_editor.tools.stage import Rgb, Stage, Target
from scumble_editor.tools.strokes import Stroke
from scumble_editor.tools.tool import Tool

SIZE = Slider("size", "Size", "Diameter of the tip", 1, 1000, 24, 0, " px", 3.0)
HARDNESS = Slider("hardness", "Hardness", "How sharp the edge of the tip is", 0, 100, 80, 0, " %")
OPACITY = Slider("opacity", "Opacity", "The most that one stroke covers", 1, 100, 100, 0, " %")
FLOW = Slider("flow", "Flow", "How much each print of the tip adds", 1, 100, 100, 0, " %")
SPACING = Slider(
    "spacing", "Spacing", "Distance between prints, of the diameter", 1, 200, 10, 0, " %", 2.0
)
SMOOTHING = Slider(
    "smoothing", "Smoothing", "Steadies the line; the tip lags behind the hand", 0, 100, 0, 0, " %"
)
SIZE_BY_PRESSURE = Toggle("size_by_pressure", "Pressure → size", "Press harder, paint wider", True)
FLOW_BY_PRESSURE = Toggle("flow_by_pressure", "Pressure → flow", "Press harder, add more", False)
SHAPE_BY_TILT = Toggle("shape_by_tilt", "Tilt → shape", "Lean the pen to flatten the tip", False)


class Brush(Tool):
    """Paints with the foreground colour, the right button with the background colour."""

    id = "brush"
    title = "Brush"
    tip = "Paint soft or hard strokes"
    hint = "Drag to paint. Shift-click for a straight line, Ctrl to pick a colour, [ ] for size."
    icon = "brush"
    shortcut = "B"
    cursor = "circle"
    options: ClassVar[tuple[Option, ...]] = (
        SIZE,
        HARDNESS,
        OPACITY,
        FLOW,
        SPACING,
        SMOOTHING,
        SIZE_BY_PRESSURE,
        FLOW_BY_PRESSURE,
        SHAPE_BY_TILT,
    )
    label: ClassVar[str] = "Brush stroke"

    def __init__(self) -> None:
        super().__init__()
        self._stroke: Stroke | None = None
        self._trail: Trail | None = None
        self._plane: Plane | None = None
        self._before: Document | None = None
        self._ended_at: PointerEvent | None = None
        self._line_to: PointerEvent | None = None

    def press(self, event: PointerEvent, stage: Stage) -> None:
        """Begin a stroke, or draw a straight line from where the last one ended."""
        document = stage.document
        plane = plane_of(document, stage.target)
        limit = None if plane.target is Target.SELECTION else document.selection
        self._stroke = Stroke(
            plane.tiles,
            plane.offset,
            document.bounds,
            self._paint(event, plane, stage),
            opacity=self.values.number("opacity") / 100,
            selection=limit,
        )
        self._plane, self._before = plane, document
        nib = self._nib()
        start = event
        if event.keys.shift and self._ended_at is not None:
            start = self._ended_at
        self._trail = Trail(nib, start)
        tips = self._trail.begin()
        if start is not event:
            tips += self._trail.finish(event)
        self._stroke.lay(tips)
        self._show(stage)

    def drag(self, event: PointerEvent, stage: Stage) -> None:
        """Go on with the stroke."""
        if self._stroke is None or self._trail is None:
            return
        tips = self._trail.follow(event)
        if tips:
            self._stroke.lay(tips)
            self._show(stage)

    def release(self, event: PointerEvent, stage: Stage) -> None:
        """Finish the stroke as one step."""
        if self._stroke is None or self._trail is None:
            return
        tips = self._trail.finish(event)
        if tips:
            self._stroke.lay(tips)
        result = self._result()
        self._forget()
        self._ended_at = event
        if result is not None:
            stage.commit(result, self.label)

    def hover(self, event: PointerEvent, stage: Stage) -> None:
        """Show the straight line that a click with Shift would draw."""
        line = event if event.keys.shift and self._ended_at is not None else None
        if line is not self._line_to:
            self._line_to = line
            stage.redraw()

    def cancel(self, stage: Stage) -> None:
        """Take the stroke back."""
        self._forget()
        stage.preview(None)

    @property
    def busy(self) -> bool:
        """Whether a stroke is being drawn."""
        return self._stroke is not None

    def overlay(self, stage: Stage) -> tuple[Shape, ...]:
        """Return the straight line to come."""
        del stage
        if self._line_to is None or self._ended_at is None or self._stroke is not None:
            return ()
        start = (self._ended_at.x, self._ended_at.y)
        return (Path((start, (self._line_to.x, self._line_to.y))),)

    def outline_px(self) -> float | None:
        """Return the diameter of the tip."""
        return self.values.number("size")

    def _nib(self) -> Nib:
        values = self.values
        return Nib(
            size_px=values.number("size"),
            hardness=values.number("hardness") / 100,
            flow=values.number("flow") / 100,
            spacing=values.number("spacing") / 100,
            smoothing=values.number("smoothing") / 100,
            size_by_pressure=values.flag("size_by_pressure"),
            flow_by_pressure=values.flag("flow_by_pressure"),
            shape_by_tilt=values.flag("shape_by_tilt"),
        )

    def _paint(self, event: PointerEvent, plane: Plane, stage: Stage) -> Paint:
        colour = stage.background if event.secondary else stage.foreground
        if plane.target is Target.PIXELS:
            return Colour(colour, plane.alpha_locked)
        return Grey(luminance(colour))

    def _show(self, stage: Stage) -> None:
        result = self._result()
        if result is not None:
            stage.preview(result)

    def _result(self) -> Document | None:
        if self._stroke is None or self._plane is None or self._before is None:
            return None
        return self._plane.put(self._before, self._stroke.tiles)

    def _forget(self) -> None:
        self._stroke = self._trail = self._plane = self._before = None


class EraserTool(Brush):
    """Takes paint away; on a mask it hides."""

    id = "eraser"
    title = "Eraser"
    tip = "Erase to transparency; on a mask, hide"
    hint = "Drag to erase. Shift-click for a straight line, [ ] for size."
    icon = "eraser"
    shortcut = "E"
    label = "Erase"

    def _paint(self, event: PointerEvent, plane: Plane, stage: Stage) -> Paint:
        del event
        if plane.target is not Target.PIXELS:
            return Grey(0)
        return Colour(stage.background, alpha_locked=True) if plane.alpha_locked else Eraser()


class Pencil(Brush):
    """Hard-edged strokes without smoothing of pixels."""

    id = "pencil"
    title = "Pencil"
    tip = "Draw hard-edged pixels"
    hint = "Drag to draw whole pixels. Shift-click for a straight line, [ ] for size."
    icon = "pencil"
    shortcut = "N"
    label = "Pencil stroke"
    options: ClassVar[tuple[Option, ...]] = (
        Slider("size", "Size", "Width of the line", 1, 200, 1, 0, " px", 2.0),
        OPACITY,
        SMOOTHING,
        Toggle("size_by_pressure", "Pressure → size", "Press harder, draw wider", False),
    )

    def _nib(self) -> Nib:
        values = self.values
        return Nib(
            size_px=values.number("size"),
            hardness=1.0,
            spacing=0.1,
            smoothing=values.number("smoothing") / 100,
            size_by_pressure=values.flag("size_by_pressure"),
            aliased=True,
        )


def luminance(colour: Rgb) -> int:
    """Return the grey of a colour, 0 to 255, by the weights of Rec. 601 that W3C uses too."""
    return round(0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2])
