"""Offers back what a crash left behind, with its whole history."""

import time
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialogButtonBox, QLabel, QListWidget, QListWidgetItem, QWidget

from scumble_editor.history.recovery import Recoverable
from scumble_editor.ui.dialogs.frame import Dialog

_ENTRY = Qt.ItemDataRole.UserRole


class RecoveryDialog(Dialog):
    """The pictures that were not closed; those ticked are recovered.

    Signals:
        wanted: a list of Recoverables to open.
        unwanted: a list of Recoverables to delete.
    """

    wanted = Signal(object)
    unwanted = Signal(object)

    def __init__(self, found: Sequence[Recoverable], parent: QWidget | None = None) -> None:
        super().__init__(parent, "Recover pictures", "Recover")
        words = QLabel(
            "Scumble was not closed properly. These pictures can be brought back as they were, "
            "with everything that can be undone."
        )
        words.setWordWrap(True)
        words.setMinimumWidth(440)
        self.body.insertWidget(0, words)
        self.list = QListWidget()
        self.list.setAccessibleName("Pictures to recover")
        for entry in found:
            when = time.strftime("%d %B, %H:%M", time.localtime(entry.seconds))
            steps = "1 step" if entry.steps == 1 else f"{entry.steps} steps"
            item = QListWidgetItem(f"{entry.name}   –   {when}, {steps}")
            item.setToolTip(_origin(entry.source))
            item.setData(_ENTRY, entry)
            item.setCheckState(Qt.CheckState.Checked)
            self.list.addItem(item)
        self.list.setMaximumHeight(180)
        self.list.setObjectName("list")
        self.body.insertWidget(1, self.list)
        delete = self.buttons.addButton("Delete All", QDialogButtonBox.ButtonRole.DestructiveRole)
        delete.setToolTip("Delete what was kept of these pictures; files on disk are not touched")
        delete.clicked.connect(self._delete)
        cancel = self.buttons.button(QDialogButtonBox.StandardButton.Cancel)
        if cancel is not None:
            cancel.setToolTip("Decide at the next start")

    def accept(self) -> None:
        """Say which are wanted; the others are kept for another time."""
        items = [self.list.item(row) for row in range(self.list.count())]
        ticked = [i.data(_ENTRY) for i in items if i.checkState() == Qt.CheckState.Checked]
        self.wanted.emit(ticked)
        super().accept()

    def _delete(self) -> None:
        items = [self.list.item(row) for row in range(self.list.count())]
        self.unwanted.emit([item.data(_ENTRY) for item in items])
        super().reject()


def _origin(source: Path | None) -> str:
    return "Never saved" if source is None else f"From {source}"
