"""Selects by depth: a range on the histogram of a depth map, seen on the canvas while dragged."""

from PySide6.QtWidgets import QLabel, QWidget

from scumble_editor.document.document import Document
from scumble_editor.document.edits.selection import select
from scumble_editor.document.formats import Pixels
from scumble_editor.document.selection import Selection
from scumble_editor.generation.finding import histogram, within_depths
from scumble_editor.ui.dialogs.frame import Dialog
from scumble_editor.ui.dialogs.select_by_words import ways_field
from scumble_editor.ui.open_document import OpenDocument
from scumble_editor.ui.widgets.range_bar import RangeBar
from scumble_editor.ui.widgets.slider import NumberSlider
from scumble_protocol.geometry import Point

_NEAR_HALF = (128, 255)
_USUAL_SOFTNESS = 12
_SOFTEST = 64


class DepthRangeDialog(Dialog):
    """Far is at the left, near at the right; the selection is one step once it is accepted."""

    def __init__(
        self, opened: OpenDocument, depth: Pixels, at: Point, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent, "Select by Depth", "Select")
        self._opened = opened
        self._depth = depth
        self._at = at
        self.range = RangeBar(histogram(depth), *_NEAR_HALF)
        self.range.setAccessibleName("Depths, from far to near")
        self.softness = NumberSlider(0, _SOFTEST, _USUAL_SOFTNESS)
        self.how = ways_field()
        note = QLabel("Far is at the left, near at the right.")
        note.setProperty("faint", True)
        self.body.insertWidget(0, self.range)
        self.body.insertWidget(1, note)
        self.add("Softness", self.softness, "Over how many levels it fades beyond either end")
        self.add("Put it", self.how, "How this place meets the selection")
        self.range.changed.connect(self._preview)
        self.softness.changed.connect(self._preview)
        self.how.currentIndexChanged.connect(self._preview)
        self.accepted.connect(lambda: opened.apply(self._edit, "Select by depth"))
        self.rejected.connect(lambda: opened.preview(None))
        self._preview()

    def _edit(self, document: Document) -> Document:
        far, near = self.range.ends
        place = within_depths(self._depth, far, near, int(self.softness.value))
        return select(document, Selection.of(place, self._at), self.how.currentData())

    def _preview(self, *_: object) -> None:
        self._opened.preview(self._edit(self._opened.document))
