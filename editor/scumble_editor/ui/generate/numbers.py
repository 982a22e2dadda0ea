"""A number that may be left to the model or to the daemon: then it says “auto”."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QDoubleSpinBox, QWidget

from scumble_editor.ui.generate.fields import trim


class OptionalNumber(QDoubleSpinBox):
    """A spin box whose lowest place means that nothing was chosen.

    Signals:
        chosen: the number, or None.
    """

    chosen = Signal(object)

    def __init__(
        self,
        name: str,
        tip: str,
        low: float,
        high: float,
        *,
        step: float = 1.0,
        decimals: int = 0,
        suffix: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setDecimals(decimals)
        self.setSingleStep(step)
        self.setRange(low - step, high)
        self.setSpecialValueText("auto")
        self.setSuffix(suffix)
        self.setAccessibleName(name)
        self.setToolTip(f"{tip}. The lowest value leaves it to the model")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setKeyboardTracking(False)
        trim(self)
        self.valueChanged.connect(lambda _: self.chosen.emit(self.number))

    @property
    def number(self) -> float | None:
        """What was chosen, None for nothing."""
        return None if self.value() == self.minimum() else self.value()

    def show_number(self, number: float | None) -> None:
        """Show a number without telling anybody."""
        self.blockSignals(True)
        self.setValue(self.minimum() if number is None else number)
        self.blockSignals(False)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Step only where the field has been chosen: the panel is scrolled otherwise."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()
