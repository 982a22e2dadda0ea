"""The editor's real window on a screen of its own, worked by mouse and keyboard events of X11."""

import contextlib
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scumble_editor.document.composite import composite
from scumble_editor.document.formats import Pixels
from scumble_editor.history.recovery import recover, recoverable

pytestmark = [
    pytest.mark.gui,
    pytest.mark.skipif(
        shutil.which("Xvfb") is None or shutil.which("xdotool") is None,
        reason="packaging/linux/system-packages.sh installs Xvfb and xdotool",
    ),
]
_PATIENCE_S = 60.0
_PANEL_PX = 150  # the strokes below keep clear of the panel at the left


class Screen:
    """One Xvfb, and the editor on it."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._server = subprocess.Popen(
            ["Xvfb", "-displayfd", "1", "-screen", "0", "1280x900x24", "-nolisten", "tcp"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert self._server.stdout is not None
        number = self._server.stdout.readline().decode().strip()
        self._environment = {
            **os.environ,
            "DISPLAY": f":{number}",
            "QT_QPA_PLATFORM": "xcb",
            "SCUMBLE_HOME": str(home),
        }
        self.editor: subprocess.Popen[bytes] | None = None

    @property
    def journals(self) -> Path:
        return self._home / "data" / "journals"

    def start(self, *files: Path) -> None:
        self.editor = subprocess.Popen(
            [sys.executable, "-m", "scumble_editor", *map(str, files)], env=self._environment
        )
        title = files[0].name if files else "Scumble"
        self.window = self.xdo("search", "--sync", "--onlyvisible", "--name", title).split()[0]
        self.xdo("windowsize", "--sync", self.window, "1200", "850")
        self.xdo("windowmove", self.window, "0", "0")
        self.xdo("windowfocus", self.window)

    def xdo(self, *words: str) -> str:
        done = subprocess.run(
            ["xdotool", *words],
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=_PATIENCE_S,
            check=True,
        )
        return done.stdout

    def key(self, *keys: str) -> None:
        for key in keys:
            self.xdo("key", "--clearmodifiers", key)

    def stroke(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        left = start[0] + _PANEL_PX
        words = ["mousemove", str(left), str(start[1]), "mousedown", "1"]
        for step in range(1, 9):
            x = left + (end[0] - start[0]) * step // 8
            y = start[1] + (end[1] - start[1]) * step // 8
            words += ["mousemove", str(x), str(y)]
        self.xdo(*words, "mouseup", "1")

    def kill(self) -> None:
        if self.editor is not None:
            self.editor.kill()
            self.editor.wait()

    def stop(self) -> None:
        self.kill()
        self._server.terminate()
        self._server.wait()
        assert self._server.stdout is not None
        self._server.stdout.close()


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Screen]:
    made = Screen(tmp_path / "home")
    yield made
    made.stop()


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "white.png"
    Image.new("RGB", (1600, 1200), (255, 255, 255)).save(path)
    return path


def until(true: Callable[[], bool], *, what: str) -> None:
    """Wait for something another process does."""
    end = time.monotonic() + _PATIENCE_S
    while not true():
        assert time.monotonic() < end, f"{what} did not happen"
        time.sleep(0.05)


def pixels(path: Path) -> Pixels:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def test_a_painter_opens_paints_undoes_and_saves(screen: Screen, picture: Path) -> None:
    screen.start(picture)
    screen.stroke((300, 300), (500, 420))
    screen.key("ctrl+s")
    until(lambda: pixels(picture).min() == 0, what="Saving the stroke")
    painted = int((pixels(picture).max(axis=2) < 128).sum())
    assert painted > 2000
    screen.key("ctrl+z", "ctrl+s")
    until(lambda: pixels(picture).min() == 255, what="Saving after undo")
    screen.key("ctrl+shift+z", "ctrl+s")
    until(lambda: int((pixels(picture).max(axis=2) < 128).sum()) == painted, what="Redo")
    screen.key("ctrl+q")
    until(lambda: screen.editor is not None and screen.editor.poll() is not None, what="Quitting")
    assert screen.editor is not None
    assert screen.editor.returncode == 0
    assert recoverable(screen.journals) == []


def test_a_killed_editor_loses_no_finished_stroke(
    screen: Screen, picture: Path, tmp_path: Path
) -> None:
    screen.start(picture)
    for line in range(3):
        screen.stroke((250, 300 + 60 * line), (600, 300 + 60 * line))
    until(lambda: _steps(screen, tmp_path) == 4, what="Writing the journal")
    screen.kill()
    (found,) = recoverable(screen.journals)
    assert (found.name, found.steps) == ("white.png", 4)
    history = recover(found.path)
    assert (composite(history.document)[..., :3].max(axis=2) < 128).sum() > 2000
    while history.can_undo:
        history.undo()
    assert composite(history.document).min() == 255
    history.close()


TOOLS = (
    ("b", "Brush stroke"),
    ("e", "Erase"),
    ("n", "Pencil stroke"),
    ("g", "Gradient"),
    ("r", "Rectangle select"),
    ("shift+r", "Ellipse select"),
    ("l", "Lasso"),
    ("w", "Wand"),
    ("f", "Bucket fill"),
    ("t", "Move pixels"),
)


def test_every_tool_works_by_key_and_mouse_with_undo_and_redo(
    screen: Screen, picture: Path, tmp_path: Path
) -> None:
    screen.start(picture)
    screen.stroke((300, 250), (600, 500))
    labels = ["Open", "Brush stroke"]
    for key, label in TOOLS:
        screen.key(key)
        screen.stroke((400, 300), (560, 430))
        labels.append(label)
        until(lambda: _labels(screen, tmp_path) == labels, what=label)
        screen.key("ctrl+z", "ctrl+shift+z")
    assert _labels(screen, tmp_path) == labels
    screen.key("c")
    screen.stroke((400, 300), (560, 430))
    screen.key("Return")
    until(lambda: _labels(screen, tmp_path) == [*labels, "Crop"], what="Crop")


def _steps(screen: Screen, tmp_path: Path) -> int:
    return len(_labels(screen, tmp_path))


def _labels(screen: Screen, tmp_path: Path) -> list[str]:
    """The steps in the journal of a running editor, seen in a copy: the journal is locked."""
    copies = tmp_path / "copies"
    shutil.rmtree(copies, ignore_errors=True)
    shutil.copytree(screen.journals, copies)
    for path in copies.glob("*.scumble-journal"):
        try:
            with contextlib.closing(sqlite3.connect(path)) as journal:
                return [row[0] for row in journal.execute("SELECT label FROM steps ORDER BY id")]
        except sqlite3.Error:
            return []
    return []
