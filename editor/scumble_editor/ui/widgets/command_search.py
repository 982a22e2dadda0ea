"""Finds a command by a few letters of its name and runs it."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent, QKeySequence, QPixmap
from PySide6.QtWidgets import (
    QFrame,
    QHeaderView,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from scumble_editor.ui import theme
from scumble_editor.ui.actions.action import Action

_SHOWN = 12  # rows at a time; the rest is scrolled to
_ROW_PX = 28


def ranked(actions: Sequence[Action], typed: str) -> list[Action]:
    """Return the actions that hold every word typed, those that begin with it first.

    All of them, in the order of the menus, where nothing is typed.
    """
    words = typed.lower().split()
    if not words:
        return list(actions)

    def rank(action: Action) -> tuple[int, int] | None:
        name = action.text.lower()
        everything = f"{name} {action.menu.lower()} {action.tip.lower()}"
        if not all(word in everything for word in words):
            return None
        if name.startswith(typed.lower()):
            return (0, len(name))
        return (1 if all(word in name for word in words) else 2, len(name))

    found = [(place, action) for action in actions if (place := rank(action)) is not None]
    return [action for _, action in sorted(found, key=lambda pair: pair[0])]


class CommandSearch(QFrame):
    """A field and a list over the window.

    Signals:
        chosen: the id of an action.
    """

    chosen = Signal(str)

    def __init__(
        self,
        actions: Sequence[Action],
        enabled: Callable[[Action], bool],
        keys: Callable[[Action], str],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._actions, self._enabled, self._keys = actions, enabled, keys
        blank = QPixmap(18, 18)
        blank.fill(Qt.GlobalColor.transparent)
        self._no_icon = QIcon(blank)  # keeps the names in line
        self.setProperty("card", True)
        self.setFixedWidth(480)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        self.field = QLineEdit()
        self.field.setPlaceholderText("What would you like to do?")
        self.field.setClearButtonEnabled(True)
        self.field.setToolTip("Type a few letters; the arrows choose, Enter does it")
        self.field.setAccessibleName("Find a command")
        self.field.textChanged.connect(self._fill)
        self.field.installEventFilter(self)
        self.list = QTreeWidget()
        self.list.setColumnCount(2)
        self.list.setHeaderHidden(True)
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setIconSize(QSize(18, 18))
        self.list.header().setStretchLastSection(False)
        self.list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.list.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.itemClicked.connect(self._run)
        column.addWidget(self.field)
        column.addWidget(self.list)
        self.hide()

    def begin(self) -> None:
        """Come up, empty."""
        parent = self.parentWidget()
        if parent is not None:
            self.move((parent.width() - self.width()) // 2, 70)
        self.field.clear()
        self._fill("")
        self.show()
        self.raise_()
        self.field.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Take the arrows, Enter and Escape from the field; go when it loses the keys."""
        if event.type() == QEvent.Type.FocusOut:
            self.hide()
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            match event.key():
                case Qt.Key.Key_Down:
                    self._step(1)
                    return True
                case Qt.Key.Key_Up:
                    self._step(-1)
                    return True
                case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                    item = self.list.currentItem()
                    if item is not None:
                        self._run(item)
                    return True
                case Qt.Key.Key_Escape:
                    self.hide()
                    return True
        return super().eventFilter(watched, event)

    def _fill(self, typed: str) -> None:
        self.list.clear()
        for action in ranked(self._actions, typed):
            menu = action.menu.replace("/", " › ")
            name = f"{action.text.rstrip('…')}   –   {menu}"
            item = QTreeWidgetItem([name, self._keys(action)])
            item.setData(0, Qt.ItemDataRole.UserRole, action.id)
            item.setToolTip(0, action.tip)
            item.setSizeHint(0, QSize(0, _ROW_PX))
            item.setIcon(0, theme.icon(action.icon) if action.icon else self._no_icon)
            item.setDisabled(not self._enabled(action))
            self.list.addTopLevelItem(item)
        self._choose(0)
        rows = min(max(self.list.topLevelItemCount(), 1), _SHOWN)
        self.list.setFixedHeight(rows * _ROW_PX + 4)
        self.adjustSize()

    def _step(self, step: int) -> None:
        item = self.list.currentItem()
        row = -1 if item is None else self.list.indexOfTopLevelItem(item)
        self._choose(min(max(row + step, 0), self.list.topLevelItemCount() - 1))

    def _choose(self, row: int) -> None:
        item = self.list.topLevelItem(row)
        if item is not None:
            self.list.setCurrentItem(item)

    def _run(self, item: QTreeWidgetItem) -> None:
        self.hide()
        self.chosen.emit(item.data(0, Qt.ItemDataRole.UserRole))


def native(keys: Sequence[str]) -> str:
    """Return the first keys as this system writes them."""
    native_text = QKeySequence.SequenceFormat.NativeText
    return QKeySequence(keys[0]).toString(native_text) if keys else ""
