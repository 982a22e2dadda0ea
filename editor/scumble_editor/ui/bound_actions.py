"""The table of actions bound to Qt: one QAction each, its keys, its state kept up to date."""

from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from scumble_editor.ui import theme
from scumble_editor.ui.actions.action import Action
from scumble_editor.ui.actions.table import ACTIONS
from scumble_editor.ui.desk import Desk
from scumble_editor.ui.shortcuts import keys_of, sequences
from scumble_editor.ui.widgets.command_search import native
from scumble_protocol.errors import ScumbleError


class BoundActions(QObject):
    """Makes and keeps the QActions of a window."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk = desk
        self.by_id: dict[str, QAction] = {}
        for action in ACTIONS:
            bound = QAction(action.text, parent)
            bound.setObjectName(action.id)
            bound.setCheckable(action.checked is not None)
            bound.triggered.connect(partial(self.run, action))
            self.by_id[action.id] = bound
            parent.addAction(bound)
        self.dress()
        self.refresh()
        desk.session.changed.connect(self.refresh)

    def run(self, action: Action, *_: object) -> None:
        """Do what an action does; whatever goes wrong is told to the painter."""
        if not action.enabled(self._desk.session):
            return
        try:
            action.run(self._desk)
        except ScumbleError as error:
            self._desk.messages.report(error)
        self.refresh()

    def dress(self) -> None:
        """Give all actions their icons, keys and tooltips; call after theme or keys changed."""
        for action in ACTIONS:
            bound = self.by_id[action.id]
            if action.icon:
                bound.setIcon(theme.icon(action.icon))
            bound.setShortcuts(sequences(action, self._desk.settings))
            keys = native(keys_of(action, self._desk.settings))
            bound.setToolTip(f"<b>{action.text.rstrip('…')}</b>{_faint(keys)}<br>{action.tip}")
            bound.setStatusTip("")

    def refresh(self) -> None:
        """Enable what makes sense now."""
        session = self._desk.session
        for action in ACTIONS:
            bound = self.by_id[action.id]
            bound.setEnabled(action.enabled(session))
            if action.checked is not None:
                bound.setChecked(action.checked(self._desk))
        self._name_steps()

    def fill(self, bar: QMenuBar) -> dict[str, QMenu]:
        """Build the menus; returns them by path."""
        menus: dict[str, QMenu] = {}
        for action in ACTIONS:
            path = action.menu.split("/")
            for depth in range(len(path)):
                name = "/".join(path[: depth + 1])
                if name not in menus:
                    parent = menus["/".join(path[:depth])] if depth else bar
                    menus[name] = parent.addMenu(path[depth])
                    menus[name].setToolTipsVisible(True)
            if action.separated:
                menus[action.menu].addSeparator()
            menus[action.menu].addAction(self.by_id[action.id])
        return menus

    def _name_steps(self) -> None:
        """Say what undo and redo would do."""
        opened = self._desk.session.current
        undo, redo = "Undo", "Redo"
        if opened is not None:
            line = opened.history.line
            ids = [step.id for step in line]
            here = ids.index(opened.history.current.id)
            if here > 0:
                undo = f"Undo {line[here].label}"
            if here + 1 < len(line):
                redo = f"Redo {line[here + 1].label}"
        self.by_id["edit.undo"].setText(undo)
        self.by_id["edit.redo"].setText(redo)


def _faint(keys: str) -> str:
    return f" &nbsp; <span style='color: gray'>{keys}</span>" if keys else ""
