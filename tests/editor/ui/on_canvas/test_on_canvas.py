"""Previews, variants, comparing, plans and live painting on the canvas of the real window."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from helpers.finished_jobs import PLACE, finished_for, painted_for, selected_document
from helpers.windows import (
    LEFT,
    NO_KEY,
    canvas_of,
    colour_at,
    drag,
    on_screen,
    settle,
    show,
    wait_for_work,
)
from scumble_editor.client.connection import Link
from scumble_editor.client.jobs import PaintJob
from scumble_editor.client.notes import Home
from scumble_editor.document.composite import composite
from scumble_editor.document.document import Document
from scumble_editor.document.layer import Group
from scumble_editor.generation.actions import PaintAction
from scumble_editor.generation.asking import Asked, ask
from scumble_editor.generation.settings import Settings
from scumble_editor.ui.main_window import MainWindow
from scumble_editor.ui.on_canvas.frame import FrameOverlay
from scumble_editor.ui.on_canvas.variant_bar import VariantBar
from scumble_editor.ui.open_document import OpenDocument
from scumble_protocol import messages as m
from scumble_protocol.aio import new_id
from scumble_protocol.errors import ErrorCode, JobCancelledError, RemoteError
from scumble_protocol.geometry import Bounds, Extent
from scumble_protocol.jobs import Job, JobState, Phase
from scumble_protocol.painted import Glance

pytestmark = pytest.mark.gui

GREEN = (10, 200, 30)
MIDDLE = PLACE.center
Call = tuple[Callable[..., Any], Callable[[Any], None], Callable[[Any], None]]


@pytest.fixture(name="calls", autouse=True)
def _calls(monkeypatch: pytest.MonkeyPatch) -> list[Call]:
    """What would have been asked of a daemon; none is there, tests answer themselves."""
    asked: list[Call] = []
    monkeypatch.setattr(
        Link, "call", lambda _, ask, done, failed: asked.append((ask, done, failed))
    )
    return asked


@pytest.fixture(name="opened")
def _opened(window: MainWindow) -> OpenDocument:
    return show(window, selected_document())


def running(window: MainWindow, opened: OpenDocument, settings: Settings | None = None) -> PaintJob:
    """A job of the picture that is being painted."""
    asked = ask(opened.document, settings or Settings(prompt="a hill", seed=1))
    job = Job(id=new_id(), model=asked.model, task=asked.task)
    home = Home(document=opened.id, name=opened.name, above=opened.document.active_id)
    made = PaintJob(job, asked.settings, home, asked.pictures, JobState.RUNNING)
    window.generation.jobs.all.append(made)
    window.generation.jobs.added.emit(made)
    return made


def preview(window: MainWindow, job: PaintJob, bounds: Bounds = PLACE, variant: int = 0) -> None:
    pixels = np.full((4, 6, 3), GREEN, np.uint8)
    job.glance = Glance(pixels, bounds, 1, variant, np.full((4, 6), 255, np.uint8))
    window.generation.jobs.previewed.emit(job)


def end(window: MainWindow, job: PaintJob, state: JobState) -> None:
    job.state = state
    window.generation.jobs.changed.emit(job)


def land(window: MainWindow, qtbot: QtBot, opened: OpenDocument, settings: Settings) -> None:
    job = finished_for(opened.document, settings)
    home = Home(document=opened.id, name=opened.name, above=opened.document.active_id)
    arrived = PaintJob(job.job, job.settings, home, job.pictures, JobState.DONE)
    arrived.painted = job.painted
    count = len(opened.paintings)
    window.generation.landing.put(arrived, opened)
    qtbot.waitUntil(lambda: len(opened.paintings) > count, timeout=20_000)


def is_green(window: MainWindow) -> bool:
    return colour_at(window, *MIDDLE) == GREEN


# Previews ---------------------------------------------------------------------------------


def test_a_preview_is_seen_in_its_place_and_in_no_history(
    window: MainWindow, qtbot: QtBot, opened: OpenDocument
) -> None:
    steps = len(opened.history.line)
    before = opened.document
    outside = colour_at(window, PLACE.right + 6, PLACE.bottom + 6)
    job = running(window, opened)

    preview(window, job)
    qtbot.waitUntil(lambda: is_green(window), timeout=20_000)

    assert colour_at(window, PLACE.right + 6, PLACE.bottom + 6) == outside
    assert opened.document is before
    assert len(opened.history.line) == steps
    assert not opened.modified or opened.path is None
    end(window, job, JobState.CANCELLED)
    assert not is_green(window)
    assert opened.shown is before


def test_a_stroke_under_a_preview_is_what_it_would_be_without(
    window: MainWindow, qtbot: QtBot, opened: OpenDocument
) -> None:
    stroke = [(PLACE.left - 30, MIDDLE[1]), MIDDLE, (PLACE.right + 30, MIDDLE[1])]
    drag(window, stroke)
    alone = composite(opened.document)
    opened.undo()
    job = running(window, opened)
    preview(window, job)
    qtbot.waitUntil(lambda: is_green(window), timeout=20_000)

    drag(window, stroke)

    assert is_green(window)
    assert np.array_equal(composite(opened.document), alone)
    assert [node.name for node in opened.document.layers] == ["Background"]


def test_a_preview_lies_beneath_the_layers_above_the_one_it_was_asked_from(
    window: MainWindow, qtbot: QtBot, opened: OpenDocument
) -> None:
    lowest = opened.document.active_id
    window.run("layer.add")
    window.session.pick((200, 0, 0))
    window.run("edit.fill_foreground")
    wait_for_work(qtbot, window)
    covered = colour_at(window, *MIDDLE)
    opened.amend(lambda document: _activated(document, lowest))
    preview(window, running(window, opened))
    qtbot.wait(300)
    assert colour_at(window, *MIDDLE) == covered


def test_a_result_takes_the_place_of_its_preview(
    window: MainWindow, qtbot: QtBot, opened: OpenDocument
) -> None:
    job = running(window, opened)
    preview(window, job)
    qtbot.waitUntil(lambda: is_green(window), timeout=20_000)
    job.state, job.painted = JobState.DONE, painted_for(_asked(job), opened.document.size)
    window.generation.jobs.changed.emit(job)
    assert is_green(window), "until the result is there, its preview is"
    window.generation.jobs.arrived.emit(job)
    qtbot.waitUntil(lambda: len(opened.document.layers) == 2, timeout=20_000)
    assert opened.shown is opened.document
    assert not is_green(window)


def test_a_preview_is_taken_where_the_daemon_cannot_end_a_job_early(
    window: MainWindow, qtbot: QtBot, opened: OpenDocument, calls: list[Call]
) -> None:
    job = running(window, opened)
    preview(window, job)
    qtbot.waitUntil(lambda: is_green(window), timeout=20_000)
    window.run("generate.take")
    _, _, failed = calls[-1]
    failed(None)
    assert len(opened.document.layers) == 2
    assert opened.history.current.label == "Take a preview"
    end(window, job, JobState.CANCELLED)
    assert is_green(window)
    opened.undo()
    assert not is_green(window)


def test_a_bar_grows_at_the_lower_edge_of_what_is_painted(
    window: MainWindow, opened: OpenDocument
) -> None:
    canvas = canvas_of(window)
    job = running(window, opened)
    image = {}
    for fraction in (0.1, 0.9):
        job.progress = m.Progress(job=job.id, phase=Phase.DENOISING, fraction=fraction)
        window.generation.jobs.changed.emit(job)
        image[fraction] = _pixels(canvas.grab().toImage())
    below = on_screen(canvas, PLACE.left, PLACE.bottom).y()
    changed = np.argwhere((image[0.1] != image[0.9]).any(axis=2))
    rows = changed[:, 0] / canvas.devicePixelRatioF()
    assert len(changed)
    assert below <= rows.min() <= rows.max() <= below + 20


# Variants ---------------------------------------------------------------------------------


def browse(window: MainWindow, qtbot: QtBot, opened: OpenDocument) -> VariantBar:
    land(window, qtbot, opened, Settings(prompt="a hill", seed=1, variants=4))
    bars = canvas_of(window).findChildren(VariantBar)
    assert bars[0].isVisible()
    return bars[0]


def test_arrow_keys_browse_and_enter_keeps_the_one_that_is_seen(
    window: MainWindow, qtbot: QtBot, opened: OpenDocument
) -> None:
    bar = browse(window, qtbot, opened)
    canvas = canvas_of(window)
    document, steps = opened.document, len(opened.history.line)
    seen = [composite(opened.shown)]
    for _ in range(3):
        QTest.keyClick(canvas, Qt.Key.Key_Right)
        seen.append(composite(opened.shown))
    assert bar.says.text() == "4 of 4"
    assert all(not np.array_equal(a, b) for a, b in pairwise(seen))
    assert opened.document is document
    QTest.keyClick(canvas, Qt.Key.Key_Left)
    assert np.array_equal(composite(opened.shown), seen[2])

    QTest.keyClick(canvas, Qt.Key.Key_Return)

    assert not bar.isVisible()
    assert len(opened.history.line) == steps + 1
    assert len(opened.document.layers) == 2
    assert np.array_equal(composite(opened.document), seen[2])
    opened.undo()
    assert opened.document is document
    assert len(opened.paintings[-1].layers) == 4


def test_fresh_variants_have_the_keys_unless_other_words_are_being_written(
    window: MainWindow, qtbot: QtBot, opened: OpenDocument
) -> None:
    prompt = window.docks.generate.prompts.prompt
    window.run("generate.words")
    window.activateWindow()
    qtbot.waitUntil(prompt.hasFocus)
    prompt.setPlainText("a hill by the sea")
    browse(window, qtbot, opened)
    assert prompt.hasFocus()
    prompt.setPlainText("a hill")
    browse(window, qtbot, opened)
    assert canvas_of(window).hasFocus()


def test_marked_ones_are_kept_together(
    window: MainWindow, qtbot: QtBot, opened: OpenDocument
) -> None:
    bar = browse(window, qtbot, opened)
    bar.marked.click()
    bar.after.click()
    bar.after.click()
    bar.marked.click()
    assert bar.keep.text() == "Keep 2"
    bar.keep.click()
    group = opened.document.layers[1]
    assert isinstance(group, Group)
    assert len(group.children) == 2


@pytest.mark.parametrize(("button", "layers"), [("discard", 1), ("keep_all", 2)])
def test_all_may_be_kept_or_none(
    window: MainWindow, qtbot: QtBot, opened: OpenDocument, button: str, layers: int
) -> None:
    bar = browse(window, qtbot, opened)
    getattr(bar, button).click()
    assert len(opened.document.layers) == layers
    assert not bar.isVisible()
    assert len(opened.paintings) == 1, "nothing is lost by either"


def test_undo_ends_browsing(window: MainWindow, qtbot: QtBot, opened: OpenDocument) -> None:
    bar = browse(window, qtbot, opened)
    opened.undo()
    assert not bar.isVisible()
    assert opened.shown is opened.document


# Before and after -------------------------------------------------------------------------


def test_the_picture_is_seen_as_it_was_as_long_as_the_key_is_held(
    window: MainWindow, qtbot: QtBot, opened: OpenDocument
) -> None:
    before = composite(opened.document)
    land(window, qtbot, opened, Settings(prompt="a hill", seed=1))
    canvas = canvas_of(window)
    canvas.setFocus()
    painted = opened.document
    window.run("generate.compare")
    assert np.array_equal(composite(opened.shown), before)
    QTest.keyRelease(canvas, Qt.Key.Key_Backslash)
    assert opened.shown is painted is opened.document


# Plans ------------------------------------------------------------------------------------

ISLAND = m.PlannedIsland(
    selection=PLACE,
    mask=PLACE.padded(20),
    context=PLACE.padded(36),
    feather=16.0,
    grow=12.0,
    blend=16.0,
    reach=20.0,
    passes=(
        m.PlannedPass(bounds=PLACE.padded(36), extent=Extent(512, 512), steps=20, strength=1.0),
    ),
)


def plan(window: MainWindow, opened: OpenDocument, island: m.PlannedIsland = ISLAND) -> None:
    plans = window.on_canvas.plans
    plans.planned, plans.opened = m.Planned(request="r1", islands=(island,), seconds=7.0), opened
    plans.changed.emit()
    settle(window)


def context_asked(window: MainWindow) -> float | None:
    return window.generation.settings.context


def test_the_frame_is_dragged_and_given_back(window: MainWindow, opened: OpenDocument) -> None:
    plan(window, opened)
    canvas = canvas_of(window)
    context = ISLAND.context
    window.session.take_tool("brush")
    document = opened.document
    hints: list[str] = []
    canvas.hinted.connect(hints.append)
    drag(window, [(context.right, MIDDLE[1]), (context.right + 30, MIDDLE[1])])
    assert context_asked(window) == ISLAND.context.right + 30 - ISLAND.mask.right
    assert opened.document is document, "the brush had no part in it"
    assert any("the model sees" in hint for hint in hints)

    plan(window, opened)
    handle = on_screen(canvas, context.right, MIDDLE[1])
    QTest.mouseDClick(canvas, LEFT, NO_KEY, handle)
    QTest.mouseRelease(canvas, LEFT, NO_KEY, handle)
    assert context_asked(window) is None
    assert opened.document is document


def test_the_round_handle_sets_the_feather(window: MainWindow, opened: OpenDocument) -> None:
    plan(window, opened)
    drag(window, [(PLACE.right + ISLAND.reach, MIDDLE[1]), (PLACE.right + 44, MIDDLE[1])])
    assert window.generation.settings.feather == 40


def test_where_paint_ends_at_the_selection_the_round_handle_is_inside(
    window: MainWindow, opened: OpenDocument
) -> None:
    plan(window, opened, msgspec.structs.replace(ISLAND, reach=0.0))
    drag(window, [(PLACE.right - ISLAND.blend, MIDDLE[1]), (PLACE.right - 30, MIDDLE[1])])
    assert window.generation.settings.feather == 30


def test_what_would_be_painted_can_be_hidden(window: MainWindow, opened: OpenDocument) -> None:
    canvas = canvas_of(window)
    bare = _pixels(canvas.grab().toImage())
    plan(window, opened)
    shown = _pixels(canvas.grab().toImage())
    window.run("generate.frames")
    hidden = _pixels(canvas.grab().toImage())
    assert (shown != bare).any(axis=2).sum() > 400
    assert (hidden != bare).any(axis=2).sum() < 400  # but for the ants, which march


def test_a_plan_gives_way_to_fresh_paint_until_something_else_is_asked(
    window: MainWindow, qtbot: QtBot, opened: OpenDocument
) -> None:
    frame = canvas_of(window).overlays[0]
    assert isinstance(frame, FrameOverlay)
    plan(window, opened)
    assert frame.islands
    land(window, qtbot, opened, Settings(prompt="a hill", seed=1))
    plan(window, opened)
    assert not frame.islands
    window.generation.change(prompt="another hill")
    plan(window, opened)
    assert frame.islands


# Live -------------------------------------------------------------------------------------


def test_live_painting_sends_one_job_at_a_time_and_only_the_latest_picture(
    window: MainWindow, qtbot: QtBot, opened: OpenDocument, calls: list[Call]
) -> None:
    live = window.on_canvas.live
    window.generation.change(action=PaintAction.FILL, prompt="a hill")
    window.run("generate.live")
    qtbot.waitUntil(lambda: len(calls) == 1, timeout=20_000)
    for number in range(3):
        drag(window, [(20, 20 + 10 * number), (200, 20 + 10 * number)])
    qtbot.wait(300)
    sent = [call for call in calls if call[1].__name__ == "done"]
    assert len(sent) == 1, "what changes meanwhile waits"

    steps = len(opened.history.line)
    sent[0][1](painted_for(ask(opened.document, Settings(seed=1)), opened.document.size))
    qtbot.waitUntil(lambda: live.finished is not None, timeout=20_000)
    qtbot.waitUntil(
        lambda: len([call for call in calls if call[1].__name__ == "done"]) == 2, timeout=20_000
    )
    assert opened.shown is not opened.document
    assert len(opened.history.line) == steps

    window.run("generate.keep_live")
    assert len(opened.history.line) == steps + 1
    assert len(opened.document.layers) == 2
    assert len(opened.paintings) == 1
    window.run("generate.live")
    assert opened.shown is opened.document


def is_live(window: MainWindow) -> bool:
    return window.on_canvas.live.on


def test_live_painting_that_fails_says_so_once_and_ends(
    window: MainWindow, qtbot: QtBot, opened: OpenDocument, calls: list[Call]
) -> None:
    window.run("generate.live")
    qtbot.waitUntil(lambda: len(calls) == 1, timeout=20_000)
    calls[0][2](JobCancelledError("It was cancelled."))
    assert is_live(window)
    drag(window, [(20, 20), (200, 20)])
    qtbot.waitUntil(lambda: len(calls) == 2, timeout=20_000)
    calls[1][2](RemoteError(ErrorCode.MODEL_FAILED, "The model failed."))
    assert not is_live(window)
    assert window.messages.kept[-1].text == "The model failed."
    assert opened.shown is opened.document


def test_live_painting_stops_where_it_has_nothing_to_do(
    window: MainWindow, qtbot: QtBot, opened: OpenDocument, calls: list[Call]
) -> None:
    window.generation.change(action=PaintAction.EDIT)
    window.run("generate.live")
    qtbot.wait(400)
    assert not [call for call in calls if call[1].__name__ == "done"]
    window.session.close(opened)
    assert window.on_canvas.live.opened is None


def _activated(document: Document, layer_id: str | None) -> Document:
    return replace(document, active_id=layer_id)


def _asked(job: PaintJob) -> Asked:
    assert job.pictures is not None
    return Asked(task=job.job.task, pictures=job.pictures, settings=job.settings)


def _pixels(image: Any) -> np.ndarray:
    width, height = image.width(), image.height()
    rgba = image.convertToFormat(image.Format.Format_RGBA8888)
    return np.frombuffer(rgba.constBits(), np.uint8).reshape(height, width, 4).copy()
