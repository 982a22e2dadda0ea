"""Bucket fill and gradient."""

import math
from collections.abc import Callable
from typing import ClassVar

from scumble_editor.document.blocks import Draft
from scumble_editor.document.document import Document
from scumble_editor.document.edits import pixels as edits
from scumble_editor.document.edits.masks import paint_mask
from scumble_editor.document.edits.selection import region_at
from scumble_editor.document.errors import DocumentError
from scumble_editor.document.selection import Selection
from scumble_editor.tools.brush import luminance
from scumble_editor.tools.options import Choice, Option, Slider
from scumble_editor.tools.pointer import PointerEvent
from scumble_editor.tools.shapes import Handle, Path, Place, Shape
from scumble_editor.tools.stage import Rgb, Stage, Target
from scumble_editor.tools.tool import Tool, editable, paintable
from scumble_protocol.geometry import Point

_SHORTEST_PX = 3  # on the screen; less is a slip of the hand


class BucketFill(Tool):
    """Fills what is alike with the foreground colour, the right button with the background."""

    id = "fill"
    title = "Bucket fill"
    tip = "Fill an area of like colour"
    hint = "Click to fill what is alike; the right button takes the background colour."
    icon = "fill"
    shortcut = "F"
    cursor = "fill"
    options: ClassVar[tuple[Option, ...]] = (
        Choice(
            "area",
            "Fills",
            "What is filled",
            (("alike", "Like colour", ""), ("all", "Whole selection", "")),
            "alike",
        ),
        Slider("tolerance", "Tolerance", "How far colours may differ", 0, 255, 32),
        Slider("gap", "Close gaps", "Does not leak through openings this wide", 0, 32, 0, 0, " px"),
        Slider("opacity", "Opacity", "How much the fill covers", 1, 100, 100, 0, " %"),
        Choice(
            "source",
            "Looks at",
            "What is compared",
            (("merged", "All layers", ""), ("layer", "Active layer", "")),
            "merged",
        ),
    )

    def press(self, event: PointerEvent, stage: Stage) -> None:
        """Fill from the pixel under the pointer."""
        colour = stage.background if event.secondary else stage.foreground
        document, target = stage.document, stage.target
        if target is Target.SELECTION:
            raise DocumentError("The quick mask is painted with brushes; press Q to end it first.")
        node = editable(document) if target is Target.MASK else paintable(document)
        at = Point(int(event.x // 1), int(event.y // 1))
        whole = self.values.text("area") == "all"
        layer_id = node.id if self.values.text("source") == "layer" else None
        tolerance, gap = int(self.values.number("tolerance")), int(self.values.number("gap"))
        opacity = self.values.number("opacity") / 100

        def edit(before: Document) -> Document:
            region: Selection | None = None
            if not whole:
                region = region_at(before, at, tolerance, gap_px=gap, layer_id=layer_id)
            if target is Target.MASK:
                return _fill_mask(before, node.id, region, colour, opacity)
            return edits.fill(before, node.id, colour, opacity=opacity, region=region)

        stage.work(self.title, edit)


class Gradient(Tool):
    """Lays a gradient between two places."""

    id = "gradient"
    title = "Gradient"
    tip = "Blend from one colour to another, or to nothing"
    hint = "Drag from where it begins to where it ends. Shift keeps to steps of 15°."
    icon = "gradient"
    shortcut = "G"
    options: ClassVar[tuple[Option, ...]] = (
        Choice(
            "form",
            "Form",
            "How it spreads",
            (("linear", "Linear", ""), ("radial", "Radial", "")),
            "linear",
        ),
        Choice(
            "colours",
            "From, to",
            "What it blends between",
            (("both", "Foreground to background", ""), ("fade", "Foreground to nothing", "")),
            "both",
        ),
        Slider("opacity", "Opacity", "How much the gradient covers", 1, 100, 100, 0, " %"),
    )

    def __init__(self) -> None:
        super().__init__()
        self._start: Place | None = None
        self._end: Place = (0, 0)

    def press(self, event: PointerEvent, stage: Stage) -> None:
        """Begin."""
        paintable(stage.document)
        self._start = self._end = (event.x, event.y)

    def drag(self, event: PointerEvent, stage: Stage) -> None:
        """Show where it would end."""
        if self._start is not None:
            self._end = _stepped(self._start, event)
            if math.dist(self._start, self._end) * stage.zoom >= _SHORTEST_PX:
                stage.preview_edit(self.title, self._edit(self._start, self._end, stage))
            stage.redraw()

    def release(self, event: PointerEvent, stage: Stage) -> None:
        """Lay it."""
        start, self._start = self._start, None
        if start is None:
            return
        end = _stepped(start, event)
        stage.redraw()
        if math.dist(start, end) * stage.zoom < _SHORTEST_PX:
            stage.preview(None)
            return
        edit = self._edit(start, end, stage)
        stage.work(self.title, lambda before: edit(before, None))

    def _edit(
        self, start: Place, end: Place, stage: Stage
    ) -> Callable[[Document, Draft | None], Document]:
        """Return the edit that lays it; a preview needs no more than what is seen."""
        layer_id = paintable(stage.document).id
        alpha = round(self.values.number("opacity") * 2.55)
        first = (*stage.foreground, alpha)
        fades = self.values.text("colours") == "fade"
        last = (*stage.foreground, 0) if fades else (*stage.background, alpha)
        radial = self.values.text("form") == "radial"

        def edit(document: Document, draft: Draft | None) -> Document:
            within = None if draft is None else draft.within
            colours = (first, last)
            return edits.gradient(
                document, layer_id, start, end, colours, radial=radial, within=within
            )

        return edit

    def cancel(self, stage: Stage) -> None:
        """Forget it."""
        self._start = None
        stage.preview(None)
        stage.redraw()

    @property
    def busy(self) -> bool:
        """Whether it is being dragged."""
        return self._start is not None

    def overlay(self, stage: Stage) -> tuple[Shape, ...]:
        """Return the line it runs along."""
        del stage
        if self._start is None:
            return ()
        ends = Handle(self._start, round=True), Handle(self._end, round=True, hot=True)
        return (Path((self._start, self._end)), *ends)


def _fill_mask(
    document: Document, node_id: str, region: Selection | None, colour: Rgb, opacity: float
) -> Document:
    chosen = Selection.of_rectangle(document.bounds) if region is None else region
    area = chosen.bounds
    if area is None:
        return document
    coverage = chosen.read(area)
    at = Point(area.x, area.y)
    return paint_mask(document, node_id, coverage, at, luminance(colour), opacity=opacity)


def _stepped(start: Place, event: PointerEvent) -> Place:
    if not event.keys.shift:
        return (event.x, event.y)
    dx, dy = event.x - start[0], event.y - start[1]
    step = math.pi / 12
    turn = round(math.atan2(dy, dx) / step) * step
    length = math.hypot(dx, dy)
    return (start[0] + length * math.cos(turn), start[1] + length * math.sin(turn))
