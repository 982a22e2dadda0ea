"""Asks how a picture is to be compressed."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QSlider, QWidget

from scumble_editor.files.images import ImageOptions
from scumble_editor.ui.dialogs.frame import Dialog


class ExportOptions(Dialog):
    """Quality of JPEG and WebP.

    Signals:
        chosen: ImageOptions.
    """

    chosen = Signal(object)

    def __init__(self, path: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent, f"Export {path.name}", "Export")
        self.quality = QSlider(Qt.Orientation.Horizontal)
        self.quality.setRange(1, 100)
        self.quality.setMinimumWidth(220)
        number = QLabel()
        number.setMinimumWidth(28)
        self.quality.valueChanged.connect(lambda value: number.setText(str(value)))
        self.quality.setValue(ImageOptions().quality)
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.quality)
        layout.addWidget(number)
        self.add("Quality", row, "100 is the largest file with the fewest traces of compression")
        self.lossless = QCheckBox("Keep every pixel as it is")
        self.lossless.setChecked(path.suffix.lower() == ".webp")
        if path.suffix.lower() == ".webp":
            self.add("Lossless", self.lossless, "Larger, and exactly what you see")
            self.lossless.toggled.connect(self.quality.setDisabled)
            self.quality.setDisabled(True)

    def accept(self) -> None:
        """Say what was chosen."""
        self.chosen.emit(
            ImageOptions(quality=self.quality.value(), lossless=self.lossless.isChecked())
        )
        super().accept()
