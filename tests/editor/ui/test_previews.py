"""Slow edits of tools are made aside: the window goes on, the picture follows."""

import threading
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from helpers.stages import filled
from helpers.windows import canvas_of, drag, on_screen, settle, show, wait_for_work
from scumble_editor.document.composite import composite
from scumble_editor.document.document import Document
from scumble_editor.document.edits import pixels as edits
from scumble_editor.document.layer import Group, Layer
from scumble_editor.document.selection import Selection
from scumble_editor.document.tiles import Tiles
from scumble_editor.files.documents import open_document
from scumble_editor.ui.main_window import MainWindow
from scumble_protocol.geometry import Bounds, Extent, Point

GUI = threading.get_ident()


def group_of_squares() -> Document:
    patch = np.zeros((40, 40, 4), np.uint8)
    patch[..., (0, 3)] = 255
    first = Layer(id="first", pixels=Tiles.of(patch, Point(60, 60)))
    second = Layer(id="second", pixels=Tiles.of(patch, Point(160, 60)))
    group = Group(id="group", children=(first, second))
    return Document(size=Extent(300, 200), layers=(group,), active_id="group")


def test_a_group_is_stretched_by_its_corner(window: MainWindow, qtbot: QtBot) -> None:
    opened = show(window, group_of_squares())
    window.run("tool.transform")
    QTest.mouseMove(canvas_of(window), on_screen(canvas_of(window), 100, 80))
    drag(window, [(200, 100), (230, 110), (260, 120)])
    wait_for_work(qtbot, window)
    assert opened.shown is not opened.document
    assert opened.shown.layer("second").content_bounds() != Bounds(160, 60, 40, 40)
    QTest.keyClick(canvas_of(window), Qt.Key.Key_Return)
    wait_for_work(qtbot, window)
    assert opened.history.current.label == "Transform"
    right = opened.document.layer("second").content_bounds()
    assert right is not None
    assert abs(right.right - 260) <= 2
    window.run("edit.undo")
    assert opened.document.layer("second").content_bounds() == Bounds(160, 60, 40, 40)
    window.run("edit.redo")
    assert opened.document.layer("second").content_bounds() == right


@pytest.mark.parametrize("tool", ["gradient", "transform", "move"])
def test_previews_are_made_in_another_thread(
    tool: str, window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = filled()
    if tool != "gradient":
        document = edits.fill(document, document.active_id or "", (9, 99, 9))
        chosen = Selection.of_rectangle(Bounds(50, 50, 100, 80))
        document = Document(
            size=document.size,
            layers=document.layers,
            active_id=document.active_id,
            selection=chosen,
        )
    opened = show(window, document)
    threads: list[int] = []
    real = edits.edit_pixels

    def watched(*given: object, **named: object) -> Document:
        threads.append(threading.get_ident())
        return real(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(edits, "edit_pixels", watched)
    window.run(f"tool.{tool}")
    drag(window, [(80, 80), (90, 85), (120, 100)])
    wait_for_work(qtbot, window)
    QTest.keyClick(canvas_of(window), Qt.Key.Key_Return)
    wait_for_work(qtbot, window)
    assert opened.history.can_undo
    assert threads
    assert GUI not in threads
    window.run("edit.undo")
    settle(window)
    assert np.array_equal(composite(opened.document), composite(document))


def test_a_gradient_is_seen_while_it_is_dragged_and_gone_at_escape(
    window: MainWindow, qtbot: QtBot
) -> None:
    opened = show(window, filled())
    window.run("tool.gradient")
    canvas = canvas_of(window)
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=on_screen(canvas, 20, 100))
    QTest.mouseMove(canvas, on_screen(canvas, 280, 100))
    qtbot.waitUntil(lambda: opened.shown is not opened.document, timeout=20_000)
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    wait_for_work(qtbot, window)
    assert opened.shown is opened.document
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=on_screen(canvas, 280, 100))
    assert not opened.history.can_undo


def test_saving_waits_for_what_is_being_worked_out(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    opened = show(window, group_of_squares())
    path = tmp_path / "squares.ora"
    opened.saved_as(opened.document, path)
    window.run("tool.transform")
    drag(window, [(100, 80), (100, 120)])
    window.run("file.save")
    qtbot.waitUntil(path.exists, timeout=20_000)
    wait_for_work(qtbot, window)
    assert opened.history.current.label == "Transform"
    assert not opened.modified
    assert open_document(path).document.layer("first").content_bounds() == Bounds(60, 100, 40, 40)


def test_cancelling_drops_the_edit_and_its_preview(window: MainWindow, qtbot: QtBot) -> None:
    opened = show(window, group_of_squares())
    canvas_of(window).stage.preview(filled(width=300, height=200))
    gate = threading.Event()

    def slow(document: Document) -> Document:
        gate.wait(20)
        return edits.clear(document, "first")

    canvas_of(window).stage.work("Clear", slow)
    window.works.running[0].cancel()
    gate.set()
    wait_for_work(qtbot, window)
    assert opened.shown is opened.document
    assert not opened.history.can_undo
