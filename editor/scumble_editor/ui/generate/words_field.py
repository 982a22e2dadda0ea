"""A field for words that a model reads, which Ctrl+Up and Ctrl+Down weigh."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from scumble_editor.generation.weighting import STEP, reweighted

_STEPS = {Qt.Key.Key_Up: STEP, Qt.Key.Key_Down: -STEP}


class WordsField(QPlainTextEdit):
    """A few lines of text; Tab and Escape leave it.

    Signals:
        entered: the cursor came into it.
    """

    entered = Signal()

    def __init__(self, lines: int, name: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTabChangesFocus(True)
        self.setAccessibleName(name)
        self.setToolTip(f"{tip}. Ctrl+Up and Ctrl+Down make selected words weigh more or less")
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setFixedHeight(lines * self.fontMetrics().lineSpacing() + 18)

    def show_text(self, text: str) -> None:
        """Show other words; the cursor stays where it is if they are the same."""
        if text != self.toPlainText():
            self.setPlainText(text)

    def weigh(self, step: float) -> None:
        """Make the selected words, or the one at the cursor, weigh more or less; undone as one."""
        cursor = self.textCursor()
        before = self.toPlainText()
        start, end = cursor.selectionStart(), cursor.selectionEnd()
        text, start, end = reweighted(before, start, end, step)
        if text != before:
            cursor.select(QTextCursor.SelectionType.Document)
            cursor.insertText(text)
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Weigh words by Ctrl+Up and Ctrl+Down; leave at Escape, so that keys mean tools again."""
        step = _STEPS.get(Qt.Key(event.key()))
        if step is not None and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.weigh(step)
            event.accept()
        elif event.key() == Qt.Key.Key_Escape:
            self.clearFocus()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Say that somebody begins to write."""
        super().focusInEvent(event)
        self.entered.emit()
