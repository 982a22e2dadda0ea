"""A list of words to choose from: what was used, and what was saved; searched as one types."""

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from scumble_editor.generation.prompt_book import Wording
from scumble_editor.ui.generate.wardrobe import Wardrobe

_MOST_SHOWN = 100
_LONGEST = 90
_ROW_PX = 26
_WORDING = Qt.ItemDataRole.UserRole
_MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class BookPopup(QFrame):
    """Comes up under a button; Enter takes, Delete removes, Escape goes.

    Signals:
        chosen: a Wording.
    """

    chosen = Signal(object)

    def __init__(self, wardrobe: Wardrobe, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wardrobe = wardrobe
        self.setProperty("card", True)
        self.field = QLineEdit()
        self.field.setPlaceholderText("Search your prompts")
        self.field.setAccessibleName("Search your prompts")
        self.field.setToolTip("Any words of a prompt, in any order")
        self.field.setClearButtonEnabled(True)
        self.list = QListWidget()
        self.list.setAccessibleName("Prompts")
        self.list.setMinimumSize(380, 260)
        self.note = QLabel("Enter takes it, Delete takes it out of the list")
        self.note.setProperty("faint", True)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(6)
        for widget in (self.field, self.list, self.note):
            column.addWidget(widget)
        self.field.textChanged.connect(self._fill)
        self.field.installEventFilter(self)
        self.list.installEventFilter(self)
        self.list.itemActivated.connect(self._take)
        self.list.itemClicked.connect(self._take)
        wardrobe.book_changed.connect(self._refill)
        self.hide()

    def begin(self, below: QWidget) -> None:
        """Come up under a widget, over the whole window."""
        self.setParent(below.window())
        self.field.clear()
        self._fill("")
        self.adjustSize()
        at = below.mapTo(below.window(), QPoint(0, below.height() + 2))
        room = below.window().size() - self.size()
        self.move(max(min(at.x(), room.width() - 8), 8), max(min(at.y(), room.height() - 8), 8))
        self.show()
        self.raise_()
        self.field.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Take the keys that mean the list; go when the keys go elsewhere."""
        if event.type() == QEvent.Type.FocusOut:
            now = QApplication.focusWidget()
            self.setVisible(now is not None and self.isAncestorOf(now))
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return super().eventFilter(watched, event)
        item = self.list.currentItem()
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Escape:
            self.hide()
            return True
        if watched is self.field and key in _MOVES:
            self.list.event(event)
            return True
        if watched is self.field and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and item:
            self._take(item)
            return True
        typing = watched is self.field and bool(self.field.text())
        if key == Qt.Key.Key_Delete and item is not None and not typing:
            self._wardrobe.let_go(item.data(_WORDING))
            return True
        return super().eventFilter(watched, event)

    def _refill(self) -> None:
        if self.isVisible():
            self._fill(self.field.text())

    def _fill(self, typed: str) -> None:
        self.list.clear()
        for wording in self._wardrobe.book.search(typed)[:_MOST_SHOWN]:
            item = QListWidgetItem(_line(wording))
            item.setData(_WORDING, wording)
            item.setToolTip(_whole(wording))
            item.setSizeHint(QSize(0, _ROW_PX))
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        if not self.list.count():
            nothing = QListWidgetItem("Nothing like it" if typed else "Nothing used yet")
            nothing.setFlags(Qt.ItemFlag.NoItemFlags)
            self.list.addItem(nothing)

    def _take(self, item: QListWidgetItem) -> None:
        wording = item.data(_WORDING)
        if isinstance(wording, Wording):
            self.hide()
            self.chosen.emit(wording)


def _line(wording: Wording) -> str:
    words = " ".join(wording.prompt.split())
    line = f"★ {wording.name}: {words}" if wording.name else words
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1].rstrip() + "…"


def _whole(wording: Wording) -> str:
    if not wording.negative_prompt:
        return wording.prompt
    return f"{wording.prompt}\n\nNot: {wording.negative_prompt}"
