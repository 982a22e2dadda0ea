"""Asks for another size of the picture or of its canvas."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QSpinBox, QWidget

from scumble_editor.document.edits.canvas import Resampling
from scumble_editor.ui.dialogs.frame import Dialog
from scumble_protocol.geometry import Extent

_LARGEST_PX = 32_768


class _Size(Dialog):
    """Width and height, kept in proportion where wished."""

    def __init__(self, size: Extent, parent: QWidget | None, title: str, linked: bool) -> None:
        super().__init__(parent, title)
        self._ratio = size.width / size.height
        self.wide, self.high = _side(size.width), _side(size.height)
        self.add("Width", self.wide, "New width in pixels")
        self.add("Height", self.high, "New height in pixels")
        self.linked = QCheckBox("Keep proportions")
        self.linked.setChecked(linked)
        self.add("", self.linked, "Change width and height together")
        self.wide.valueChanged.connect(lambda value: self._follow(self.high, value / self._ratio))
        self.high.valueChanged.connect(lambda value: self._follow(self.wide, value * self._ratio))

    @property
    def extent(self) -> Extent:
        """The size asked for."""
        return Extent(self.wide.value(), self.high.value())

    def _follow(self, field: QSpinBox, value: float) -> None:
        if self.linked.isChecked():
            field.blockSignals(True)
            field.setValue(max(round(value), 1))
            field.blockSignals(False)


class ScalePicture(_Size):
    """Signals:
    chosen: an Extent and a Resampling.
    """

    chosen = Signal(object, object)

    def __init__(self, size: Extent, parent: QWidget | None = None) -> None:
        super().__init__(size, parent, "Scale picture", linked=True)
        self.way = QComboBox()
        for way in Resampling:
            self.way.addItem(way.name.capitalize(), way)
        self.way.setCurrentIndex(self.way.findData(Resampling.CUBIC))
        self.add("Resampling", self.way, "Nearest keeps pixel art sharp; cubic suits photographs")

    def accept(self) -> None:
        """Say what was chosen."""
        self.chosen.emit(self.extent, self.way.currentData())
        super().accept()


class ResizeCanvas(_Size):
    """Signals:
    chosen: an Extent, and the room added at the left and at the top.
    """

    chosen = Signal(object, int, int)

    def __init__(self, size: Extent, parent: QWidget | None = None) -> None:
        super().__init__(size, parent, "Canvas size", linked=False)
        self._before = size
        self.anchor = QComboBox()
        for name, across, down in _ANCHORS:
            self.anchor.addItem(name, (across, down))
        self.anchor.setCurrentIndex(4)
        self.add("Picture stays", self.anchor, "Where the picture is on the new canvas")

    def accept(self) -> None:
        """Say what was chosen."""
        across, down = self.anchor.currentData()
        left = round((self.extent.width - self._before.width) * across)
        top = round((self.extent.height - self._before.height) * down)
        self.chosen.emit(self.extent, left, top)
        super().accept()


_ANCHORS = tuple(
    (f"{row} {column}".strip().capitalize() if (row, column) != ("", "") else "Centre", x, y)
    for row, y in (("top", 0.0), ("", 0.5), ("bottom", 1.0))
    for column, x in (("left", 0.0), ("", 0.5), ("right", 1.0))
)


def _side(value: int) -> QSpinBox:
    field = QSpinBox()
    field.setRange(1, _LARGEST_PX)
    field.setSuffix(" px")
    field.setValue(value)
    return field
