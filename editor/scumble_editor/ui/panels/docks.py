"""Which panels there are and where they stand at first."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

from scumble_editor.ui.bound_actions import BoundActions
from scumble_editor.ui.desk import Desk
from scumble_editor.ui.panels.tool_options import ToolOptions

_RIGHT = Qt.DockWidgetArea.RightDockWidgetArea


class Docks:
    """The docks of a window, all on the right at first."""

    def __init__(self, desk: Desk, actions: BoundActions, window: QMainWindow) -> None:
        self._window = window
        self.all: list[QDockWidget] = []
        self.tool_options = ToolOptions(desk.session)
        self.add("tool_options", "Tool Options", self.tool_options)
        del actions

    def add(self, name: str, title: str, panel: QWidget) -> QDockWidget:
        """Add a panel at the end of the right column; its name is remembered in the layout."""
        dock = QDockWidget(title, self._window)
        dock.setObjectName(name)
        dock.setWidget(panel)
        dock.setFeatures(
            QDockWidget.DockWidgetFeature.DockWidgetMovable
            | QDockWidget.DockWidgetFeature.DockWidgetClosable
            | QDockWidget.DockWidgetFeature.DockWidgetFloatable
        )
        self._window.addDockWidget(_RIGHT, dock)
        self.all.append(dock)
        return dock

    def dress(self) -> None:
        """Take the colours of the theme."""
        self.tool_options.rebuild()
