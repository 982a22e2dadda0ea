"""The Generate panel: what to do, in which words, how; Paint; and what is going on."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from scumble_editor.ui.generate.choices import Choices
from scumble_editor.ui.generate.fields import faint
from scumble_editor.ui.generate.generation import Generation
from scumble_editor.ui.generate.more import More
from scumble_editor.ui.generate.prompts import Prompts
from scumble_editor.ui.generate.queue import Queue
from scumble_editor.ui.generate.running import LinkLine, Running
from scumble_editor.ui.generate.strength_map import StrengthMap
from scumble_editor.ui.generate.task import TaskField
from scumble_editor.ui.session import EditorSession


class GeneratePanel(QWidget):
    """The column at the left; its parts follow the one Generation by its signals.

    Signals:
        dropped: the Path of a picture that was dropped on it, for what it was painted with.

    Others add a part with `add_part`, which puts it into the scrolled column above Paint.
    """

    dropped = Signal(object)

    def __init__(
        self, generation: Generation, session: EditorSession, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._generation = generation
        self.setAcceptDrops(True)
        self.task = TaskField(generation, session)
        self.prompts = Prompts(generation)
        self.choices = Choices(generation)
        self.strength_map = StrengthMap(generation, session)
        self.more = More(generation, session)
        self.paint = QPushButton("Paint")
        self.paint.setDefault(True)
        self.paint.clicked.connect(generation.paint)
        self.wanting = faint("")
        self.running = Running(generation)
        self.queue = Queue(generation, session)
        self.link = LinkLine(generation)
        self.setFocusProxy(self.prompts)
        self._parts = QVBoxLayout()
        self._buttons = QHBoxLayout()
        self._build()
        generation.settings_changed.connect(self.refresh)
        generation.models_changed.connect(self.refresh)
        session.changed.connect(self.refresh)
        self.refresh()

    def add_part(self, part: QWidget) -> None:
        """Add one more part to the column, below those that are there."""
        self._parts.addWidget(part)

    def add_beside_paint(self, action: QAction) -> None:
        """Put a small button for an action beside Paint."""
        button = QToolButton()
        button.setDefaultAction(action)
        button.setText("Live")
        button.setProperty("framed", True)
        button.setFixedHeight(self.paint.sizeHint().height())
        self._buttons.addWidget(button)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        """Take one picture."""
        if _dropped_file(event) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        """Say which picture was dropped."""
        path = _dropped_file(event)
        if path is not None:
            event.acceptProposedAction()
            self.dropped.emit(path)

    def dress(self) -> None:
        """Take the colours of the theme."""
        for part in (self.prompts, self.choices, self.more, self.running, self.queue):
            part.dress()
        self.link.refresh()

    def refresh(self, _: object = None) -> None:
        """Say whether painting can begin, and what is lacking."""
        wanting = self._generation.wanting
        self.paint.setEnabled(not wanting)
        self.paint.setToolTip(
            wanting or "Send it to the model (Ctrl+Return); the result is a layer"
        )
        unseen = self._generation.unseen
        if not wanting and unseen:
            layers = "The layer" if unseen == 1 else f"The {unseen} layers"
            wanting = f"{layers} above the active one will not be seen by the model."
        self.wanting.setText(wanting)
        self.wanting.setVisible(bool(wanting))

    def _build(self) -> None:
        page = QWidget()
        inside = QVBoxLayout(page)
        inside.setContentsMargins(10, 8, 10, 6)
        inside.setSpacing(8)
        self._parts.setSpacing(8)
        inside.addLayout(self._parts)
        inside.addStretch()
        for part in (self.task, self.prompts, self.choices, self.strength_map, self.more):
            self.add_part(part)
        scrolled = QScrollArea()
        scrolled.setWidgetResizable(True)
        scrolled.setFrameShape(QFrame.Shape.NoFrame)
        scrolled.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scrolled.setWidget(page)
        foot = QVBoxLayout()
        foot.setContentsMargins(10, 4, 10, 8)
        foot.setSpacing(6)
        self._buttons.setSpacing(4)
        self._buttons.addWidget(self.paint, 1)
        foot.addWidget(self.wanting)
        foot.addLayout(self._buttons)
        for below in (self.running, self.queue, self.link):
            foot.addWidget(below)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(scrolled, 1)
        column.addLayout(foot)


def _dropped_file(event: QDropEvent) -> Path | None:
    urls = [url for url in event.mimeData().urls() if url.isLocalFile()]
    return Path(urls[0].toLocalFile()) if len(urls) == 1 else None
