"""What the painter can choose for good: looks, memory, and the keys."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QKeySequenceEdit,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QTabWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from scumble_editor.client.connection import Link
from scumble_editor.ui.actions.action import Action
from scumble_editor.ui.dialogs.daemon_page import DaemonPage
from scumble_editor.ui.settings import Settings
from scumble_editor.ui.shortcuts import keys_of, set_keys

PAINTING_PAGE = 2


class Preferences(QDialog):
    """Three pages; what is chosen holds at once."""

    def __init__(
        self,
        actions: Sequence[Action],
        settings: Settings,
        changed: Callable[[], None],
        link: Link,
        parent: QWidget | None = None,
        page: int = 0,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Preferences")
        self.resize(560, 520)
        self._settings = settings
        self._changed = changed
        column = QVBoxLayout(self)
        pages = QTabWidget()
        pages.addTab(self._general(), "General")
        pages.addTab(ShortcutPage(actions, settings, changed), "Shortcuts")
        self.daemon = DaemonPage(link, settings, changed)
        pages.addTab(self.daemon, "Painting")
        pages.setCurrentIndex(page)
        column.addWidget(pages)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.accept)
        column.addWidget(buttons)

    def _general(self) -> QWidget:
        page = QWidget()
        form = QFormLayout(page)
        form.setContentsMargins(18, 18, 18, 18)
        form.setVerticalSpacing(12)
        self.theme = QComboBox()
        for name in ("dark", "light", "system"):
            self.theme.addItem("As the system" if name == "system" else name.capitalize(), name)
        self.theme.setCurrentIndex(self.theme.findData(self._settings.theme))
        self.theme.currentIndexChanged.connect(self._take)
        form.addRow("Theme", _explained(self.theme, "Colours of the program"))
        self.memory = QSpinBox()
        self.memory.setRange(64, 65_536)
        self.memory.setSingleStep(128)
        self.memory.setSuffix(" MB")
        self.memory.setValue(self._settings.history_bytes >> 20)
        self.memory.valueChanged.connect(self._take)
        tip = "Memory for undo of each picture; older steps go on living on the disk"
        form.addRow("Undo memory", _explained(self.memory, tip))
        self.checker = QSpinBox()
        self.checker.setRange(4, 64)
        self.checker.setSuffix(" px")
        self.checker.setValue(self._settings.checker_px)
        self.checker.valueChanged.connect(self._take)
        form.addRow("Checkerboard", _explained(self.checker, "Squares shown under transparency"))
        self.wheel = _box("The wheel zooms; with Ctrl it scrolls", self._settings.zoom_by_wheel)
        self.smooth = _box("Smooth pixels below 200 %", self._settings.smooth_pixels)
        self.recover = _box("Recover after a crash", self._settings.recover)
        self.wheel.setToolTip("Else the wheel scrolls, and zooms with Ctrl")
        self.smooth.setToolTip("Else pixels keep their edges however small they are shown")
        self.recover.setToolTip("Every step is written to the disk as it happens")
        for box in (self.wheel, self.smooth, self.recover):
            box.toggled.connect(self._take)
            form.addRow("", box)
        return page

    def _take(self) -> None:
        settings = self._settings
        settings.theme = self.theme.currentData()
        settings.history_bytes = self.memory.value() << 20
        settings.checker_px = self.checker.value()
        settings.zoom_by_wheel = self.wheel.isChecked()
        settings.smooth_pixels = self.smooth.isChecked()
        settings.recover = self.recover.isChecked()
        self._changed()


class ShortcutPage(QWidget):
    """All actions with their keys; choose one, press the new keys."""

    def __init__(
        self,
        actions: Sequence[Action],
        settings: Settings,
        changed: Callable[[], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._actions, self._settings, self._changed = actions, settings, changed
        self.setObjectName("shortcuts")
        column = QVBoxLayout(self)
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("Filter by name or key")
        self.filter.setClearButtonEnabled(True)
        self.filter.setToolTip("Show only commands with these letters or keys")
        self.filter.textChanged.connect(self._filter)
        column.addWidget(self.filter)
        self.tree = QTreeWidget()
        self.tree.setHeaderLabels(["Command", "Keys"])
        self.tree.setRootIsDecorated(False)
        self.tree.setUniformRowHeights(True)
        self.tree.setObjectName("list")
        self.tree.setColumnWidth(0, 330)
        self.tree.currentItemChanged.connect(self._choose)
        column.addWidget(self.tree, 1)
        row = QHBoxLayout()
        self.keys = QKeySequenceEdit()
        self.keys.setToolTip("Click here and press the new keys")
        self.keys.editingFinished.connect(self._take)
        self.clear = QPushButton("Remove")
        self.clear.setAutoDefault(False)
        self.clear.setToolTip("Leave the command without keys")
        self.clear.clicked.connect(lambda: self._set(""))
        self.reset = QPushButton("Default")
        self.reset.setAutoDefault(False)
        self.reset.setToolTip("Give the command its first keys back")
        self.reset.clicked.connect(lambda: self._set(None))
        row.addWidget(self.keys, 1)
        row.addWidget(self.clear)
        row.addWidget(self.reset)
        column.addLayout(row)
        self.note = QLabel("Choose a command, then press its new keys.")
        self.note.setProperty("faint", True)
        self.note.setWordWrap(True)
        column.addWidget(self.note)
        self._fill()

    def _fill(self) -> None:
        self.tree.clear()
        for entry in self._actions:
            keys = ", ".join(keys_of(entry, self._settings))
            item = QTreeWidgetItem([f"{entry.menu.replace('/', ' › ')} › {entry.text}", keys])
            item.setData(0, Qt.ItemDataRole.UserRole, entry)
            item.setToolTip(0, entry.tip)
            self.tree.addTopLevelItem(item)
        self._filter(self.filter.text())

    def _filter(self, text: str) -> None:
        for index in range(self.tree.topLevelItemCount()):
            item = self.tree.topLevelItem(index)
            if item is not None:
                words = f"{item.text(0)} {item.text(1)}".lower()
                item.setHidden(text.lower() not in words)

    def _chosen(self) -> Action | None:
        item = self.tree.currentItem()
        entry = None if item is None else item.data(0, Qt.ItemDataRole.UserRole)
        return entry if isinstance(entry, Action) else None

    def _choose(self) -> None:
        entry = self._chosen()
        if entry is not None:
            keys = keys_of(entry, self._settings)
            self.keys.setKeySequence(QKeySequence(keys[0] if keys else ""))
            self.note.setText(entry.tip)

    def _take(self) -> None:
        self._set(self.keys.keySequence().toString())

    def _set(self, keys: str | None) -> None:
        entry = self._chosen()
        if entry is None:
            return
        freed = set_keys(self._actions, self._settings, entry.id, keys)
        current = self.tree.currentItem()
        index = 0 if current is None else self.tree.indexOfTopLevelItem(current)
        self._changed()
        self._fill()
        again = self.tree.topLevelItem(index)
        if again is not None:
            self.tree.setCurrentItem(again)
        if freed is not None:
            self.note.setText(f"These keys were taken from “{freed.text}”, which has none now.")


def _box(text: str, checked: bool) -> QCheckBox:
    box = QCheckBox(text)
    box.setChecked(checked)
    return box


def _explained(field: QWidget, tip: str) -> QWidget:
    field.setToolTip(tip)
    return field
