"""The window: menus, tools, pictures in tabs, docks beside them, messages beneath."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QByteArray, QEvent, QSize, Qt, QTimer
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QMainWindow,
    QMenu,
    QStackedWidget,
    QWidget,
)

from scumble_editor.tools.toolbox import GROUPS
from scumble_editor.ui import settings as settings_store
from scumble_editor.ui import theme
from scumble_editor.ui.actions.action import Action
from scumble_editor.ui.actions.table import ACTIONS, action
from scumble_editor.ui.bound_actions import BoundActions
from scumble_editor.ui.canvas.canvas import Canvas
from scumble_editor.ui.commands import files
from scumble_editor.ui.desk import Desk
from scumble_editor.ui.dialogs.preferences import PAINTING_PAGE, Preferences
from scumble_editor.ui.generate.generation import Generation
from scumble_editor.ui.guide import Guide
from scumble_editor.ui.messages import Messages
from scumble_editor.ui.on_canvas.on_canvas import OnCanvas
from scumble_editor.ui.open_document import OpenDocument
from scumble_editor.ui.panels.docks import Docks
from scumble_editor.ui.panels.toolbox import Toolbox
from scumble_editor.ui.picture_tabs import PictureTabs
from scumble_editor.ui.session import EditorSession
from scumble_editor.ui.settings import Settings
from scumble_editor.ui.shortcuts import keys_of
from scumble_editor.ui.widgets.command_search import CommandSearch, native
from scumble_editor.ui.widgets.connection_word import ConnectionWord
from scumble_editor.ui.widgets.message_bar import MessageBar
from scumble_editor.ui.widgets.status_bar import StatusBar
from scumble_editor.ui.widgets.welcome import Welcome
from scumble_editor.ui.window_title import title_of
from scumble_editor.ui.work import Works

_LAYOUT = 3
"""Version of the docks; a layout remembered from another is not taken up."""

_NARROWEST_PX = 420


class MainWindow(QMainWindow):
    """Shows a session. Other parts of the program add docks by `docks.add` and overlays on
    the canvases, of which `canvas` is the one in front.
    """

    def __init__(
        self, settings: Settings, messages: Messages, journals: Path | None = None
    ) -> None:
        super().__init__()
        self.settings = settings
        self.messages = messages
        self.works = Works(messages.report, self)
        self.session = EditorSession(settings, messages, journals, self)
        self.generation = Generation(self.session, self.works, self)
        self.on_canvas = OnCanvas(self.session, self.generation, self)
        self.desk = Desk(
            window=self,
            session=self.session,
            works=self.works,
            generation=self.generation,
            on_canvas=self.on_canvas,
            messages=messages,
            settings=settings,
            canvas=self.canvas,
            search=self._search,
            show_preferences=self._show_preferences,
            begin_first_steps=lambda: self.guide.begin(),
        )
        self.setWindowTitle("Scumble")
        self.setAcceptDrops(True)
        self.setDockOptions(
            QMainWindow.DockOption.AllowTabbedDocks
            | QMainWindow.DockOption.AnimatedDocks
            | QMainWindow.DockOption.GroupedDragging
        )
        self.actions_ = BoundActions(self.desk, self)
        self.tabs = PictureTabs(self.desk)
        self.welcome = Welcome(settings)
        self._pages = QStackedWidget()
        self._build()
        self._connect()
        self._closing = False
        self._restore()

    def canvas(self) -> Canvas | None:
        """Return the canvas in front."""
        opened = self.session.current
        return None if opened is None else self.tabs.canvas_of(opened)

    def _build(self) -> None:
        self._pages.addWidget(self.welcome)
        self._pages.addWidget(self.tabs)
        self._pages.setMinimumWidth(_NARROWEST_PX)  # the cards of the welcome page would want more
        self.setCentralWidget(self._pages)
        menus = self.actions_.fill(self.menuBar())
        self._recent = QMenu("Open Recent", self)
        menus["File"].insertMenu(self.actions_.by_id["file.sample"], self._recent)
        self.toolbox = Toolbox(self.session, self)
        for number, group in enumerate(GROUPS):
            if number:
                self.toolbox.addSeparator()
            for tool in group:
                self.toolbox.addAction(self.actions_.by_id[f"tool.{tool.id}"])
        self.toolbox.finish()
        self.addToolBar(Qt.ToolBarArea.LeftToolBarArea, self.toolbox)
        self.docks = Docks(self.desk, self.actions_, self)
        menus["View"].addSeparator()
        panels = menus["View"].addMenu("Panels")
        for dock in self.docks.all:
            panels.addAction(dock.toggleViewAction())
        self.status = StatusBar(self.session, self.works, self)
        self.connection_word = ConnectionWord(self.generation)
        self.connection_word.wanted.connect(lambda: self._show_preferences(PAINTING_PAGE))
        self.status.insertPermanentWidget(1, self.connection_word)  # behind the hint
        self.setStatusBar(self.status)
        self.message_bar = MessageBar(self.messages, self._pages)
        self.guide = Guide(self.desk, self._pages)
        self.guide.model_wanted.connect(lambda: self.run("generate.models"))
        self.command_search = CommandSearch(
            ACTIONS,
            lambda entry: entry.enabled(self.session),
            lambda entry: native(keys_of(entry, self.settings)),
            self,
        )

    def _connect(self) -> None:
        session = self.session
        session.opened.connect(self._add)
        session.closed.connect(self._remove)
        session.current_changed.connect(self._show)
        session.changed.connect(self._title)
        self.generation.jobs.changed.connect(lambda _: self._title())
        session.leaving = self._leave_tool
        self.welcome.wanted.connect(lambda name: self.run(name))
        self.welcome.recent_wanted.connect(lambda path: files.open_paths(self.desk, [path]))
        self.command_search.chosen.connect(self.run)
        self._recent.aboutToShow.connect(self._fill_recent)
        self.message_bar.installEventFilter(self)

    def run(self, action_id: str) -> None:
        """Do what an action does."""
        self.actions_.run(action(action_id))

    def enabled(self, entry: Action) -> bool:
        """Tell whether an action makes sense now."""
        return entry.enabled(self.session)

    # Pictures -----------------------------------------------------------------------------

    def _add(self, opened: OpenDocument) -> None:
        self.tabs.add(opened)
        self._pages.setCurrentWidget(self.tabs)

    def _remove(self, opened: OpenDocument) -> None:
        self.tabs.remove(opened)
        if not self.tabs.count():
            self.welcome.refresh()
            self._pages.setCurrentWidget(self.welcome)

    def _show(self, opened: OpenDocument | None) -> None:
        canvas = self.canvas()
        self.status.follow(canvas)
        if canvas is not None:
            self.tabs.setCurrentWidget(canvas)
            canvas.setFocus()
        del opened
        self._title()

    def _title(self) -> None:
        opened = self.session.current
        title = title_of(opened, self.generation)
        if title != self.windowTitle():
            self.setWindowTitle(title)
        self.setWindowModified(opened is not None and opened.modified)

    def _leave_tool(self) -> None:
        canvas = self.canvas()
        if canvas is not None:
            canvas.gestures.leave()

    def _fill_recent(self) -> None:
        self._recent.clear()
        for name in self.settings.recent:
            path = Path(name)
            entry = self._recent.addAction(path.name)
            entry.setToolTip(name)
            entry.triggered.connect(partial(files.open_paths, self.desk, [path]))
        if not self.settings.recent:
            self._recent.addAction("Nothing yet").setEnabled(False)

    # The program --------------------------------------------------------------------------

    def _search(self) -> None:
        self.command_search.begin()

    def _show_preferences(self, page: int) -> None:
        link = self.session.link
        Preferences(ACTIONS, self.settings, self._settings_changed, link, self, page).open()

    def _settings_changed(self) -> None:
        application = QApplication.instance()
        if isinstance(application, QApplication):
            theme.apply(application, self.settings.theme)
        self.refresh_theme()
        self._remember()

    def refresh_theme(self) -> None:
        """Take the colours of the theme and the keys of the settings."""
        self.actions_.dress()
        self.docks.dress()
        self.tabs.dress()
        self.welcome.refresh()
        self.guide.card.dress()
        self.message_bar.dress()
        canvas = self.canvas()
        if canvas is not None:
            canvas.update()

    def _restore(self) -> None:
        self.resize(QSize(1440, 900).boundedTo(self.screen().availableSize()))
        if self.settings.geometry:
            self.restoreGeometry(QByteArray.fromBase64(self.settings.geometry.encode()))
        if self.settings.layout:
            self.restoreState(QByteArray.fromBase64(self.settings.layout.encode()), _LAYOUT)

    def _remember(self) -> None:
        self.session.remember_tools()
        self.settings.geometry = bytes(self.saveGeometry().toBase64().data()).decode()
        self.settings.layout = bytes(self.saveState(_LAYOUT).toBase64().data()).decode()
        settings_store.save(self.settings, settings_store.settings_file())

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """Ask for what is not saved; go once all of it is answered."""
        if self.session.documents and not self._closing:
            event.ignore()
            files.close_all(self.desk, self._finish)
            return
        self._remember()
        self.works.stop()
        self.on_canvas.stop()
        self.generation.stop()
        event.accept()

    def _finish(self) -> None:
        self._closing = True
        QTimer.singleShot(0, self, self.close)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        """Take files and pictures."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        """Open files that are dropped."""
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            files.open_paths(self.desk, paths)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Keep the messages at the lower edge."""
        super().resizeEvent(event)
        self._place_messages()
        self.guide.place()

    def eventFilter(self, watched: QWidget, event: QEvent) -> bool:  # type: ignore[override]  # noqa: N802
        """Put the message bar in its place when it comes up."""
        if watched is self.message_bar and event.type() == QEvent.Type.Show:
            QTimer.singleShot(0, self, self._place_messages)
        return super().eventFilter(watched, event)

    def _place_messages(self) -> None:
        width = min(self._pages.width() - 40, 640)
        self.message_bar.setFixedWidth(max(width, 200))
        self.message_bar.adjustSize()
        left = (self._pages.width() - self.message_bar.width()) // 2
        self.message_bar.move(left, self._pages.height() - self.message_bar.height() - 16)
