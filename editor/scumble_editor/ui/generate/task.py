"""What is to be done: chosen by what is selected, changeable, explained; and what it needs more."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QSpinBox, QVBoxLayout, QWidget

from scumble_editor.generation.actions import ABOUT, PaintAction
from scumble_editor.generation.settings import Settings, Sides
from scumble_editor.ui.generate.generation import Generation
from scumble_editor.ui.generate.prompts import faint

MOST_PX = 4096
_SIDES = (("left", 0, 0), ("right", 0, 2), ("top", 1, 0), ("bottom", 1, 2))


class TaskField(QWidget):
    """The list of actions, a sentence about the chosen one, and the sides of an expansion."""

    def __init__(self, generation: Generation, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._generation = generation
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
            grid.addWidget(QLabel(name.title()), row, column)
            grid.addWidget(self.sides[name], row, column + 1)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        stack = QVBoxLayout(self)
        stack.setContentsMargins(0, 0, 0, 0)
        stack.setSpacing(6)
        for widget in (self.box, self.explains, self._sides):
            stack.addWidget(widget)
        self.box.activated.connect(lambda index: generation.choose(self.box.itemData(index)))
        generation.settings_changed.connect(self.show_settings)
        self.show_settings(generation.settings)

    def show_settings(self, settings: Settings) -> None:
        """Show the action and what it needs."""
        self.box.setCurrentIndex(self.box.findData(settings.action))
        self.explains.setText(ABOUT[settings.action].explains)
        self._sides.setVisible(settings.action is PaintAction.EXPAND)
        for name, field in self.sides.items():
            field.setValue(getattr(settings.sides, name))

    def _side(self, name: str) -> QSpinBox:
        field = QSpinBox()
        field.setRange(0, MOST_PX)
        field.setSingleStep(64)
        field.setSuffix(" px")
        field.setAccessibleName(f"Expand {name}")
        field.setToolTip(f"How far the canvas grows at the {name}")
        field.editingFinished.connect(self._take_sides)
        return field

    def _take_sides(self) -> None:
        values = {name: field.value() for name, field in self.sides.items()}
        self._generation.change(sides=Sides(**values))
