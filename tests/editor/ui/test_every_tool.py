"""Every tool worked by mouse in the window, with undo and redo after each."""

from dataclasses import dataclass

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from helpers.windows import NO_KEY, canvas_of, drag, on_screen, settle, show, wait_for_work
from scumble_editor.document.composite import composite
from scumble_editor.document.document import Document
from scumble_editor.document.layer import Layer
from scumble_editor.document.tiles import Tiles
from scumble_editor.tools.toolbox import make_tools
from scumble_editor.ui.main_window import MainWindow
from scumble_protocol.geometry import Extent

CTRL = Qt.KeyboardModifier.ControlModifier
SWEEP = [(60.0, 50.0), (110.0, 90.0), (180.0, 140.0)]


@dataclass(frozen=True)
class Turn:
    """What the hand does with a tool, and the step that this leaves in the history."""

    label: str
    drags: tuple[list[tuple[float, float]], ...] = (SWEEP,)
    keys: Qt.KeyboardModifier = NO_KEY  # held during the first drag
    enter: bool = False


TURNS = {
    "brush": Turn("Brush stroke"),
    "eraser": Turn("Erase"),
    "pencil": Turn("Pencil stroke"),
    "clone": Turn("Clone stroke", ([(40, 40)], [(220, 150), (240, 160)]), CTRL),
    "fill": Turn("Bucket fill", ([(150, 100)],)),
    "gradient": Turn("Gradient"),
    "select_rectangle": Turn("Rectangle select"),
    "select_ellipse": Turn("Ellipse select"),
    "lasso": Turn("Lasso", ([(60, 50), (180, 50), (180, 150), (60, 150)],)),
    "polygon": Turn("Polygon select", ([(60, 50)], [(180, 50)], [(120, 150)]), enter=True),
    "wand": Turn("Wand", ([(40, 40)],)),
    "move": Turn("Move layer"),
    "transform": Turn("Transform", ([(300, 200), (270, 190), (240, 160)],), enter=True),
    "crop": Turn("Crop", enter=True),
}


def two_colours() -> Document:
    """Return a picture whose left is dark red and whose right is light, on one layer."""
    rgba = np.full((200, 300, 4), 255, np.uint8)
    rgba[:, :100] = (150, 20, 30, 255)
    layer = Layer(pixels=Tiles.of(rgba))
    return Document(size=Extent(300, 200), layers=(layer,), active_id=layer.id)


def test_every_tool_that_changes_the_picture_has_its_turn() -> None:
    assert {tool.id for tool in make_tools()} == {*TURNS, "picker"}


@pytest.mark.parametrize("tool", TURNS)
def test_a_tool_by_mouse_with_undo_and_redo(tool: str, window: MainWindow, qtbot: QtBot) -> None:
    turn = TURNS[tool]
    opened = show(window, two_colours())
    window.session.pick((0, 120, 0))
    before, keys = opened.document, turn.keys
    window.run(f"tool.{tool}")
    canvas = canvas_of(window)
    QTest.mouseMove(canvas, on_screen(canvas, 150, 100))
    for places in turn.drags:
        drag(window, places, keys)
        wait_for_work(qtbot, window)
        keys = NO_KEY
    if turn.enter:
        QTest.keyClick(canvas, Qt.Key.Key_Return)
    wait_for_work(qtbot, window)
    settle(window)
    after = opened.document
    assert opened.history.current.label == turn.label
    assert differs(before, after)
    window.run("edit.undo")
    assert opened.document is before
    window.run("edit.redo")
    assert opened.document is after


def differs(before: Document, after: Document) -> bool:
    return (
        before.size != after.size
        or before.selection != after.selection
        or not np.array_equal(composite(before), composite(after))
    )


def test_the_picker_takes_the_colour_under_the_mouse_and_is_no_step(window: MainWindow) -> None:
    opened = show(window, two_colours())
    window.run("tool.picker")
    drag(window, [(40, 40)])
    assert window.session.foreground == (150, 20, 30)
    assert not opened.history.can_undo
