"""What is to be done: chosen by what is selected, changeable, explained; and what it needs more."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QGridLayout, QVBoxLayout, QWidget

from scumble_editor.document.layer import Layer
from scumble_editor.generation.actions import ABOUT, PaintAction
from scumble_editor.generation.settings import Settings, Sides
from scumble_editor.ui.generate.fields import faint
from scumble_editor.ui.generate.generation import Generation
from scumble_editor.ui.session import EditorSession
from scumble_editor.ui.widgets.slider import NumberSlider

MOST_PX = 2048
_SIDES = (("left", 0, 0), ("right", 0, 1), ("top", 1, 0), ("bottom", 1, 1))


class TaskField(QWidget):
    """The list of actions, a sentence about the chosen one, and what that one needs besides."""

    def __init__(
        self, generation: Generation, session: EditorSession, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._generation = generation
        self._session = session
        self.box = QComboBox()
        self.box.setAccessibleName("What to do")
        self.box.setToolTip("What the model should do; it follows what is selected")
        self.box.setMaxVisibleItems(len(ABOUT))
        for action, about in ABOUT.items():
            self.box.addItem(about.title, action)
            index = self.box.count() - 1
            self.box.setItemData(index, about.explains, Qt.ItemDataRole.ToolTipRole)
        self.explains = faint("")
        self.sides = {name: self._side(name) for name, _, _ in _SIDES}
        self._sides = QWidget()
        grid = QGridLayout(self._sides)
        grid.setContentsMargins(0, 0, 0, 0)
        for name, row, column in _SIDES:
            grid.addWidget(self.sides[name], row, column)
        stack = QVBoxLayout(self)
        stack.setContentsMargins(0, 0, 0, 0)
        stack.setSpacing(6)
        self.depths = QComboBox()
        self.depths.setAccessibleName("Depth")
        self.depths.setToolTip(
            "Where the depth comes from: the picture itself, or a layer of greys, white is near"
        )
        self.depths.activated.connect(
            lambda index: generation.change(depth_layer=self.depths.itemData(index))
        )
        for widget in (self.box, self.explains, self._sides, self.depths):
            stack.addWidget(widget)
        self.box.activated.connect(lambda index: generation.choose(self.box.itemData(index)))
        generation.settings_changed.connect(self.show_settings)
        session.changed.connect(self._list_layers)
        self.show_settings(generation.settings)

    def show_settings(self, settings: Settings) -> None:
        """Show the action and what it needs."""
        self.box.setCurrentIndex(self.box.findData(settings.action))
        self.explains.setText(ABOUT[settings.action].explains)
        self._sides.setVisible(settings.action is PaintAction.EXPAND)
        self.depths.setVisible(settings.action is PaintAction.DEPTH)
        self._list_layers()
        for name, field in self.sides.items():
            field.set_value(getattr(settings.sides, name))

    def _list_layers(self) -> None:
        """Offer the layers of the picture in front as depths."""
        if self._generation.settings.action is not PaintAction.DEPTH:
            return
        opened = self._session.current
        nodes = () if opened is None else opened.document.walk()
        layers = [node for node in nodes if isinstance(node, Layer)]
        offered = [(None, "Depth of the picture"), *((n.id, f"Depth: {n.name}") for n in layers)]
        here = [
            (self.depths.itemData(i), self.depths.itemText(i)) for i in range(self.depths.count())
        ]
        if offered != here:
            self._fill_depth(offered)
        chosen = self.depths.findData(self._generation.settings.depth_layer)
        self.depths.setCurrentIndex(max(chosen, 0))

    def _fill_depth(self, offered: Sequence[tuple[str | None, str]]) -> None:
        self.depths.clear()
        for layer_id, title in offered:
            self.depths.addItem(title, layer_id)

    def _side(self, name: str) -> NumberSlider:
        field = NumberSlider(0, MOST_PX, 0, suffix=" px", curve=2, label=name.title())
        field.setAccessibleName(f"Expand {name}")
        field.setToolTip(f"How far the canvas grows at the {name}")
        field.changed.connect(lambda _: self._take_sides())
        return field

    def _take_sides(self) -> None:
        values = {name: round(field.value) for name, field in self.sides.items()}
        self._generation.change(sides=Sides(**values))
