"""Scales, rotates, skews and distorts a layer, a group, or what is selected of a layer."""

from collections.abc import Callable
from functools import cache
from typing import ClassVar

from scumble_editor.document.blocks import Draft
from scumble_editor.document.document import Document
from scumble_editor.document.edits.transforms import transform
from scumble_editor.document.errors import DocumentError
from scumble_editor.document.layer import Layer, painted_bounds
from scumble_editor.tools.handles import Grip, grips_of, nearest
from scumble_editor.tools.lifted import Lifted, lifted_bounds
from scumble_editor.tools.options import Choice, Option
from scumble_editor.tools.pointer import PointerEvent
from scumble_editor.tools.quadrilaterals import (
    Corners,
    described,
    matrix_of,
    pulled,
    shifted,
    stretched,
    turned,
)
from scumble_editor.tools.shapes import Handle, Label, Path, Place, Shape
from scumble_editor.tools.stage import Stage
from scumble_editor.tools.tool import Tool, editable, paintable


class Transform(Tool):
    """A box around the paint: drag handles to stretch it, outside it to turn it.

    Corners and sides move freely with Ctrl: perspective and skew.
    """

    id = "transform"
    title = "Transform"
    tip = "Scale, rotate, skew or distort"
    hint = (
        "Drag handles to scale (Shift keeps proportions), outside to rotate, inside to move; "
        "Ctrl skews and distorts. Enter applies, Esc drops."
    )
    icon = "transform"
    shortcut = "Ctrl+T"
    options: ClassVar[tuple[Option, ...]] = (
        Choice(
            "way",
            "Corners",
            "What dragging a corner does",
            (("scale", "Scale and rotate", ""), ("distort", "Perspective", "")),
            "scale",
        ),
    )

    def __init__(self) -> None:
        super().__init__()
        self._before: Document | None = None
        self._lift: Callable[[], Lifted] | None = None  # costly, so off the GUI thread
        self._box: Corners = ()
        self._corners: Corners = ()
        self._held: Corners = ()
        self._grip: Grip | None = None
        self._hot: Grip | None = None
        self._start: Place = (0, 0)

    def press(self, event: PointerEvent, stage: Stage) -> None:
        """Put the box up where there is none, and take hold of it."""
        if not self._corners or self._before is not stage.document:
            self._begin(stage)
        self._start = (event.x, event.y)
        self._held = self._corners
        self._grip = nearest(self._corners, self._start, stage.zoom) or Grip.OUTSIDE
        stage.redraw()

    def drag(self, event: PointerEvent, stage: Stage) -> None:
        """Stretch, turn, move or distort."""
        if self._grip is None:
            return
        at = (event.x, event.y)
        free = event.keys.ctrl or (self.values.text("way") == "distort" and self._grip.corner)
        if self._grip is Grip.INSIDE:
            self._corners = shifted(self._held, at[0] - self._start[0], at[1] - self._start[1])
        elif self._grip is Grip.OUTSIDE:
            self._corners = turned(self._held, self._start, at, stepped=event.keys.shift)
        elif free:
            self._corners = pulled(self._held, self._grip, self._start, at)
        else:
            self._corners = stretched(
                self._held,
                self._grip,
                (at[0] - self._start[0], at[1] - self._start[1]),
                proportional=event.keys.shift,
                centred=event.keys.alt,
            )
        self._show(stage)

    def release(self, event: PointerEvent, stage: Stage) -> None:
        """Let go; the box stays up."""
        self._grip = None
        stage.redraw()

    def hover(self, event: PointerEvent, stage: Stage) -> None:
        """Put the box up at first, and light up the handle under the pointer."""
        if not self._corners or self._before is not stage.document:
            node = stage.document.active
            if node is not None and not node.locked and node.visible:
                self._begin_quietly(stage)
            return
        hot = nearest(self._corners, (event.x, event.y), stage.zoom)
        if hot is not self._hot:
            self._hot = hot
            stage.redraw()

    def nudge(self, dx: int, dy: int, stage: Stage) -> bool:
        """Move by whole pixels."""
        if not self._corners:
            return False
        self._corners = shifted(self._corners, dx, dy)
        self._show(stage)
        return True

    def double_press(self, event: PointerEvent, stage: Stage) -> None:
        """Apply."""
        del event
        self.confirm(stage)

    def confirm(self, stage: Stage) -> bool:
        """Record what the box shows, as soon as that is worked out."""
        if not self._corners or self._before is None:
            return False
        changed = self._corners != self._box and self._before is stage.document
        try:
            edit = self._edit() if changed else None
        finally:
            self._forget()
            stage.redraw()
        if edit is not None:
            stage.work(self.title, lambda document: edit(document, None))
        else:
            stage.preview(None)
        return changed

    def cancel(self, stage: Stage) -> None:
        """Put everything back."""
        self._forget()
        stage.preview(None)
        stage.redraw()

    @property
    def busy(self) -> bool:
        """Whether the box is changed."""
        return bool(self._corners) and self._corners != self._box

    def overlay(self, stage: Stage) -> tuple[Shape, ...]:
        """Return the box and its handles."""
        if not self._corners or self._before is not stage.document:
            return ()
        handles = tuple(
            Handle(place, hot=grip is self._hot) for grip, place in grips_of(self._corners).items()
        )
        box = Path(self._corners, closed=True)
        if self._grip is None:
            return (box, *handles)
        return (box, *handles, Label(self._corners[2], described(self._box, self._corners)))

    def _begin_quietly(self, stage: Stage) -> None:
        try:
            self._begin(stage)
        except DocumentError:  # the painter has only moved the pointer; a press will tell why
            return

    def _begin(self, stage: Stage) -> None:
        document = stage.document
        node = editable(document)
        if isinstance(node, Layer):
            paintable(document)  # says what to do where it is hidden
            area = lifted_bounds(document, node)
        else:
            area = painted_bounds((node,))
        if area is None:
            raise DocumentError(f"“{node.name}” is empty here; there is nothing to transform.")
        lifts = isinstance(node, Layer) and document.selection is not None
        self._before = document
        self._lift = cache(lambda: Lifted.of(document, node.id)) if lifts else None
        left, top, right, bottom = (float(v) for v in (area.x, area.y, area.right, area.bottom))
        self._box = ((left, top), (right, top), (right, bottom), (left, bottom))
        self._corners = self._box
        stage.redraw()

    def _edit(self) -> Callable[[Document, Draft | None], Document]:
        """Return the edit for the box as it is now; it may run in another thread."""
        matrix, lift = matrix_of(self._box, self._corners), self._lift
        if lift is not None:
            return lambda _, draft: lift().transformed(matrix, draft)
        return lambda document, draft: transform(document, editable(document).id, matrix, draft)

    def _show(self, stage: Stage) -> None:
        if self._before is not stage.document:
            self._forget()
            return
        try:
            stage.preview_edit(self.title, self._edit())
        except DocumentError as error:
            stage.hint(str(error))
        stage.redraw()

    def _forget(self) -> None:
        self._before = self._lift = self._grip = self._hot = None
        self._box = self._corners = self._held = ()
