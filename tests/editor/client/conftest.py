"""A home of its own, a daemon that answers by script, and a link that ends with its test."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from helpers.scripted_daemon import Script, ScriptedDaemon
from scumble_editor.client.connection import Link
from scumble_protocol.endpoint import HOME_VARIABLE, Connection

Serve = Callable[..., ScriptedDaemon]


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def endpoint(tmp_path: Path) -> str:
    return f"ipc://{tmp_path}/daemon"


@pytest.fixture
def link(qtbot: QtBot, endpoint: str) -> Iterator[Link]:
    """A link to the scripted daemon, whose thread must end with it."""
    del qtbot
    before = set(threading.enumerate())
    made = Link(lambda: "client-of-the-test", Connection(endpoint=endpoint))
    yield made
    made.stop()
    left = [t.name for t in threading.enumerate() if t not in before and t.name == "link"]
    assert left == []


@pytest.fixture
def serve(endpoint: str) -> Iterator[Serve]:
    """Starts scripted daemons, one after another."""
    running: list[ScriptedDaemon] = []

    def start(script: Script, session: str = "first") -> ScriptedDaemon:
        while running:
            running.pop().__exit__(None, None, None)
        made = ScriptedDaemon(endpoint, script, session)
        running.append(made)
        return made.__enter__()

    yield start
    while running:
        running.pop().__exit__(None, None, None)
