"""From Paint to a layer: steps, hands that must not be disturbed, pictures that were closed."""

import sys
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from helpers.painting_daemon import COLOUR, PLACE, PaintingDaemon
from helpers.stages import filled
from helpers.windows import LEFT, NO_KEY, canvas_of, colour_at, drag, on_screen, show
from scumble_editor.client.connection import LinkState
from scumble_editor.document.composite import composite
from scumble_editor.document.edits.canvas import crop
from scumble_editor.document.layer import Group, Layer
from scumble_editor.generation.results import Finished
from scumble_editor.ui.main_window import MainWindow
from scumble_editor.ui.messages import Level
from scumble_editor.ui.open_document import OpenDocument
from scumble_protocol import messages as m
from scumble_protocol.geometry import Bounds

pytestmark = pytest.mark.gui

PATIENCE_MS = 30_000


def labels(opened: OpenDocument) -> list[str]:
    return [step.label for step in opened.history.line]


def wait_for_label(qtbot: QtBot, opened: OpenDocument, label: str) -> None:
    qtbot.waitUntil(lambda: labels(opened)[-1] == label, timeout=PATIENCE_MS)


def ask_for(window: MainWindow, prompt: str) -> None:
    window.docks.generate.prompts.prompt.setPlainText(prompt)
    window.docks.generate.paint.click()


def test_a_click_on_paint_gives_a_layer_as_one_step(
    window: MainWindow, painter: PaintingDaemon, selected: OpenDocument, qtbot: QtBot
) -> None:
    before = composite(selected.document)
    finished: list[Finished] = []
    window.generation.finished.connect(lambda result, _: finished.append(result))
    ask_for(window, "a red heart")
    wait_for_label(qtbot, selected, "Paint")
    layer = selected.document.active
    assert isinstance(layer, Layer)
    assert (layer.name, layer.mask is not None) == ("a red heart", True)
    assert colour_at(window, *PLACE.center) == COLOUR
    qtbot.waitUntil(lambda: bool(painter.heard(m.Ack)), timeout=PATIENCE_MS)
    assert finished[0].painted.layers[0].seed == finished[0].settings.seed
    after = composite(selected.document)
    after[PLACE.slices] = before[PLACE.slices]
    assert np.array_equal(after, before)
    window.run("edit.undo")
    assert np.array_equal(composite(selected.document), before)
    window.run("edit.redo")
    assert selected.document.active is layer


def test_variants_are_one_group_and_one_step(
    window: MainWindow, painter: PaintingDaemon, selected: OpenDocument, qtbot: QtBot
) -> None:
    assert painter
    window.docks.generate.choices.variants.setValue(3)
    ask_for(window, "a hill")
    wait_for_label(qtbot, selected, "Paint")
    group = selected.document.layers[-1]
    assert isinstance(group, Group)
    assert len(group.children) == 3


def test_a_stroke_in_hand_is_finished_before_a_result_comes_in(
    window: MainWindow, painter: PaintingDaemon, selected: OpenDocument, qtbot: QtBot
) -> None:
    window.run("select.none")
    window.session.pick((200, 0, 0))
    canvas = canvas_of(window)
    QTest.mousePress(canvas, LEFT, NO_KEY, on_screen(canvas, 200, 150))
    window.generation.ask_for(selected, window.generation.settings)
    qtbot.waitUntil(lambda: bool(painter.heard(m.Submit)), timeout=PATIENCE_MS)
    qtbot.waitUntil(
        lambda: [job.painted is not None for job in window.generation.jobs.all] == [True],
        timeout=PATIENCE_MS,
    )
    qtbot.wait(200)
    assert "Paint" not in labels(selected)
    QTest.mouseRelease(canvas, LEFT, NO_KEY, on_screen(canvas, 200, 150))
    wait_for_label(qtbot, selected, "Paint")
    assert labels(selected)[-2:] == ["Brush stroke", "Paint"]
    assert colour_at(window, 200, 150) == (200, 0, 0)


def test_painting_goes_on_while_a_job_runs(
    window: MainWindow, painter: PaintingDaemon, selected: OpenDocument, qtbot: QtBot
) -> None:
    painter.holds = True
    ask_for(window, "a hill")
    running = window.docks.generate.running
    qtbot.waitUntil(lambda: "step 1 of 2" in running.says.text(), timeout=PATIENCE_MS)
    assert running.says.text() == "Painting, step 1 of 2, 4 s left"
    assert running.bar.value() == running.bar.maximum() // 2
    assert window.windowTitle() == "50% · Test[*] – Scumble"
    window.run("select.none")
    drag(window, [(200, 150), (250, 150)])
    painter.holds = False
    wait_for_label(qtbot, selected, "Paint")
    assert labels(selected)[-2:] == ["Brush stroke", "Paint"]
    assert running.isHidden()


