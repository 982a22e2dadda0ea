"""The Generate menu."""

from collections.abc import Callable

from PySide6.QtWidgets import QDockWidget

from scumble_editor.generation.actions import PaintAction
from scumble_editor.ui.desk import Desk


def paint(desk: Desk) -> None:
    """Send what the panel asks for."""
    desk.generation.paint()


def cancel(desk: Desk) -> None:
    """Stop the job that is shown."""
    desk.generation.cancel()


def go_to_prompt(desk: Desk) -> None:
    """Show the panel and put the cursor into the prompt."""
    dock = desk.window.findChild(QDockWidget, "generate")
    if isinstance(dock, QDockWidget):
        dock.show()
        dock.raise_()
        dock.widget().setFocus()


def chooses(action: PaintAction) -> Callable[[Desk], None]:
    """Return the command that chooses what is to be done."""
    return lambda desk: desk.generation.choose(action)


def is_chosen(action: PaintAction) -> Callable[[Desk], bool]:
    """Return the question whether an action is the one chosen."""
    return lambda desk: desk.generation.settings.action is action
