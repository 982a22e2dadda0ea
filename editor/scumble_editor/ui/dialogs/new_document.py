"""Asks for the size and the ground of a new picture."""

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QSpinBox, QWidget

from scumble_editor.document.document import Document, Metadata
from scumble_editor.document.layer import Layer
from scumble_editor.document.tiles import Tiles
from scumble_editor.tools.stage import Rgb
from scumble_editor.ui.dialogs.frame import Dialog
from scumble_protocol.geometry import Extent

PRESETS: tuple[tuple[str, int, int], ...] = (
    ("Square, 1024", 1024, 1024),
    ("Square, 2048", 2048, 2048),
    ("Full HD, 1920 × 1080", 1920, 1080),
    ("4K, 3840 × 2160", 3840, 2160),
    ("A4 at 300 dpi", 2480, 3508),
    ("Postcard at 300 dpi", 1748, 1240),
)
LARGEST_PX = 16_384


class NewDocument(Dialog):
    """Width, height, resolution and background.

    Signals:
        made: a Document.
    """

    made = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, "New picture", "Create")
        self.preset = QComboBox()
        self.preset.addItem("Own size")
        for name, _, _ in PRESETS:
            self.preset.addItem(name)
        self.add("Preset", self.preset, "Sizes that are often used")
        self.width_px, self.height_px = _side(1920), _side(1080)
        self.add("Width", self.width_px, "Width of the canvas in pixels")
        self.add("Height", self.height_px, "Height of the canvas in pixels")
        self.dpi = QDoubleSpinBox()
        self.dpi.setRange(1, 2400)
        self.dpi.setDecimals(0)
        self.dpi.setSuffix(" dpi")
        self.dpi.setValue(300)
        self.add("Resolution", self.dpi, "Only matters in print; pixels stay the same")
        self.ground = QComboBox()
        self.ground.addItems(["White", "Transparent", "Black", "Mid grey"])
        self.add("Background", self.ground, "What the first layer is filled with")
        self.preset.activated.connect(self._take_preset)
        self.preset.setCurrentIndex(3)

    def document(self) -> Document:
        """Return the picture that was asked for."""
        grounds: tuple[Rgb | None, ...] = (
            (255, 255, 255),
            None,
            (0, 0, 0),
            (128, 128, 128),
        )
        return blank_document(
            Extent(self.width_px.value(), self.height_px.value()),
            grounds[self.ground.currentIndex()],
            self.dpi.value(),
        )

    def accept(self) -> None:
        """Make the picture."""
        self.made.emit(self.document())
        super().accept()

    def _take_preset(self, index: int) -> None:
        if index > 0:
            _, width, height = PRESETS[index - 1]
            self.width_px.setValue(width)
            self.height_px.setValue(height)


def blank_document(
    size: Extent, ground: Rgb | None = (255, 255, 255), dpi: float = 300
) -> Document:
    """Return a picture of one layer in one colour with an empty one above it to paint on."""
    metadata = Metadata(resolution_dpi=(dpi, dpi))
    paint = Layer(name="Layer 1")
    if ground is None:
        return Document(size=size, layers=(paint,), active_id=paint.id, metadata=metadata)
    pixels = Tiles().filled(size.bounds, np.array((*ground, 255), np.uint8))
    background = Layer(name="Background", pixels=pixels)
    layers = (background, paint)
    return Document(size=size, layers=layers, active_id=paint.id, metadata=metadata)


def _side(value: int) -> QSpinBox:
    field = QSpinBox()
    field.setRange(1, LARGEST_PX)
    field.setSuffix(" px")
    field.setValue(value)
    return field
