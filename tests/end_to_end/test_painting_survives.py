"""What a painter asked for survives daemon, editor and network; nobody restarts anything."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from pytestqt.qtbot import QtBot

from helpers.cable import Cable
from helpers.homes import Home, free_port
from helpers.real_windows import end_daemon, opened_window
from scumble_editor.client.connection import LinkState, LinkStatus
from scumble_editor.client.jobs import PaintJob
from scumble_editor.document.layer import Layer
from scumble_editor.files.documents import save_document
from scumble_editor.generation.actions import PaintAction
from scumble_editor.ui.commands import files
from scumble_editor.ui.dialogs.new_document import blank_document
from scumble_editor.ui.main_window import MainWindow
from scumble_editor.ui.messages import Level
from scumble_protocol.endpoint import Connection
from scumble_protocol.geometry import Extent
from scumble_protocol.launch import running_daemon

pytestmark = [pytest.mark.gui, pytest.mark.slow]

PATIENCE_MS = 240_000
TESTS = Path(__file__).parents[1]
SIZE = Extent(64, 64)


@pytest.fixture(name="window")
def _window(qtbot: QtBot, house: Home) -> Iterator[MainWindow]:
    """The editor's window in a home of its own; what it has started ends with it."""
    assert house.folder
    with opened_window(qtbot) as made:
        yield made
    end_daemon()


def ask_for_paint(
    window: MainWindow, qtbot: QtBot, prompt: str = "a castle", steps: int = 24
) -> PaintJob:
    """Ask for a picture from words on the empty canvas in front."""
    generation = window.generation
    sent: list[PaintJob] = []
    generation.sent.connect(sent.append)
    generation.change(action=PaintAction.WHOLE, prompt=prompt, seed=3, steps=steps)
    generation.paint()
    qtbot.waitUntil(lambda: bool(sent), timeout=PATIENCE_MS)
    generation.sent.disconnect(sent.append)
    return sent[0]


def told(window: MainWindow) -> list[LinkStatus]:
    """Return what the connection says, as it says it."""
    said: list[LinkStatus] = []
    window.session.link.changed.connect(said.append)
    return said


def is_painted(window: MainWindow) -> Callable[[], bool]:
    def landed() -> bool:
        opened = window.session.current
        return opened is not None and any(
            isinstance(node, Layer) and node.recipe is not None for node in opened.document.walk()
        )

    return landed


def faults(window: MainWindow) -> list[str]:
    return [message.text for message in window.messages.kept if message.level is Level.ERROR]


def test_a_daemon_that_is_killed_comes_back_and_paints_on(window: MainWindow, qtbot: QtBot) -> None:
    window.session.add(blank_document(SIZE), "Castle")
    said = told(window)
    previewed: list[PaintJob] = []
    window.session.jobs.previewed.connect(previewed.append)
    ask_for_paint(window, qtbot)
    qtbot.waitUntil(lambda: bool(previewed), timeout=PATIENCE_MS)

    where = running_daemon()
    assert where is not None
    assert where.pid is not None
    front = psutil.Process(where.pid)
    workers = front.children()
    front.kill()
    psutil.wait_procs([front, *workers], timeout=60)
    said.clear()

    qtbot.waitUntil(is_painted(window), timeout=PATIENCE_MS)
    assert len(said) >= 2, "that it was gone, and that it is there again"
    assert all(status.sentence for status in said)
    assert said[-1].state is LinkState.CONNECTED
    assert faults(window) == []
    assert len(window.session.jobs.all) == 1
    assert running_daemon() != where


def test_a_result_waits_for_the_next_editor_where_one_was_killed(
    house: Home, qtbot: QtBot, tmp_path: Path
) -> None:
    del house
    path = tmp_path / "castle.ora"
    save_document(blank_document(SIZE), path)
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(TESTS)}
    editor = subprocess.Popen(
        [sys.executable, "-m", "helpers.asking_editor", str(path)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert editor.stdout is not None
    job_id = editor.stdout.readline().strip()
    editor.kill()
    editor.wait()
    editor.stdout.close()

    with opened_window(qtbot) as window:
        window.generation.begin()
        files.open_paths(window.desk, [path])
        qtbot.waitUntil(is_painted(window), timeout=PATIENCE_MS)
        opened = window.session.current
        assert opened is not None
        assert [job.id for job in window.session.jobs.all] == [job_id]
        assert len(opened.paintings) == 1
        assert faults(window) == []
    end_daemon()


def test_a_cable_that_is_pulled_and_put_in_again_loses_nothing(
    window: MainWindow, qtbot: QtBot, house: Home
) -> None:
    from scumble_daemon.front import keys

    keys.allow("me", keys.client_keys().public)
    port = free_port()
    house.settle(listen=(f"tcp://0.0.0.0:{port}",))
    house.start()
    with Cable(port) as cable:
        far = Connection(
            endpoint=f"tcp://127.0.0.1:{cable.port}", server_key=keys.daemon_keys().public
        )
        link = window.session.link
        link.move_to(far)
        said = told(window)
        window.session.add(blank_document(SIZE), "Far away")
        job = ask_for_paint(window, qtbot, prompt="slow", steps=8)
        qtbot.waitUntil(lambda: job.progress is not None, timeout=PATIENCE_MS)

        cable.pull()
        qtbot.waitUntil(lambda: link.status.state is LinkState.LOST, timeout=PATIENCE_MS)
        assert "Jobs are kept" in link.status.sentence
        house.go()  # it is finished while nobody hears of it
        cable.put_in()

        qtbot.waitUntil(is_painted(window), timeout=PATIENCE_MS)
        qtbot.waitUntil(lambda: link.status.state is LinkState.CONNECTED, timeout=PATIENCE_MS)
        assert faults(window) == []
        assert house.runs == [job.id]
        again = ask_for_paint(window, qtbot, prompt="a hill", steps=8)
        qtbot.waitUntil(lambda: again.painted is not None, timeout=PATIENCE_MS)
        assert len(said) >= 3
