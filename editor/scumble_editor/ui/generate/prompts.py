"""The words of a job: what should be there, what is there now, and what should not be."""

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QInputDialog, QToolButton, QVBoxLayout, QWidget

from scumble_editor.generation.actions import ABOUT, PaintAction
from scumble_editor.generation.prompt_book import Wording
from scumble_editor.generation.settings import Settings
from scumble_editor.generation.vocabulary import hint
from scumble_editor.generation.weighting import CHUNK_TOKENS, tokens_about
from scumble_editor.ui import theme
from scumble_editor.ui.generate.book_popup import BookPopup
from scumble_editor.ui.generate.fields import faint
from scumble_editor.ui.generate.generation import Generation
from scumble_editor.ui.generate.style_field import StyleField
from scumble_editor.ui.generate.words_field import WordsField


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
        self.source.setPlaceholderText("What is there, such as: apples")
        self.setFocusProxy(self.prompt)
        self.count = faint("")
        self.count.setToolTip(
            f"About how many tokens the model reads. It reads {CHUNK_TOKENS} at once, and a longer "
            "prompt in parts of that length, where what is said first weighs no more than the rest"
        )
        self.hint = faint("")
        self.hint.setToolTip("It may paint something else; the list of models says what it knows")
        self.keep = _button("Save these words under a name")
        self.history = _button("Words you used or saved")
        self.book = BookPopup(generation.wardrobe, self)
        self.style_field = StyleField(generation)
        self._arrange()
        for field in (self.source, self.prompt, self.negative):
            field.entered.connect(generation.link.wake)
        self.history.clicked.connect(lambda: self.book.begin(self.history))
        self.keep.clicked.connect(self._ask_name)
        self.book.chosen.connect(self._take)
        self.prompt.textChanged.connect(lambda: generation.change(prompt=self.prompt.toPlainText()))
        self.negative.textChanged.connect(
            lambda: generation.change(negative_prompt=self.negative.toPlainText())
        )
        self.source.textChanged.connect(
            lambda: generation.change(source_prompt=self.source.toPlainText())
        )
        generation.settings_changed.connect(self.show_settings)
        generation.wardrobe.styles_changed.connect(lambda: self._count(generation.settings))
        generation.models_changed.connect(self._show_hint)
        self.dress()
        self.show_settings(generation.settings)

    def dress(self) -> None:
        """Take the icons of the theme."""
        self.keep.setIcon(theme.icon("save"))
        self.history.setIcon(theme.icon("history"))
        self.style_field.dress()

    def show_settings(self, settings: Settings) -> None:
        """Show the words of settings, and the fields their action needs."""
        self.prompt.setPlaceholderText(ABOUT[settings.action].prompt_hint)
        self.source.setVisible(settings.action is PaintAction.EDIT)
        self.prompt.show_text(settings.prompt)
        self.negative.show_text(settings.negative_prompt)
        self.source.show_text(settings.source_prompt)
        self._count(settings)
        self._show_hint()
        self.keep.setEnabled(bool(settings.prompt.strip()))

    def _arrange(self) -> None:
        under = QHBoxLayout()
        under.setSpacing(2)
        under.addWidget(self.count, 1)
        under.addWidget(self.keep)
        under.addWidget(self.history)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.source)
        column.addWidget(self.prompt)
        column.addLayout(under)
        column.addWidget(self.hint)
        column.addWidget(self.negative)
        column.addWidget(self.style_field)

    def _count(self, settings: Settings) -> None:
        """Say about how long the prompt is as it will be sent."""
        count = tokens_about(self._generation.wardrobe.worded(settings).prompt)
        parts = -(-count // CHUNK_TOKENS)
        if parts > 1:
            self.count.setText(f"about {count} tokens, in {parts} parts")
        else:
            self.count.setText(f"about {count} of {CHUNK_TOKENS} tokens" if count else "")

    def _show_hint(self) -> None:
        """Say which words the model never learnt, where it knows only few."""
        asked = self._generation.settings
        models = {model.name: model for model in self._generation.models}
        model = models.get(asked.model)
        said = "" if model is None else hint(asked.prompt, model.name, model.words)
        self.hint.setText(said)
        self.hint.setVisible(bool(said))

    def _take(self, wording: Wording) -> None:
        fresh = {"prompt": wording.prompt}
        if wording.negative_prompt:
            fresh["negative_prompt"] = wording.negative_prompt
        self._generation.change(**fresh)
        self.prompt.setFocus()

    def _ask_name(self) -> None:
        dialog = QInputDialog(self.window())
        dialog.setWindowTitle("Save the Prompt")
        dialog.setLabelText("Name")
        dialog.setTextValue(" ".join(self._generation.settings.prompt.split())[:40])
        dialog.textValueSelected.connect(self._keep)
        dialog.open()

    def _keep(self, name: str) -> None:
        asked = self._generation.settings
        if name.strip():
            self._generation.wardrobe.keep(
                Wording(
                    prompt=asked.prompt.strip(),
                    negative_prompt=asked.negative_prompt.strip(),
                    name=name.strip()[:80],
                )
            )


def _button(tip: str) -> QToolButton:
    button = QToolButton()
    button.setIconSize(QSize(16, 16))
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    return button
