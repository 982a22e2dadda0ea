"""What commands work with: the session, the window, the canvas in front, and the road to say so."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtWidgets import QMainWindow

from scumble_editor.document.document import Document
from scumble_editor.document.formats import Pixels
from scumble_editor.document.layer import AnyNode
from scumble_editor.ui.canvas.canvas import Canvas
from scumble_editor.ui.generate.generation import Generation
from scumble_editor.ui.messages import Messages
from scumble_editor.ui.on_canvas.on_canvas import OnCanvas
from scumble_editor.ui.open_document import Edit, OpenDocument
from scumble_editor.ui.session import EditorSession
from scumble_editor.ui.settings import Settings
from scumble_editor.ui.thumbnails import Thumbnails
from scumble_editor.ui.work import Works
from scumble_protocol.errors import ScumbleError
from scumble_protocol.geometry import Point


@dataclass(slots=True)
class Desk:
    """Everything that a command may use; made by the main window."""

    window: QMainWindow
    session: EditorSession
    works: Works
    generation: Generation
    on_canvas: OnCanvas
    messages: Messages
    settings: Settings
    canvas: Callable[[], Canvas | None]
    search: Callable[[], None] = lambda: None
    show_preferences: Callable[[int], None] = lambda _: None
    begin_first_steps: Callable[[], None] = lambda: None
    last_folder: Path | None = None
    thumbnails: Thumbnails = field(default_factory=Thumbnails)
    copied: tuple[Pixels, Point] | None = None  # the clipboard's picture, if it is ours

    @property
    def opened(self) -> OpenDocument:
        """The document in front; commands are enabled only where there is one."""
        if self.session.current is None:
            raise ScumbleError("No picture is open. Open one or start a new one first.")
        return self.session.current

    @property
    def active(self) -> AnyNode:
        """The node that commands act on."""
        node = self.opened.document.active
        if node is None:
            raise ScumbleError("No layer is chosen; nothing was changed. Choose one first.")
        return node

    def apply(self, edit: Edit, label: str, merge: str | None = None) -> None:
        """Record an edit of the document in front."""
        self.opened.apply(edit, label, merge)

    def work(self, edit: Callable[[Document], Document], label: str) -> None:
        """Make an edit of the document in front off the GUI thread, and record it."""
        canvas = self.canvas()
        if canvas is not None:
            canvas.stage.work(label, edit)
