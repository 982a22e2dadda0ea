"""Everything that is open, the colours and the tool in hand: the model behind the window."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal

from scumble_editor.client import notes
from scumble_editor.client.connection import Link
from scumble_editor.client.elsewhere import connection_to
from scumble_editor.client.jobs import Jobs
from scumble_editor.document.document import Document
from scumble_editor.document.paintings import Painting
from scumble_editor.history.errors import JournalError
from scumble_editor.history.history import History
from scumble_editor.history.journal import Journal
from scumble_editor.tools.stage import Rgb
from scumble_editor.tools.tool import Tool
from scumble_editor.tools.toolbox import make_tools
from scumble_editor.ui.messages import Messages
from scumble_editor.ui.open_document import OpenDocument
from scumble_editor.ui.settings import Settings
from scumble_protocol.endpoint import Connection
from scumble_protocol.errors import ScumbleError

BLACK: Rgb = (0, 0, 0)
WHITE: Rgb = (255, 255, 255)


class EditorSession(QObject):
    """The open documents and what the painter holds.

    Signals:
        opened, closed: an OpenDocument.
        current_changed: the OpenDocument shown now, or None.
        tool_changed: the Tool in hand.
        colours_changed: foreground or background.
        options_changed: an option of the tool in hand.
        changed: anything on which an action may depend.
    """

    opened = Signal(object)
    closed = Signal(object)
    current_changed = Signal(object)
    tool_changed = Signal(object)
    colours_changed = Signal()
    options_changed = Signal()
    changed = Signal()
    _journal_failed = Signal(object)

    def __init__(
        self,
        settings: Settings,
        messages: Messages,
        journals: Path | None = None,
        parent: QObject | None = None,
    ) -> None:
        """`journals` is the folder for crash recovery, None for none."""
        super().__init__(parent)
        self.settings = settings
        self.messages = messages
        self.journals = journals
        self.link = Link(notes.client_id, self._elsewhere(), self)  # asleep until it is needed
        self.jobs = Jobs(self.link, self)
        self.documents: list[OpenDocument] = []
        self.current: OpenDocument | None = None
        self.foreground: Rgb = BLACK
        self.background: Rgb = WHITE
        self.tools: dict[str, Tool] = {tool.id: tool for tool in make_tools()}
        for name, values in settings.tools.items():
            if name in self.tools:
                self.tools[name].values.load(values)
        self.tool: Tool = self.tools["brush"]
        self._journal_failed.connect(messages.report, Qt.ConnectionType.QueuedConnection)
        self.leaving: Callable[[], None] | None = None  # puts the tool away properly

    def add(
        self,
        document: Document,
        name: str,
        path: Path | None = None,
        label: str = "Open",
        paintings: tuple[Painting, ...] = (),
    ) -> OpenDocument:
        """Open a document and show it."""
        history = History(
            document,
            label,
            budget_bytes=self.settings.history_bytes,
            journal=self._journal(name, path),
            paintings=paintings,
        )
        return self.adopt(OpenDocument(history, name, path, self))

    def adopt(self, opened: OpenDocument) -> OpenDocument:
        """Take in a document whose history exists already, and show it."""
        self.documents.append(opened)
        opened.history_changed.connect(self.changed)
        opened.renamed.connect(self.changed)
        opened.target_changed.connect(self.changed)
        self.opened.emit(opened)
        self.show(opened)
        return opened

    def show(self, opened: OpenDocument | None) -> None:
        """Make a document the current one."""
        if opened is self.current:
            return
        self.put_away()
        self.current = opened
        self.current_changed.emit(opened)
        self.changed.emit()

    def close(self, opened: OpenDocument) -> None:
        """Close a document for good, its journal too."""
        index = self.documents.index(opened)
        if opened is self.current:
            others = [*self.documents[index + 1 :], *reversed(self.documents[:index])]
            self.show(others[0] if others else None)
        self.documents.remove(opened)
        self.closed.emit(opened)
        opened.close()
        opened.deleteLater()
        self.changed.emit()

    def take_tool(self, tool_id: str) -> None:
        """Take another tool; what the one in hand has begun is finished."""
        tool = self.tools[tool_id]
        if tool is self.tool:
            return
        self.put_away()
        self.tool = tool
        self.tool_changed.emit(tool)
        self.changed.emit()

    def put_away(self) -> None:
        """Have the tool in hand finish what it has begun."""
        if self.leaving is not None:
            self.leaving()

    def pick(self, colour: Rgb, secondary: bool = False) -> None:
        """Choose the foreground or the background colour."""
        if secondary:
            self.background = colour
        else:
            self.foreground = colour
        self.colours_changed.emit()

    def swap_colours(self) -> None:
        """Exchange foreground and background."""
        self.foreground, self.background = self.background, self.foreground
        self.colours_changed.emit()

    def reset_colours(self) -> None:
        """Take black on white."""
        self.foreground, self.background = BLACK, WHITE
        self.colours_changed.emit()

    def remember_tools(self) -> None:
        """Put the options of all tools into the settings."""
        self.settings.tools = {name: tool.values.as_dict() for name, tool in self.tools.items()}

    def untitled(self) -> str:
        """Return a name that no open document has."""
        taken = {opened.name for opened in self.documents}
        number = 1
        while f"Untitled {number}" in taken:
            number += 1
        return f"Untitled {number}"

    def _elsewhere(self) -> Connection | None:
        """Return where another machine's daemon is, None for this user's own."""
        try:
            return connection_to(self.settings.daemon_address, self.settings.daemon_key)
        except ScumbleError as error:
            self.messages.warning(f"{error} This computer's own daemon is used.")
            return None

    def _journal(self, name: str, path: Path | None) -> Journal | None:
        if self.journals is None or not self.settings.recover:
            return None
        try:
            return Journal.create(self.journals, name, path, self._journal_failed.emit)
        except (JournalError, OSError) as error:
            self.messages.warning(
                f"Crash recovery is off for “{name}”: {error} Save often, or free some disk space."
            )
            return None
