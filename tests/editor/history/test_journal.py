"""The journal: what was finished is there after kill -9, with the whole history."""

import json
import random
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from helpers.fingerprints import document_hash
from helpers.pictures import rich_document
from scumble_editor.document.edits import layers
from scumble_editor.history.errors import JournalError
from scumble_editor.history.history import History
from scumble_editor.history.journal import SUFFIX, Journal
from scumble_editor.history.recovery import forget, recover, recoverable
from scumble_editor.history.store import Store

STEPS_BACK = 8
PAINTER = Path(__file__).with_name("painter_process.py")


def test_a_closed_journal_gives_the_whole_history_back(tmp_path: Path) -> None:
    history = History(rich_document(), journal=Journal.create(tmp_path, "Rich", Path("/a/b.ora")))
    states = [history.document]
    for node in list(history.document.walk()):
        states.append(history.record(layers.move(states[-1], node.id, 3, 5), "Move"))
        if len(states) == 6:
            break
    history.undo()
    history.close(discard=False)
    (found,) = recoverable(tmp_path)
    assert (found.name, found.source, found.steps) == ("Rich", Path("/a/b.ora"), 6)
    restored = recover(found.path)
    assert restored.document == states[-2]
    assert restored.redo() == states[-1]
    for state in reversed(states[:-1]):
        assert restored.undo() == state
    restored.record(layers.rename(restored.document, states[0].layers[0].id, "again"), "Rename")
    restored.close()
    assert not list(tmp_path.iterdir())


def test_a_journal_that_is_open_is_not_offered(tmp_path: Path) -> None:
    history = History(rich_document(), journal=Journal.create(tmp_path, "Busy"))
    history.settle()
    assert recoverable(tmp_path) == []
    history.close()


def test_strange_files_are_neither_offered_nor_touched(tmp_path: Path) -> None:
    strange = tmp_path / f"strange{SUFFIX}"
    strange.write_bytes(b"not a journal" * 100)
    assert recoverable(tmp_path) == []
    with pytest.raises(JournalError, match="cannot be opened"):
        recover(strange)
    assert strange.read_bytes() == b"not a journal" * 100


def test_a_journal_without_a_step_is_cleared_away(tmp_path: Path) -> None:
    Store(tmp_path / f"empty{SUFFIX}", create=True).close()
    assert recoverable(tmp_path) == []
    assert not list(tmp_path.iterdir())


def test_forgetting_deletes_the_file(tmp_path: Path) -> None:
    history = History(rich_document(), journal=Journal.create(tmp_path, "Left"))
    history.close(discard=False)
    (found,) = recoverable(tmp_path)
    forget(found.path)
    assert not list(tmp_path.iterdir())


def test_a_full_disk_stops_the_journal_and_not_the_painter(tmp_path: Path) -> None:
    told: list[JournalError] = []
    called = threading.Event()

    def tell(error: JournalError) -> None:
        told.append(error)
        called.set()

    journal = Journal.create(tmp_path, "Full", on_failure=tell)
    journal._store._database.execute("PRAGMA max_page_count = 40")
    history = History(rich_document(), journal=journal)
    assert called.wait(30)
    assert "save now" in str(told[0])
    fresh = layers.rename(history.document, history.document.layers[0].id, "still here")
    history.record(fresh, "Rename")
    assert history.undo() is not fresh
    assert history.redo() is fresh
    history.close()


def kills(count: int, tmp_path: Path, seed: int) -> None:
    """Kill a painting process at random moments; each next one goes on from what is left."""
    moments = random.Random(seed)  # noqa: S311  # no secret
    for turn in range(count):
        painter = subprocess.Popen(
            [sys.executable, str(PAINTER), str(tmp_path), str(seed + turn)],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert painter.stdout is not None
        said = [painter.stdout.readline() for _ in range(moments.randrange(1, 12))]
        painter.send_signal(signal.SIGKILL)
        said += painter.stdout.readlines()
        painter.wait()
        painter.stdout.close()
        check_recovered(tmp_path, [json.loads(line) for line in said if line.endswith("\n")])


def check_recovered(folder: Path, said: list[dict[str, str | int]]) -> None:
    """Compare what a killed process had finished with what is found."""
    (found,) = recoverable(folder)
    history = recover(found.path)
    known = {step.id: step for step in history.steps}
    finished = {int(line["step"]): line for line in said if line["event"] == "finished"}
    assert set(finished) <= set(known), "a finished gesture was lost"
    for step_id, line in finished.items():
        assert document_hash(history.document_of(step_id)) == line["hash"]
    if said:
        last = int(said[-1]["step"])  # what was under way may have gone one step on, or back
        near = {last, known[last].parent} | {s.id for s in history.steps if s.parent == last}
        assert history.current.id in near
    shown = history.document
    steps_back = 0
    while history.can_undo and steps_back < STEPS_BACK:
        history.undo()
        steps_back += 1
    for _ in range(steps_back):
        history.redo()
    assert document_hash(history.document) == document_hash(shown)
    history.close(discard=False)


@pytest.mark.timeout(600)
def test_every_kill_leaves_the_last_finished_gesture_and_working_undo(tmp_path: Path) -> None:
    kills(30, tmp_path, seed=1)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_two_hundred_kills_lose_nothing(tmp_path: Path) -> None:
    kills(200, tmp_path, seed=1000)
