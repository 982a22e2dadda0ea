"""A window with settings of its own, closed and its threads ended after every test."""

import gc
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from zmq.utils.garbage import GarbageCollectorThread

from scumble_editor.ui import icons, theme
from scumble_editor.ui.main_window import MainWindow
from scumble_editor.ui.messages import Messages
from scumble_editor.ui.settings import Settings


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep the developer's settings and journals out of the tests."""
    home = tmp_path / "home"
    monkeypatch.setenv("SCUMBLE_HOME", str(home))
    return home


@pytest.fixture(scope="session")
def dressed(qapp: QApplication) -> Iterator[QApplication]:
    """The application in its dark theme; pictures that Qt made are let go before it is."""
    theme.apply(qapp, "dark")
    yield qapp
    icons.icon.cache_clear()
    gc.collect()


@pytest.fixture
def window(dressed: QApplication, qtbot: QtBot, own_home: Path) -> Iterator[MainWindow]:
    """The shown window, with journals, and nothing open; its threads must end with it."""
    assert dressed.styleSheet()
    before = set(threading.enumerate())
    made = MainWindow(Settings(theme="dark"), Messages(), own_home / "data" / "journals")
    made.resize(1200, 800)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.works.stop()
    for opened in list(made.session.documents):
        made.session.close(opened)
    made.close()
    made.deleteLater()
    qtbot.wait(1)
    threads = set(threading.enumerate()) - before
    left = [t.name for t in threads if not isinstance(t, GarbageCollectorThread)]  # pyzmq's, once
    assert left == [], "A thread outlived its window: close journals and wait for work to end."
