"""The editor's window as it is started, and the end of the daemon that it has started."""

import contextlib
from collections.abc import Iterator

import psutil
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from scumble_editor.app import application, make_window
from scumble_editor.ui.main_window import MainWindow
from scumble_protocol.client import Client
from scumble_protocol.errors import ScumbleError
from scumble_protocol.launch import running_daemon


@contextlib.contextmanager
def opened_window(qtbot: QtBot) -> Iterator[MainWindow]:
    """Show a window; at the end its pictures and itself are closed, saved or not."""
    application()
    made = make_window()
    made.show()
    qtbot.waitExposed(made)
    try:
        yield made
    finally:
        for opened in list(made.session.documents):
            made.session.close(opened)
        made.close()
        made.deleteLater()
        QApplication.processEvents()


def end_daemon() -> None:
    """End the daemon of this home, where one runs, and wait for its end."""
    where = running_daemon()
    if where is None or where.pid is None:
        return
    process = psutil.Process(where.pid)
    with contextlib.suppress(ScumbleError), Client.connect(where) as client:
        client.shutdown()
    psutil.wait_procs([process], timeout=60)
