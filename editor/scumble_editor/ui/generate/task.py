"""What is to be done: chosen by what is selected, changeable, explained; and what it needs more."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from scumble_editor.generation.actions import ABOUT, PaintAction
from scumble_editor.generation.settings import Settings
from scumble_editor.ui.generate.fields import faint
from scumble_editor.ui.generate.generation import Generation
from scumble_editor.ui.generate.needs import DepthField, EnlargeFields, SidesFields
from scumble_editor.ui.session import EditorSession


class TaskField(QWidget):
    """The list of actions, a sentence about the chosen one, and what that one needs besides."""

    def __init__(
        self, generation: Generation, session: EditorSession, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.box = QComboBox()
        self.box.setAccessibleName("What to do")
        self.box.setToolTip("What the model should do; it follows what is selected")
        self.box.setMaxVisibleItems(len(ABOUT))
        for action, about in ABOUT.items():
            self.box.addItem(about.title, action)
            index = self.box.count() - 1
            self.box.setItemData(index, about.explains, Qt.ItemDataRole.ToolTipRole)
        self.explains = faint("")
        self.sides = SidesFields(generation)
        self.depths = DepthField(generation, session)
        self.enlarge = EnlargeFields(generation)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for widget in (self.box, self.explains, self.sides, self.depths, self.enlarge):
            column.addWidget(widget)
        self.box.activated.connect(lambda index: generation.choose(list(ABOUT)[index]))
        generation.settings_changed.connect(self.show_settings)
        self.show_settings(generation.settings)

    def show_settings(self, settings: Settings) -> None:
        """Show the action and what it needs."""
        self.box.setCurrentIndex(self.box.findData(settings.action))
        self.explains.setText(ABOUT[settings.action].explains)
        for fields, action in (
            (self.sides, PaintAction.EXPAND),
            (self.depths, PaintAction.DEPTH),
            (self.enlarge, PaintAction.UPSCALE),
        ):
            fields.setVisible(settings.action is action)
            fields.show_settings(settings)
