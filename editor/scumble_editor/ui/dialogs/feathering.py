"""Softens the edge of a result anew, seen on the canvas as the width is dragged."""

from PySide6.QtWidgets import QComboBox, QWidget

from scumble_editor.document.document import Document
from scumble_editor.document.layer import Layer
from scumble_editor.document.selection import Selection
from scumble_editor.generation.feathering import refeathered
from scumble_editor.generation.recipes import settings_of
from scumble_editor.ui.dialogs.frame import Dialog
from scumble_editor.ui.open_document import OpenDocument
from scumble_editor.ui.widgets.slider import NumberSlider
from scumble_protocol.errors import ScumbleError
from scumble_protocol.tasks import Direction

WIDEST_PX = 300
_DIRECTIONS = {
    Direction.INSIDE: "Inside the place",
    Direction.CENTRED: "On both sides",
    Direction.OUTSIDE: "Outside the place",
}


class FeatherDialog(Dialog):
    """One width, one choice of side; the mask is the layer's once it is accepted."""

    def __init__(
        self,
        opened: OpenDocument,
        layer: Layer,
        selection: Selection | None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, "Feather Again", "Soften")
        self._opened = opened
        self._layer = layer
        self._selection = selection
        asked = settings_of(layer.recipe or "")
        self.width_px = NumberSlider(0, WIDEST_PX, asked.feather or 20, suffix=" px")
        self.side = QComboBox()
        for direction, text in _DIRECTIONS.items():
            self.side.addItem(text, direction)
        self.side.setCurrentIndex(self.side.findData(asked.direction))
        self.add("Width", self.width_px, "Over how many pixels the result fades out")
        self.add("Fades", self.side, "On which side of the edge of the place it fades")
        self.width_px.changed.connect(self._preview)
        self.side.currentIndexChanged.connect(self._preview)
        self.accepted.connect(self._finish)
        self.rejected.connect(lambda: opened.preview(None))
        self._preview()

    def _edit(self, document: Document) -> Document:
        width, direction = float(self.width_px.value), Direction(self.side.currentData())
        fresh = refeathered(self._layer, self._selection, width, direction)
        return document.changed(self._layer.id, lambda _: fresh)

    def _preview(self, _: object = None) -> None:
        try:
            self._opened.preview(self._edit(self._opened.document))
        except ScumbleError:  # said when it is accepted
            self._opened.preview(None)

    def _finish(self) -> None:
        self._opened.apply(self._edit, "Feather again")
