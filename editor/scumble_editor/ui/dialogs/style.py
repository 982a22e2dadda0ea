"""Asks for the name and the words of a style; what else it sets is said."""

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from scumble_editor.generation.styles import Style
from scumble_editor.ui.dialogs.frame import Dialog

_LONGEST_NAME = 80
_LONGEST_WORDS = 2048


class StyleDialog(Dialog):
    """Four lines of text.

    Signals:
        chosen: a Style.
    """

    chosen = Signal(object)

    def __init__(self, style: Style, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent, title, "Save")
        self._style = style
        self.name = QLineEdit(style.name)
        self.before = QLineEdit(style.before)
        self.after = QLineEdit(style.after)
        self.negative = QLineEdit(style.negative_prompt)
        self.name.setMaxLength(_LONGEST_NAME)
        self.setMinimumWidth(420)
        for field in (self.before, self.after, self.negative):
            field.setMaxLength(_LONGEST_WORDS)
        self.before.setPlaceholderText("such as: an oil painting of")
        self.after.setPlaceholderText("such as: in soft light")
        self.add("Name", self.name, "How it is called in the list")
        self.add("Before the prompt", self.before, "Words put before yours")
        self.add("After the prompt", self.after, "Words put after yours")
        self.add("Not", self.negative, "What should not be there")
        note = QLabel(_sets(style))
        note.setProperty("faint", True)
        note.setWordWrap(True)
        self.body.insertWidget(1, note)
        self.name.textChanged.connect(self._check)
        self.accepted.connect(self._choose)
        self.name.selectAll()
        self._check()

    def _check(self) -> None:
        self.accept_button.setEnabled(bool(self.name.text().strip()))

    def _choose(self) -> None:
        self.chosen.emit(
            msgspec.structs.replace(
                self._style,
                name=self.name.text().strip(),
                before=self.before.text().strip(),
                after=self.after.text().strip(),
                negative_prompt=self.negative.text().strip(),
            )
        )


def _sets(style: Style) -> str:
    values = [
        f"model {style.model}" if style.model else "",
        f"{style.steps} steps" if style.steps else "",
        f"guidance {style.guidance_scale:g}" if style.guidance_scale is not None else "",
        f"scheduler {style.scheduler}" if style.scheduler else "",
        *(f"LoRA {lora.name}" for lora in style.loras),
    ]
    said = ", ".join(value for value in values if value)
    return f"It also sets: {said}." if said else "It leaves model and sampler as they are."
