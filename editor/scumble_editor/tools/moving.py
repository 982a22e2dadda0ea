"""Moves a layer, what is selected of it, or the selection alone."""

from collections.abc import Callable
from functools import cache
from typing import ClassVar

from scumble_editor.document.document import Document
from scumble_editor.document.edits import layers as layer_edits
from scumble_editor.document.edits import selection as selection_edits
from scumble_editor.document.errors import DocumentError
from scumble_editor.document.layer import Layer
from scumble_editor.tools.lifted import Lifted
from scumble_editor.tools.options import Choice, Option, Toggle
from scumble_editor.tools.pointer import PointerEvent
from scumble_editor.tools.stage import Stage
from scumble_editor.tools.tool import Tool, editable
from scumble_protocol.geometry import Bounds


class Move(Tool):
    """Drags things about by whole pixels."""

    id = "move"
    title = "Move"
    tip = "Move the layer or what is selected"
    hint = "Drag to move; arrow keys move by a pixel, with Shift by ten."
    icon = "move"
    shortcut = "T"
    cursor = "move"
    options: ClassVar[tuple[Option, ...]] = (
        Choice(
            "what",
            "Moves",
            "What is moved",
            (
                ("pixels", "Selected pixels, else layer", ""),
                ("layer", "Whole layer", ""),
                ("selection", "Selection alone", ""),
            ),
            "pixels",
        ),
        Toggle("pick", "Pick layer", "Take the topmost layer under the pointer", False),
    )

    def __init__(self) -> None:
        super().__init__()
        self._start: PointerEvent | None = None
        self._before: Document | None = None
        self._lift: Callable[[], Lifted] | None = None  # costly, so off the GUI thread
        self._way: tuple[int, int] | None = None

    def press(self, event: PointerEvent, stage: Stage) -> None:
        """Take hold."""
        document = stage.document
        if self.values.flag("pick"):
            document = _picked(document, event)
        self._begin(document)
        self._start = event

    def drag(self, event: PointerEvent, stage: Stage) -> None:
        """Move along; Shift keeps to one axis."""
        if self._start is None:
            return
        dx, dy = event.x - self._start.x, event.y - self._start.y
        if event.keys.shift:
            dx, dy = (dx, 0.0) if abs(dx) > abs(dy) else (0.0, dy)
        self._way = (round(dx), round(dy))
        lift = self._lift
        if lift is None:
            stage.preview(self._moved(*self._way))
        else:
            to = self._way
            stage.preview_edit(self.title, lambda *_: lift().moved(*to))

    def release(self, event: PointerEvent, stage: Stage) -> None:
        """Let go: one step."""
        way, lift = self._way, self._lift
        moved = None if way is None or lift is not None else self._moved(*way)
        self._forget()
        if way is None:
            stage.preview(None)
        elif lift is not None:
            stage.work("Move pixels", lambda _: lift().moved(*way))
        elif moved is not None:
            stage.commit(moved, self._label(stage.document))

    def nudge(self, dx: int, dy: int, stage: Stage) -> bool:
        """Move by whole pixels; nudges one after the other are one step."""
        self._begin(stage.document)
        shown = self._moved(dx, dy)
        self._forget()
        merge = None if self._cuts(stage.document) else f"nudge:{stage.document.active_id}"
        stage.commit(shown, self._label(stage.document), merge)
        return True

    def cancel(self, stage: Stage) -> None:
        """Put it back."""
        self._forget()
        stage.preview(None)

    @property
    def busy(self) -> bool:
        """Whether something is being moved."""
        return self._start is not None

    def _begin(self, document: Document) -> None:
        self._before, self._way = document, None
        self._lift = None
        if self.values.text("what") == "selection":
            if document.selection is None:
                raise DocumentError("Nothing is selected; there is no selection to move.")
            return
        node = editable(document)
        if self._cuts(document):
            self._lift = cache(lambda: Lifted.of(document, node.id))

    def _moved(self, dx: int, dy: int) -> Document:
        before = self._before
        if before is None:
            raise DocumentError("Nothing is held; nothing was moved.")
        if self.values.text("what") == "selection":
            return selection_edits.move_selection(before, dx, dy)
        if self._lift is not None:
            return self._lift().moved(dx, dy)
        return layer_edits.move(before, editable(before).id, dx, dy)

    def _cuts(self, document: Document) -> bool:
        pixels = self.values.text("what") == "pixels"
        return pixels and document.selection is not None and isinstance(document.active, Layer)

    def _label(self, document: Document) -> str:
        if self.values.text("what") == "selection":
            return "Move selection"
        return "Move pixels" if self._cuts(document) else "Move layer"

    def _forget(self) -> None:
        self._start = self._before = self._lift = self._way = None


def _picked(document: Document, event: PointerEvent) -> Document:
    pixel = Bounds(int(event.x // 1), int(event.y // 1), 1, 1)
    for node in reversed(list(document.walk())):
        if isinstance(node, Layer) and node.visible and not node.locked:
            found = node.peek(pixel)
            if found is not None and found[0, 0, 3] > 16:
                return layer_edits.activate(document, node.id)
    return document
