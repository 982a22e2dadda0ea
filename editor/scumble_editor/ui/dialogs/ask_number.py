"""Asks for one number."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDoubleSpinBox, QWidget

from scumble_editor.ui.dialogs.frame import Dialog


class AskNumber(Dialog):
    """One number in a range given as lowest, highest and default.

    Signals:
        answered: the number.
    """

    answered = Signal(float)

    def __init__(
        self,
        parent: QWidget | None,
        title: str,
        label: str,
        tip: str,
        span: tuple[float, float, float],
        suffix: str = "",
    ) -> None:
        super().__init__(parent, title)
        self.number = QDoubleSpinBox()
        self.number.setDecimals(0)
        self.number.setRange(span[0], span[1])
        self.number.setSuffix(suffix)
        self.number.setValue(span[2])
        self.number.selectAll()
        self.add(label, self.number, tip)

    def accept(self) -> None:
        """Say the number."""
        self.answered.emit(self.number.value())
        super().accept()
