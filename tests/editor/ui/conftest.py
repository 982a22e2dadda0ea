"""A window with settings of its own, closed and its threads ended after every test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from scumble_editor.ui import theme
from scumble_editor.ui.main_window import MainWindow
from scumble_editor.ui.messages import Messages
from scumble_editor.ui.settings import Settings


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep the developer's settings and journals out of the tests."""
    home = tmp_path / "home"
    monkeypatch.setenv("SCUMBLE_HOME", str(home))
    return home


@pytest.fixture
def window(qtbot: QtBot, own_home: Path) -> Iterator[MainWindow]:
    """The shown window, with journals, and nothing open."""
    from PySide6.QtWidgets import QApplication

    application = QApplication.instance()
    assert isinstance(application, QApplication)
    theme.apply(application, "dark")
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
