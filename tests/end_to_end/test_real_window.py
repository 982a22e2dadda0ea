"""The editor's real window on a screen of its own, worked by mouse and keyboard events of X11."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from helpers.screens import Screen, needs_a_screen, until
from scumble_editor.document.composite import composite
from scumble_editor.document.formats import Pixels
from scumble_editor.history.recovery import recover, recoverable

pytestmark = [pytest.mark.gui, needs_a_screen]


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


def test_a_killed_editor_loses_no_finished_stroke(screen: Screen, picture: Path) -> None:
    screen.start(picture)
    for line in range(3):
        screen.stroke((250, 300 + 60 * line), (600, 300 + 60 * line))
    until(lambda: len(screen.labels()) == 4, what="Writing the journal")
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
    screen: Screen, picture: Path
) -> None:
    screen.start(picture)
    screen.stroke((300, 250), (600, 500))
    labels = ["Open", "Brush stroke"]
    for key, label in TOOLS:
        screen.key(key)
        screen.stroke((400, 300), (560, 430))
        labels.append(label)
        until(lambda: screen.labels() == labels, what=label)
        screen.key("ctrl+z", "ctrl+shift+z")
    assert screen.labels() == labels
    screen.key("c")
    screen.stroke((400, 300), (560, 430))
    screen.key("Return")
    until(lambda: screen.labels() == [*labels, "Crop"], what="Crop")
