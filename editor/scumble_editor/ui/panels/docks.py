"""Which panels there are and where they stand at first."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QTabWidget, QWidget

from scumble_editor.tools.tool import Tool
from scumble_editor.ui.bound_actions import BoundActions
from scumble_editor.ui.commands import finding, parameters
from scumble_editor.ui.desk import Desk
from scumble_editor.ui.generate.panel import GeneratePanel
from scumble_editor.ui.panels.colour import ColourPanel
from scumble_editor.ui.panels.history import HistoryPanel
from scumble_editor.ui.panels.layers import LayersPanel
from scumble_editor.ui.panels.navigator import NavigatorPanel
from scumble_editor.ui.panels.painted import PaintedPanel
from scumble_editor.ui.panels.tool_options import ToolOptions

_LEFT = Qt.DockWidgetArea.LeftDockWidgetArea
_RIGHT = Qt.DockWidgetArea.RightDockWidgetArea


class Docks:
    """The docks of a window: painting with models on the left, all else on the right at first.

    Other parts of the program add theirs by `add`.
    """

    def __init__(self, desk: Desk, actions: BoundActions, window: QMainWindow) -> None:
        self._window = window
        self.all: list[QDockWidget] = []
        window.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        self.colour = ColourPanel(desk)
        self.navigator = NavigatorPanel(desk)
        self.tool_options = ToolOptions(desk.session)
        self.layers = LayersPanel(desk, actions)
        self.history = HistoryPanel(desk)
        self.generate = GeneratePanel(desk.generation, desk.session)
        self.generate.add_beside_paint(actions.by_id["generate.live"])
        self.generate.running.take.clicked.connect(desk.on_canvas.take_now)
        self.generate.dropped.connect(lambda path: parameters.take_from(desk, path))
        desk.generation.finished.connect(
            lambda result, opened: finding.offer_depth(desk, result, opened)
        )
        generate = self.add("generate", "Generate", self.generate, area=_LEFT)
        desk.on_canvas.follow(generate)
        colour = self.add("colour", "Colour", self.colour)
        self.add("navigator", "Navigator", self.navigator, beside=colour)
        options = self.add("tool_options", "Tool Options", self.tool_options)
        desk.session.tool_changed.connect(lambda tool: options.setWindowTitle(_named(tool)))
        options.setWindowTitle(_named(desk.session.tool))
        layers = self.add("layers", "Layers", self.layers)
        self.add("history", "History", self.history, beside=layers)
        self.painted = PaintedPanel(desk)
        self.add("painted", "Painted", self.painted, beside=layers)
        for dock in (colour, layers):
            dock.raise_()
        window.resizeDocks([colour, options, layers], [270, 285, 300], Qt.Orientation.Vertical)
        window.resizeDocks([generate, colour], [292, 272], Qt.Orientation.Horizontal)

    def add(
        self,
        name: str,
        title: str,
        panel: QWidget,
        *,
        beside: QDockWidget | None = None,
        area: Qt.DockWidgetArea = _RIGHT,
    ) -> QDockWidget:
        """Add a panel at the end of a column, the right one at first, or in a tab beside another.

        Its name is how the layout is remembered.
        """
        dock = QDockWidget(title, self._window)
        dock.setObjectName(name)
        dock.setWidget(panel)
        features = QDockWidget.DockWidgetFeature
        dock.setFeatures(
            features.DockWidgetMovable | features.DockWidgetClosable | features.DockWidgetFloatable
        )
        self._window.addDockWidget(area, dock)
        if beside is not None:
            self._window.tabifyDockWidget(beside, dock)
            for tabbed in (beside, dock):
                _hide_title(tabbed)
        dock.toggleViewAction().setToolTip(f"Show the panel “{title}”, or hide it")
        self.all.append(dock)
        return dock

    def dress(self) -> None:
        """Take the colours of the theme."""
        self.tool_options.rebuild()
        self.colour.dress()
        self.generate.dress()
        self.layers.refresh()
        self.history.refresh()
        self.painted.dress()


def _named(tool: Tool) -> str:
    return f"{tool.title.title()} Options"


def _hide_title(dock: QDockWidget) -> None:
    """Leave the title to the tab, as long as the dock is in one."""
    if dock.titleBarWidget() is not None:
        return
    nothing = QWidget(dock)

    def show_title(floating: bool) -> None:
        dock.setTitleBarWidget(None if floating else nothing)  # type: ignore[arg-type]

    dock.topLevelChanged.connect(show_title)
    dock.setTitleBarWidget(nothing)
