"""Asks how a result is to be painted better: more steps, or a closer look at its place."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QLabel, QSpinBox, QWidget

from scumble_editor.generation.settings import Settings
from scumble_editor.ui.dialogs.frame import Dialog

USUAL_STEPS = 20
MOST_STEPS = 1000
CLOSE_PX = 32.0


class QualityDialog(Dialog):
    """Two ways to a better picture.

    Signals:
        chosen: a dict of changes to the settings.
    """

    chosen = Signal(object)

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent, "Raise the Quality", "Paint Again")
        now = settings.steps or USUAL_STEPS
        self.steps = QSpinBox()
        self.steps.setRange(1, MOST_STEPS)
        self.steps.setValue(min(2 * now, MOST_STEPS))
        said = str(now) if settings.steps else f"the model's own, about {now}"
        self.add("Steps", self.steps, f"How often the model goes over it; it was {said}")
        self.closer = QCheckBox("Look closer")
        self.closer.setToolTip(
            "Cut the place out with little around it, so that it is painted larger and finer. "
            "The model then sees less of its surroundings"
        )
        self.form.addRow("", self.closer)
        note = QLabel("The same seed and words; the earlier result is hidden, not lost.")
        note.setProperty("faint", True)
        self.body.insertWidget(1, note)
        self.accepted.connect(self._choose)

    def _choose(self) -> None:
        changes: dict[str, object] = {"steps": self.steps.value()}
        if self.closer.isChecked():
            changes["context"] = CLOSE_PX
        self.chosen.emit(changes)
