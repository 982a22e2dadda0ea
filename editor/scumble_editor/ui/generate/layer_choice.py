"""A list of the layers of the picture in front, to choose one that a model looks at."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QWidget

from scumble_editor.document.layer import Layer
from scumble_editor.ui.session import EditorSession


class LayerChoice(QComboBox):
    """Offers every layer, and where none need be chosen that too, as `otherwise`.

    Signals:
        chosen: the id of a layer, or None.
    """

    chosen = Signal(object)

    def __init__(
        self, session: EditorSession, name: str, otherwise: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._otherwise = otherwise
        self._offered: list[tuple[str | None, str]] = []
        self._wanted: str | None = None
        self.setAccessibleName(name)
        policy = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        self.setSizeAdjustPolicy(policy)
        self.activated.connect(lambda index: self.chosen.emit(self.itemData(index)))
        session.changed.connect(self.refresh)
        self.refresh()

    def show_layer(self, layer_id: str | None) -> None:
        """Show a layer as the one chosen."""
        self._wanted = layer_id
        self.setCurrentIndex(max(self.findData(layer_id), 0))

    def refresh(self) -> None:
        """Offer the layers that there are now."""
        opened = self._session.current
        nodes = () if opened is None else opened.document.walk()
        offered: list[tuple[str | None, str]] = []
        if self._otherwise:
            offered.append((None, self._otherwise))
        offered += [(node.id, node.name) for node in nodes if isinstance(node, Layer)]
        if offered == self._offered:
            return
        self._offered = offered
        self.clear()
        for layer_id, title in offered:
            self.addItem(title, layer_id)
        self.show_layer(self._wanted)
