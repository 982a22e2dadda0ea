"""What all tools share: how gestures reach them, their options, and what they draw meanwhile."""

from typing import ClassVar

from scumble_editor.document.document import Document
from scumble_editor.document.errors import DocumentError, LockedLayerError
from scumble_editor.document.layer import AnyNode, Layer
from scumble_editor.tools.options import Option, Values
from scumble_editor.tools.pointer import PointerEvent
from scumble_editor.tools.shapes import Shape
from scumble_editor.tools.stage import Stage


class Tool:
    """One way to work with a pointer. Subclasses say their name and override what they need.

    A gesture is `press`, any number of `drag`, then `release` or `cancel`; `hover` comes between
    gestures. Whatever goes wrong is raised as a ScumbleError, after which the gesture is over.

    Attributes:
        id: name in settings and actions.
        title, tip, icon: for the painter.
        shortcut: one key, as Krita and GIMP have it where they agree.
        options: what can be set.
        hint: one sentence on how it is used.
        cursor: cross, circle (the brush's outline), hand, move, pick or fill.
    """

    id: ClassVar[str] = ""
    title: ClassVar[str] = ""
    tip: ClassVar[str] = ""
    hint: ClassVar[str] = ""
    icon: ClassVar[str] = ""
    shortcut: ClassVar[str] = ""
    cursor: ClassVar[str] = "cross"
    options: ClassVar[tuple[Option, ...]] = ()

    def __init__(self) -> None:
        self.values = Values(self.options)

    def press(self, event: PointerEvent, stage: Stage) -> None:
        """Begin a gesture."""

    def drag(self, event: PointerEvent, stage: Stage) -> None:
        """Go on with it."""

    def release(self, event: PointerEvent, stage: Stage) -> None:
        """Finish it."""

    def hover(self, event: PointerEvent, stage: Stage) -> None:
        """Follow a pointer that is not pressed."""

    def double_press(self, event: PointerEvent, stage: Stage) -> None:
        """Take a double click; the first press of it has been a gesture already."""

    def cancel(self, stage: Stage) -> None:
        """Leave the document as it was before the gesture, and forget what was begun."""
        stage.preview(None)

    def confirm(self, stage: Stage) -> bool:
        """Finish what is being adjusted (Enter); return whether there was anything."""
        del stage
        return False

    def nudge(self, dx: int, dy: int, stage: Stage) -> bool:
        """Move by whole pixels (arrow keys); return whether the tool does so."""
        del dx, dy, stage
        return False

    def leave(self, stage: Stage) -> None:
        """Be put away for another tool or another document; what is open is finished."""
        self.confirm(stage)

    @property
    def busy(self) -> bool:
        """Whether something is begun that Enter would finish and Escape would drop."""
        return False

    def overlay(self, stage: Stage) -> tuple[Shape, ...]:
        """Return what to draw over the picture."""
        del stage
        return ()

    def outline_px(self) -> float | None:
        """Return the diameter of the circle shown around the pointer, None for none."""
        return None


def paintable(document: Document) -> Layer:
    """Return the active layer; raises DocumentError with what to do where it cannot be painted."""
    node = editable(document)
    if not isinstance(node, Layer):
        raise DocumentError(
            f"“{node.name}” is a group and has no pixels; nothing was painted. "
            "Choose a layer inside it or add one."
        )
    if not node.visible:
        raise DocumentError(
            f"“{node.name}” is hidden; nothing was painted. Show it or choose another layer."
        )
    return node


def editable(document: Document) -> AnyNode:
    """Return the active node; raises DocumentError where there is none, LockedLayerError."""
    node = document.active
    if node is None:
        raise DocumentError("No layer is chosen; nothing was changed. Choose or add one first.")
    if node.locked:
        raise LockedLayerError.for_name(node.name)
    return node