def test_a_result_for_a_canvas_that_was_cut_meanwhile_says_where_it_lies(
    window: MainWindow, painter: PaintingDaemon, selected: OpenDocument, qtbot: QtBot
) -> None:
    painter.holds = True
    ask_for(window, "a hill")
    qtbot.waitUntil(lambda: bool(painter.heard(m.Submit)), timeout=PATIENCE_MS)
    selected.apply(lambda document: crop(document, Bounds(10, 20, 120, 100)), "Crop")
    painter.holds = False
    wait_for_label(qtbot, selected, "Paint")
    assert "is 120 × 100 px now" in window.messages.kept[-1].text
    layer = selected.document.active
    assert isinstance(layer, Layer)
    assert layer.read(PLACE)[25, 30].tolist() == [*COLOUR, 255]


def test_the_result_for_a_closed_picture_is_kept_said_and_may_go_elsewhere(
    window: MainWindow, painter: PaintingDaemon, selected: OpenDocument, qtbot: QtBot
) -> None:
    painter.holds = True
    ask_for(window, "a hill")
    qtbot.waitUntil(lambda: bool(painter.heard(m.Submit)), timeout=PATIENCE_MS)
    window.session.close(selected)
    other = show(window, filled(), "Other")
    painter.holds = False
    queue = window.docks.generate.queue
    qtbot.waitUntil(
        lambda: any("is closed" in said.text for said in window.messages.kept), timeout=PATIENCE_MS
    )
    assert painter.heard(m.Ack) == [], "the daemon keeps it too"
    (row,) = queue.rows.values()
    buttons = {b.accessibleName(): b for b in row.findChildren(QToolButton)}
    buttons["Add it to the picture in front"].click()
    wait_for_label(qtbot, other, "Paint")
    qtbot.waitUntil(lambda: bool(painter.heard(m.Ack)), timeout=PATIENCE_MS)
    qtbot.waitUntil(queue.isHidden, timeout=PATIENCE_MS)


def test_a_picture_that_is_opened_again_gets_what_was_painted_for_it(
    window: MainWindow, painter: PaintingDaemon, selected: OpenDocument, qtbot: QtBot
) -> None:
    painter.holds = True
    document = selected.document
    ask_for(window, "a hill")
    qtbot.waitUntil(lambda: bool(painter.heard(m.Submit)), timeout=PATIENCE_MS)
    window.session.close(selected)
    painter.holds = False
    qtbot.waitUntil(
        lambda: [job.waiting for job in window.generation.jobs.all] == [True], timeout=PATIENCE_MS
    )
    again = show(window, document)
    wait_for_label(qtbot, again, "Paint")


def test_a_failure_is_said_and_may_be_tried_again(
    window: MainWindow, painter: PaintingDaemon, selected: OpenDocument, qtbot: QtBot
) -> None:
    assert selected
    ask_for(window, "fail")
    qtbot.waitUntil(
        lambda: any(said.level is Level.ERROR for said in window.messages.kept),
        timeout=PATIENCE_MS,
    )
    assert "no memory left" in window.messages.kept[-1].text
    (row,) = window.docks.generate.queue.rows.values()
    buttons = {b.accessibleName(): b for b in row.findChildren(QToolButton)}
    buttons["Try it once more"].click()
    qtbot.waitUntil(lambda: len(painter.heard(m.Submit)) == 2, timeout=PATIENCE_MS)
    first, second = (request.job for request in painter.heard(m.Submit))
    assert first.id != second.id
    assert first.task == second.task


def test_keys_paint_and_cancel(
    window: MainWindow, painter: PaintingDaemon, selected: OpenDocument, qtbot: QtBot
) -> None:
    assert selected
    painter.holds = True
    window.activateWindow()
    prompt = window.docks.generate.prompts.prompt
    prompt.setFocus()
    QTest.keyClicks(prompt, "a hill")
    QTest.keyClick(prompt, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(window.generation.jobs.active) == 1, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: bool(painter.heard(m.Submit)), timeout=PATIENCE_MS)
    assert prompt.toPlainText() == "a hill"
    QTest.keyClick(prompt, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not window.generation.jobs.active, timeout=PATIENCE_MS)
    assert len(painter.heard(m.Cancel)) == 1
    assert labels(selected) == ["Open"]


def test_without_a_daemon_a_sentence_says_so_and_the_editor_goes_on(
    window: MainWindow,
    selected: OpenDocument,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\necho 'torch is not installed' >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(broken))
    ask_for(window, "a hill")
    link = window.docks.generate.link
    qtbot.waitUntil(
        lambda: window.session.link.status.state is LinkState.OFFLINE, timeout=PATIENCE_MS
    )
    assert "torch is not installed" in link.says.text()
    assert not link.retry.isHidden()
    window.run("select.none")
    drag(window, [(200, 150), (250, 150)])
    assert labels(selected)[-1] == "Brush stroke"
    window.session.link.stop()
