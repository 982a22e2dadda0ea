"""The docker: command, form, progress with its preview, the queue, and the document's history."""

import json
from typing import Optional

import krita

from scumble_host.commands import COMMANDS, Command, command_named, offered
from scumble_host.fields import values_from
from scumble_krita import history
from scumble_krita.engine import Engine
from scumble_krita.form import Form
from scumble_krita.qt import QtCore, QtGui, QtWidgets

TITLE = "Scumble"
SETTINGS_GROUP, SETTINGS_KEY = "scumble", "wish"
PREVIEW_HEIGHT = 120  # px
THUMBNAIL_SIDE = 64  # px
PROGRESS_STEPS = 1000
ROLE = QtCore.Qt.ItemDataRole.UserRole


class Dock(krita.DockWidget):
    """What a painter sees of Scumble in one window of Krita."""

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self._engine = engine
        self._form: Optional[Form] = None  # noqa: UP045 - evaluated by Python 3.10 too
        self._history: list[history.Entry] = []
        self.setWindowTitle(TITLE)
        _restore(engine)
        self._build()
        engine.changed.connect(self.refresh)
        engine.said.connect(self._say)
        engine.previewed.connect(self._preview)
        self._fill_commands()
        self.refresh()
        self._say(engine.problem)

    def canvasChanged(self, _canvas: object) -> None:  # noqa: N802 - Krita's name
        """Show what belongs to another document."""
        self.refresh()

    def refresh(self) -> None:
        """Show what is true now."""
        if self._form is None or self._form.command.name != self._engine.wish.command:
            self._show_form(command_named(self._engine.wish.command))
        if self._engine.welcome is not None:
            if tuple(c.name for c in self._commands()) != self._shown_commands():
                self._fill_commands()
            assert self._form is not None
            self._form.offer_models(self._engine.welcome.models)
        self._show_progress()
        self._show_queue()
        self._show_history()

    def _build(self) -> None:
        inner = QtWidgets.QWidget()
        layout = QtWidgets.QVBoxLayout(inner)
        self._choice = QtWidgets.QComboBox()
        self._choice.setObjectName("command")
        self._choice.activated.connect(self._choose)
        self._form_place = QtWidgets.QVBoxLayout()
        self._paint_button = QtWidgets.QPushButton("Paint")
        self._paint_button.setObjectName("paint")
        self._paint_button.clicked.connect(lambda *_: self._engine.paint_again())
        self._cancel_button = QtWidgets.QPushButton("Cancel")
        self._cancel_button.setObjectName("cancel")
        self._cancel_button.clicked.connect(lambda *_: self._engine.cancel())
        self._fetch_button = QtWidgets.QPushButton()
        self._fetch_button.setObjectName("fetch")
        self._fetch_button.clicked.connect(lambda *_: self._engine.fetch_waiting())
        buttons = QtWidgets.QHBoxLayout()
        buttons.addWidget(self._paint_button, 2)
        buttons.addWidget(self._cancel_button, 1)
        self._bar = QtWidgets.QProgressBar()
        self._bar.setTextVisible(False)
        self._where = QtWidgets.QLabel()
        self._where.setObjectName("where")
        self._sentence = QtWidgets.QLabel()
        self._sentence.setObjectName("sentence")
        for label in (self._where, self._sentence):
            label.setWordWrap(True)
        self._picture = QtWidgets.QLabel()
        self._picture.setObjectName("preview")
        self._picture.setAlignment(QtCore.Qt.AlignmentFlag.AlignCenter)
        self._queue = self._list("queue", "Waiting and running")
        self._past = self._list("history", "Painted in this picture")
        self._past.setIconSize(QtCore.QSize(THUMBNAIL_SIDE, THUMBNAIL_SIDE))
        self._past.itemClicked.connect(self._show_layer)
        self._past.itemDoubleClicked.connect(self._use_again)
        layout.addWidget(self._choice)
        layout.addLayout(self._form_place)
        layout.addLayout(buttons)
        layout.addWidget(self._fetch_button)
        for widget in (self._sentence, self._bar, self._where, self._picture):
            layout.addWidget(widget)
        layout.addWidget(QtWidgets.QLabel("Waiting and running:"))
        layout.addWidget(self._queue, 1)
        layout.addWidget(QtWidgets.QLabel("Painted in this picture:"))
        layout.addWidget(self._past, 2)
        scroll = QtWidgets.QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(inner)
        self.setWidget(scroll)

    def _list(self, name: str, about: str) -> QtWidgets.QListWidget:
        made = QtWidgets.QListWidget()
        made.setObjectName(name)
        made.setAccessibleName(about)
        made.setMinimumHeight(2 * THUMBNAIL_SIDE)
        if name == "queue":
            made.setMinimumHeight(THUMBNAIL_SIDE)
            made.setToolTip("Double-click a job to cancel it.")
            made.itemDoubleClicked.connect(lambda item: self._engine.cancel(item.data(ROLE)))
        else:
            made.setToolTip("Click to go to the layer, double-click to use its values again.")
        return made

    def _commands(self) -> tuple[Command, ...]:
        welcome = self._engine.welcome
        return offered(welcome.tasks if welcome else self._engine.record.tasks)

    def _shown_commands(self) -> tuple[str, ...]:
        return tuple(self._choice.itemData(n) for n in range(self._choice.count()))

    def _fill_commands(self) -> None:
        self._choice.clear()
        for command in self._commands():
            self._choice.addItem(command.title.replace("_", ""), command.name)
        index = self._choice.findData(self._engine.wish.command)
        self._choice.setCurrentIndex(max(0, index))
        if index < 0 and self._choice.count():
            self._choose(0)

    def _choose(self, index: int) -> None:
        self._engine.wish.command = str(self._choice.itemData(index))
        self.refresh()

    def _show_form(self, command: Command) -> None:
        self._drop_form()
        self._form = Form(command, self._engine.wish.of(command))
        self._form.edited.connect(self._keep)
        self._form_place.addWidget(self._form)
        self._choice.setCurrentIndex(self._choice.findData(command.name))
        self._paint_button.setToolTip(command.blurb)

    def _keep(self) -> None:
        assert self._form is not None
        self._engine.wish.values[self._form.command.name] = self._form.values()
        _keep(self._engine)
        self._engine.connect_bridge()  # so that all is ready when the words are written

    def _say(self, sentence: str) -> None:
        self._sentence.setText(sentence)
        self._sentence.setVisible(bool(sentence))

    def _preview(self, png: bytes) -> None:
        picture = QtGui.QPixmap()
        if png and picture.loadFromData(png):
            smooth = QtCore.Qt.TransformationMode.SmoothTransformation
            picture = picture.scaledToHeight(PREVIEW_HEIGHT, smooth)
        self._picture.setPixmap(picture)
        self._picture.setVisible(not picture.isNull())

    def _show_progress(self) -> None:
        current = self._engine.book.current
        left = len(self._engine.waiting)
        what = "1 result" if left == 1 else f"{left} results"
        self._fetch_button.setText(f"Fetch {what} of an earlier session")
        self._fetch_button.setVisible(left > 0)
        self._cancel_button.setEnabled(current is not None)
        for widget in (self._bar, self._where):
            widget.setVisible(current is not None)
        if current is None:
            return
        self._where.setText(current.text)
        known = current.fraction is not None
        self._bar.setRange(0, PROGRESS_STEPS if known else 0)
        if current.fraction is not None:
            self._bar.setValue(round(current.fraction * PROGRESS_STEPS))

    def _show_queue(self) -> None:
        self._queue.clear()
        for entry in self._engine.book.entries:
            title = entry.command.title.replace("_", "")
            item = QtWidgets.QListWidgetItem(f"{title}: {entry.prompt or '—'}\n{entry.text}")
            item.setData(ROLE, entry.job)
            self._queue.addItem(item)

    def _show_history(self) -> None:
        document = krita.Krita.instance().activeDocument()
        entries = history.read(document) if document is not None else []
        if entries == self._history:
            return
        self._history = entries
        self._past.clear()
        for number, entry in reversed(list(enumerate(entries))):
            item = QtWidgets.QListWidgetItem(f"{entry.prompt or entry.command}\nseed {entry.seed}")
            picture = QtGui.QPixmap()
            if picture.loadFromData(entry.png):
                item.setIcon(QtGui.QIcon(picture))
            item.setData(ROLE, number)
            self._past.addItem(item)

    def _show_layer(self, item: QtWidgets.QListWidgetItem) -> None:
        document = krita.Krita.instance().activeDocument()
        entry = self._history[int(item.data(ROLE))]
        if document is not None:
            node = document.nodeByUniqueID(QtCore.QUuid(entry.layer))
            if node is not None:
                document.setActiveNode(node)

    def _use_again(self, item: QtWidgets.QListWidgetItem) -> None:
        entry = self._history[int(item.data(ROLE))]
        if not entry.recipe:
            return
        command = command_named(entry.command)
        recipe = json.loads(entry.recipe)
        task = {**recipe["task"], "model": recipe["model"]}
        self._engine.wish.command = command.name
        self._engine.wish.values[command.name] = values_from(command.fields, task)
        self._drop_form()
        self.refresh()

    def _drop_form(self) -> None:
        if self._form is not None:
            self._form.hide()
            self._form.deleteLater()
            self._form = None


def _keep(engine: Engine) -> None:
    text = json.dumps({"command": engine.wish.command, "values": engine.wish.values})
    krita.Krita.instance().writeSetting(SETTINGS_GROUP, SETTINGS_KEY, text)


def _restore(engine: Engine) -> None:
    """Take up the values of the last time, where they can be understood."""
    text = krita.Krita.instance().readSetting(SETTINGS_GROUP, SETTINGS_KEY, "")
    known = {command.name for command in COMMANDS}
    try:
        kept = json.loads(text)
        command, values = str(kept["command"]), dict(kept["values"])
    except (ValueError, KeyError, TypeError):
        return
    engine.wish.command = command if command in known else engine.wish.command
    engine.wish.values = {name: dict(chosen) for name, chosen in values.items() if name in known}
