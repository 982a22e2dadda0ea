"""The open pictures in tabs, each under a canvas of its own."""

from functools import partial

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QTabWidget, QToolButton

from scumble_editor.ui import theme
from scumble_editor.ui.canvas.canvas import Canvas
from scumble_editor.ui.commands import files
from scumble_editor.ui.desk import Desk
from scumble_editor.ui.open_document import OpenDocument


class PictureTabs(QTabWidget):
    """Shows the documents of a session; the session is told which tab is in front."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._canvases: dict[OpenDocument, Canvas] = {}
        self.setDocumentMode(True)
        self.setTabsClosable(True)
        self.setMovable(True)
        self.currentChanged.connect(self._choose)
        self.tabCloseRequested.connect(self._close)

    def canvas_of(self, opened: OpenDocument) -> Canvas | None:
        """Return the canvas of a document, where it has one."""
        return self._canvases.get(opened)

    def add(self, opened: OpenDocument) -> None:
        """Give a document a canvas and a tab."""
        canvas = Canvas(self._desk.session, opened, self._desk.works)
        self._desk.on_canvas.add(canvas)
        self._canvases[opened] = canvas
        opened.renamed.connect(partial(self._rename, opened))
        index = self.addTab(canvas, opened.name)
        button = QToolButton()
        button.setObjectName("close")
        button.setIcon(theme.icon("close"))
        button.setIconSize(QSize(12, 12))
        button.setToolTip("Close this picture (Ctrl+W)")
        button.clicked.connect(lambda: files.close_document(self._desk, opened))
        self.tabBar().setTabButton(index, self.tabBar().ButtonPosition.RightSide, button)
        self._rename(opened)

    def remove(self, opened: OpenDocument) -> None:
        """Take a document's tab away."""
        canvas = self._canvases.pop(opened)
        self.removeTab(self.indexOf(canvas))
        canvas.deleteLater()

    def dress(self) -> None:
        """Take the icons of the theme."""
        for button in self.tabBar().findChildren(QToolButton, "close"):
            button.setIcon(theme.icon("close"))

    def _choose(self, index: int) -> None:
        widget = self.widget(index)
        if isinstance(widget, Canvas):
            self._desk.session.show(widget.opened)

    def _close(self, index: int) -> None:
        widget = self.widget(index)
        if isinstance(widget, Canvas):
            files.close_document(self._desk, widget.opened)

    def _rename(self, opened: OpenDocument) -> None:
        canvas = self._canvases.get(opened)
        if canvas is None:
            return
        index = self.indexOf(canvas)
        mark = " •" if opened.modified else ""
        self.setTabText(index, f"{opened.name}{mark}")
        where = str(opened.path) if opened.path is not None else "Not saved yet"
        self.setTabToolTip(index, where)
