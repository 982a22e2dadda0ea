"""On the canvas with the real daemon and the bundled model: plan, preview, take, browse, live."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from helpers.homes import Home
from helpers.real_windows import end_daemon, opened_window
from helpers.windows import canvas_of, drag, settle
from scumble_editor.client.jobs import PaintJob
from scumble_editor.document.composite import composite
from scumble_editor.document.document import Document
from scumble_editor.document.edits.selection import select
from scumble_editor.document.selection import Selection
from scumble_editor.generation.actions import PaintAction
from scumble_editor.ui.main_window import MainWindow
from scumble_editor.ui.open_document import OpenDocument

pytestmark = [pytest.mark.gui, pytest.mark.slow]

PATIENCE_MS = 120_000
SAMPLE = Path(__file__).parents[2] / "packaging" / "sample" / "coffee.jpg"


@pytest.fixture(name="window")
def _window(qtbot: QtBot, house: Home) -> Iterator[MainWindow]:
    assert house.folder
    with opened_window(qtbot) as made:
        yield made
    end_daemon()


def selected(window: MainWindow) -> OpenDocument:
    """Open the sample, small, with a soft ellipse selected."""
    with Image.open(SAMPLE) as image:
        rgba = np.asarray(image.convert("RGBA").resize((180, 120)))
    opened = window.session.add(Document.of_image(rgba), "Coffee")
    rows, columns = np.mgrid[0:120, 0:180]
    away = ((rows - 60) / 34) ** 2 + ((columns - 100) / 40) ** 2
    coverage = (np.clip((1.1 - away) * 4, 0, 1) * 255).astype(np.uint8)
    opened.apply(lambda document: select(document, Selection.of(coverage)), "Select")
    settle(window)
    return opened


def test_everything_on_the_canvas_is_what_the_model_does(window: MainWindow, qtbot: QtBot) -> None:
    opened = selected(window)
    generation, jobs, shown = window.generation, window.session.jobs, window.on_canvas
    photograph = composite(opened.document)
    selection = opened.document.selection
    assert selection is not None
    outside = selection.read(opened.document.bounds) == 0
    generation.change(action=PaintAction.FILL, prompt="a red heart", seed=7, steps=6)

    # What would be painted is said before, and is what was done.
    generation.link.wake()
    qtbot.waitUntil(lambda: shown.plans.planned is not None, timeout=PATIENCE_MS)
    plan = shown.plans.planned
    assert plan is not None
    seen: list[Document] = []
    opened.shown_changed.connect(lambda _, after: seen.append(after))
    paint(window, qtbot)
    painted = jobs.all[-1].painted
    assert painted is not None
    done = [(one.extent, one.steps, one.strength) for one in painted.report.passes]
    assert done == [(p.extent, p.steps, p.strength) for i in plan.islands for p in i.passes]
    previews = [composite(one) for one in seen if one.layers[-1].name == "Preview"]
    assert any(not np.array_equal(one, photograph) for one in previews), "it was seen in its place"
    assert all(np.array_equal(one[outside], photograph[outside]) for one in previews)
    assert_untouched(opened, photograph, outside)
    assert opened.shown is opened.document

    # Taken at its step, a job is a layer that says so.
    opened.undo()
    generation.change(steps=150)
    previewed: list[PaintJob] = []
    jobs.previewed.connect(previewed.append)
    generation.paint()
    qtbot.waitUntil(lambda: bool(previewed), timeout=PATIENCE_MS)
    window.run("generate.take")
    qtbot.waitUntil(lambda: len(opened.document.layers) == 2, timeout=PATIENCE_MS)
    assert "taken at step" in opened.document.layers[1].name
    taken = jobs.all[-1].painted
    assert taken is not None
    assert taken.report.taken_after is not None
    assert taken.report.taken_after < 150
    assert_untouched(opened, photograph, outside)

    # Variants are browsed, one is kept, and undo gives them all back.
    opened.undo()
    generation.change(steps=4, variants=3)
    paint(window, qtbot)
    assert shown.browsing.count == 3
    canvas = canvas_of(window)
    pictures = []
    for _ in range(3):
        pictures.append(composite(opened.shown).tobytes())
        QTest.keyClick(canvas, Qt.Key.Key_Right)
    assert len(set(pictures)) == 3
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    assert composite(opened.document).tobytes() == pictures[1]
    window.run("generate.compare")
    assert np.array_equal(composite(opened.shown), photograph)
    QTest.keyRelease(canvas, Qt.Key.Key_Backslash)
    assert_untouched(opened, photograph, outside)
    while len(opened.document.layers) > 1:
        opened.undo()

    # Live, the canvas is painted again after each stroke; kept, it is a layer.
    generation.change(variants=1, steps=3)
    window.run("generate.live")
    qtbot.waitUntil(lambda: shown.live.finished is not None, timeout=PATIENCE_MS)
    first = shown.live.finished
    drag(window, [(90, 40), (110, 80)])
    qtbot.waitUntil(lambda: shown.live.finished is not first, timeout=PATIENCE_MS)
    stroked = composite(opened.document)
    assert not np.array_equal(composite(opened.shown), stroked)
    assert np.array_equal(composite(opened.shown)[outside], stroked[outside])
    steps = len(opened.history.line)
    window.run("generate.keep_live")
    assert len(opened.history.line) == steps + 1
    assert len(opened.document.layers) == 2
    window.run("generate.live")
    assert opened.shown is opened.document


def paint(window: MainWindow, qtbot: QtBot) -> None:
    """Paint, and wait until the result is in the document."""
    landed: list[object] = []
    connection = window.generation.finished.connect(lambda result, _: landed.append(result))
    window.generation.paint()
    qtbot.waitUntil(lambda: bool(landed), timeout=PATIENCE_MS)
    window.generation.finished.disconnect(connection)


def assert_untouched(opened: OpenDocument, before: np.ndarray, outside: np.ndarray) -> None:
    now = composite(opened.document)
    assert np.array_equal(now[outside], before[outside])
    assert not np.array_equal(now, before)
