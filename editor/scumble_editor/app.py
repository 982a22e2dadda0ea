"""Starts the program: settings, looks, the window, what to open, what a crash left behind."""

import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from scumble_editor.ui import icons, theme
from scumble_editor.ui import settings as settings_store
from scumble_editor.ui.commands import files, recovering
from scumble_editor.ui.main_window import MainWindow
from scumble_editor.ui.messages import Messages
from scumble_protocol.endpoint import folders


def application(arguments: Sequence[str] = ()) -> QApplication:
    """Return the one QApplication, made and dressed where there is none yet."""
    known = QApplication.instance()
    if isinstance(known, QApplication):
        return known
    made = QApplication(["scumble", *arguments])
    made.setApplicationName("scumble")
    made.setApplicationDisplayName("Scumble")
    made.setDesktopFileName("scumble")
    made.setWindowIcon(icons.application_icon())
    return made


def make_window(journals: Path | None = None) -> MainWindow:
    """Return the window with the painter's settings, not yet shown."""
    settings = settings_store.load(settings_store.settings_file())
    theme.apply(application(), settings.theme)
    return MainWindow(settings, Messages(), journals)


def run(paths: Sequence[Path] = ()) -> int:
    """Open the window with some files and stay until it is closed; returns the exit code."""
    program = application()
    journals = folders().data / "journals"
    window = make_window(journals)
    _report_the_unforeseen(window.messages)
    window.show()
    QTimer.singleShot(0, window, lambda: _begin(window, paths))
    code = program.exec()
    window.deleteLater()
    return code


def _begin(window: MainWindow, paths: Sequence[Path]) -> None:
    recovering.offer(window.desk)
    if window.settings.first_steps:
        window.guide.begin()
    files.open_paths(window.desk, paths)
    window.generation.begin()


def _report_the_unforeseen(messages: Messages) -> None:
    """Have errors that nobody catches told to the painter instead of ending in a terminal."""

    def report(kind: type[BaseException], error: BaseException, trace: object) -> None:
        del kind, trace
        messages.report(error)

    sys.excepthook = report
