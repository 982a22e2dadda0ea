"""A layer of greys that says how much each place may change, chosen from those of the picture."""

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QWidget

from scumble_editor.document.layer import Layer
from scumble_editor.ui.generate.fields import LABEL_PX
from scumble_editor.ui.generate.generation import Generation
from scumble_editor.ui.session import EditorSession

_NONE = "the same everywhere"


class StrengthMap(QWidget):
    """One list; hidden where the picture has no second layer to be a map."""

    def __init__(
        self, generation: Generation, session: EditorSession, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._generation = generation
        self._session = session
        self.box = QComboBox()
        self.box.setAccessibleName("Strength map")
        self.box.setToolTip(
            "A layer of greys: where it is white things change as far as the strength says, "
            "where it is black not at all. The model does not see the layer itself"
        )
        self.box.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        label = QLabel("Changes")
        label.setMinimumWidth(LABEL_PX)
        label.setToolTip(self.box.toolTip())
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(label)
        row.addWidget(self.box, 1)
        self.box.activated.connect(
            lambda index: generation.change(strength_layer=self.box.itemData(index))
        )
        generation.settings_changed.connect(self.refresh)
        session.changed.connect(self.refresh)
        self.refresh()

    def refresh(self, _: object = None) -> None:
        """Offer the layers of the picture in front."""
        opened = self._session.current
        nodes = () if opened is None else opened.document.walk()
        layers = [(node.id, f"as in “{node.name}”") for node in nodes if isinstance(node, Layer)]
        chosen = self._generation.settings.strength_layer
        self.setVisible(len(layers) > 1 or any(layer_id == chosen for layer_id, _ in layers))
        offered: list[tuple[str | None, str]] = [(None, _NONE), *layers]
        here = [(self.box.itemData(i), self.box.itemText(i)) for i in range(self.box.count())]
        if offered != here:
            self.box.clear()
            for layer_id, title in offered:
                self.box.addItem(title, layer_id)
        self.box.setCurrentIndex(max(self.box.findData(chosen), 0))
