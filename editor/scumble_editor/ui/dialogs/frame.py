"""The frame that all dialogs share: fields in a form, buttons beneath, gone once they are shut."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLabel, QVBoxLayout, QWidget


class Dialog(QDialog):
    """A dialog that never blocks: connect to its signals and `open` or `show` it."""

    def __init__(self, parent: QWidget | None, title: str, accept: str = "OK") -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(18, 16, 18, 14)
        self.body.setSpacing(12)
        self.form = QFormLayout()
        self.form.setHorizontalSpacing(14)
        self.form.setVerticalSpacing(9)
        self.form.setLabelAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.body.addLayout(self.form)
        self.buttons = QDialogButtonBox()
        self.accept_button = self.buttons.addButton(accept, QDialogButtonBox.ButtonRole.AcceptRole)
        self.accept_button.setDefault(True)
        cancel = self.buttons.addButton("Cancel", QDialogButtonBox.ButtonRole.RejectRole)
        cancel.setAutoDefault(False)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.body.addWidget(self.buttons)

    def add(self, label: str, field: QWidget, tip: str) -> None:
        """Add a field with its label; both explain themselves."""
        name = QLabel(label)
        name.setToolTip(tip)
        name.setBuddy(field)
        field.setToolTip(tip)
        field.setAccessibleName(label)
        self.form.addRow(name, field)
