"""Asks what is to be found in the picture, and what it might be instead."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QWidget

from scumble_editor.document.selection import Combine
from scumble_editor.ui.dialogs.frame import Dialog

WAYS = {
    Combine.REPLACE: "as a new selection",
    Combine.ADD: "added to the selection",
    Combine.SUBTRACT: "taken from the selection",
    Combine.INTERSECT: "only within the selection",
}


def ways_field() -> QComboBox:
    """Return a list of the ways in which a found place meets the selection."""
    field = QComboBox()
    for how, text in WAYS.items():
        field.addItem(text, how)
    return field


class SelectByWords(Dialog):
    """Two lines of words, and what becomes of the place that is found.

    Signals:
        asked: what is there, what it might be instead, and a Combine.
    """

    asked = Signal(str, str, object)

    def __init__(self, there: str, instead: str, parent: QWidget | None = None) -> None:
        super().__init__(parent, "Select by Words", "Find It")
        self.there = QLineEdit(there)
        self.there.setPlaceholderText("such as: a bowl of apples")
        self.instead = QLineEdit(instead)
        self.instead.setPlaceholderText("may stay empty; such as: a bowl of pears")
        self.how = ways_field()
        self.add("What is there", self.there, "What is to be found, as a caption would say it")
        self.add(
            "What it might be",
            self.instead,
            "Something else in its place helps the model to tell the two apart; "
            "empty compares with nothing",
        )
        self.add("Put it", self.how, "How the place that is found meets the selection")
        note = QLabel("The place arrives as a soft selection, to be looked at and mended first.")
        note.setProperty("faint", True)
        note.setWordWrap(True)
        self.body.insertWidget(1, note)
        self.setMinimumWidth(420)
        self.there.textChanged.connect(self._check)
        self.accepted.connect(self._ask)
        self._check()

    def _check(self) -> None:
        self.accept_button.setEnabled(bool(self.there.text().strip()))

    def _ask(self) -> None:
        self.asked.emit(self.there.text(), self.instead.text(), self.how.currentData())
