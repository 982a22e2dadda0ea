"""The words of a job: what should be there, what is there now, and what should not be."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from scumble_editor.generation.actions import ABOUT, PaintAction
from scumble_editor.generation.settings import Settings
from scumble_editor.ui.generate.generation import Generation


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
        self.setToolTip(tip)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setFixedHeight(lines * self.fontMetrics().lineSpacing() + 18)

    def show_text(self, text: str) -> None:
        """Show other words; the cursor stays where it is if they are the same."""
        if text != self.toPlainText():
            self.setPlainText(text)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Say that somebody begins to write."""
        super().focusInEvent(event)
        self.entered.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Leave the field at Escape, so that keys mean tools again."""
        if event.key() == Qt.Key.Key_Escape:
            self.clearFocus()
        else:
            super().keyPressEvent(event)


class Prompts(QWidget):
    """The fields that take words."""

    def __init__(self, generation: Generation, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._generation = generation
        self.source = WordsField(
            1, "What is there now", "What the picture shows there now, so that it is found"
        )
        self.prompt = WordsField(
            3, "Prompt", "What the model should paint, in a few words (Ctrl+P comes here)"
        )
        self.negative = WordsField(
            1, "Negative prompt", "What should not be there, such as: text, blurry"
        )
        self.negative.setPlaceholderText("What should not be there")
        self.source.setPlaceholderText("What is there now, such as: a bowl of apples")
        self.setFocusProxy(self.prompt)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for field in (self.source, self.prompt, self.negative):
            column.addWidget(field)
            field.entered.connect(generation.link.wake)
        self.prompt.textChanged.connect(lambda: generation.change(prompt=self.prompt.toPlainText()))
        self.negative.textChanged.connect(
            lambda: generation.change(negative_prompt=self.negative.toPlainText())
        )
        self.source.textChanged.connect(
            lambda: generation.change(source_prompt=self.source.toPlainText())
        )
        generation.settings_changed.connect(self.show_settings)
        self.show_settings(generation.settings)

    def show_settings(self, settings: Settings) -> None:
        """Show the words of settings, and the fields their action needs."""
        self.prompt.setPlaceholderText(ABOUT[settings.action].prompt_hint)
        self.source.setVisible(settings.action is PaintAction.EDIT)
        self.prompt.show_text(settings.prompt)
        self.negative.show_text(settings.negative_prompt)
        self.source.show_text(settings.source_prompt)
