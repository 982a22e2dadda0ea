"""With the real daemon and Miniature: a first result, found by words and depth, painted again."""

import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from helpers.homes import REAL, Home
from scumble_editor.document.composite import composite
from scumble_editor.document.document import Document
from scumble_editor.document.edits.layers import rename
from scumble_editor.document.edits.selection import select
from scumble_editor.document.layer import Layer
from scumble_editor.document.selection import Selection
from scumble_editor.generation.actions import PaintAction
from scumble_editor.ui.commands import files
from scumble_editor.ui.dialogs.depth_range import DepthRangeDialog
from scumble_editor.ui.dialogs.select_by_words import SelectByWords
from scumble_editor.ui.main_window import MainWindow
from scumble_editor.ui.open_document import OpenDocument
from scumble_editor.ui.widgets.first_steps import FirstSteps
from scumble_protocol.endpoint import HOME_VARIABLE
from scumble_protocol.geometry import Bounds
from scumble_protocol.tasks import DepthToImage

pytestmark = [pytest.mark.gui, pytest.mark.slow]

PATIENCE_MS = 240_000
SAMPLE = Path(__file__).parents[4] / "packaging" / "sample" / "coffee.jpg"


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """One daemon for all of these: its model stays in memory."""
    home = Home(tmp_path_factory.mktemp("h"))
    home.start(REAL)
    yield home
    home.stop()
    home.close()


@pytest.fixture(autouse=True)
def own_home(daemon: Home, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home of that daemon, instead of one a test."""
    monkeypatch.setenv(HOME_VARIABLE, str(daemon.folder))
    return daemon.folder


def ball() -> Document:
    """A red ball on a plain white ground, as Miniature knows them."""
    rgba = np.full((160, 200, 4), 255, np.uint8)
    cv2.circle(rgba, (100, 84), 46, (214, 40, 40, 255), -1, cv2.LINE_AA)
    return Document.of_image(rgba)


def photograph() -> Document:
    with Image.open(SAMPLE) as image:
        return Document.of_image(np.asarray(image.convert("RGBA").resize((180, 120))))


def settled(qtbot: QtBot, opened: OpenDocument, label: str) -> None:
    qtbot.waitUntil(lambda: opened.history.current.label == label, timeout=PATIENCE_MS)


def offers(card: FirstSteps, button: str) -> bool:
    return card.act.isEnabled() and card.act.text() == button


def active(opened: OpenDocument) -> Layer:
    node = opened.document.active
    assert isinstance(node, Layer)
    return node


def test_four_clicks_lead_from_nothing_to_a_first_result(window: MainWindow, qtbot: QtBot) -> None:
    window.guide.begin()
    card = window.guide.card
    begun = time.monotonic()
    for button in ("Open the Sample", "Select for Me", "Write “a red balloon”", "Paint"):
        qtbot.waitUntil(partial(offers, card, button), timeout=PATIENCE_MS)
        card.act.click()
    last = "That is your first layer"
    qtbot.waitUntil(lambda: card.title.text() == last, timeout=PATIENCE_MS)
    print(f"first result after {time.monotonic() - begun:.1f} s")  # noqa: T201
    opened = window.session.current
    assert opened is not None
    assert active(opened).name == "a red balloon"
    assert opened.document.selection is not None
    selected = opened.document.selection.read(opened.document.bounds)
    before = composite(opened.history.document_of(1))
    changed = (composite(opened.document) != before).any(axis=2)
    assert changed.any()
    assert not (changed & (selected == 0)).any()


def test_words_find_a_thing_as_a_soft_selection(window: MainWindow, qtbot: QtBot) -> None:
    opened = window.session.add(ball(), "Ball")
    before = opened.document.layers
    window.run("select.by_words")
    dialog = window.findChild(SelectByWords)
    assert dialog is not None
    assert not dialog.accept_button.isEnabled()
    dialog.there.setText("a red ball on a plain white background")
    dialog.instead.setText("a blue cube on a plain white background")
    dialog.accept()
    settled(qtbot, opened, "Select by words")
    selection = opened.document.selection
    assert selection is not None
    found = selection.read(opened.document.bounds).astype(float) / 255
    inside = found[84 - 30 : 84 + 30, 100 - 30 : 100 + 30].mean()
    corners = np.mean([found[:20, :20], found[:20, -20:], found[-20:, :20], found[-20:, -20:]])
    assert inside > corners + 0.3
    assert opened.document.layers is before
    opened.undo()
    assert opened.document.selection is None
    (miniature,) = (model for model in window.generation.models if model.name == "miniature")
    assert {"balloon", "the"} <= set(miniature.words)


def test_depths_become_a_layer_to_paint_by_and_a_range_to_select(
    window: MainWindow, qtbot: QtBot
) -> None:
    opened = window.session.add(photograph(), "Coffee")
    window.run("generate.depth_layer")
    settled(qtbot, opened, "Paint")
    depth = active(opened)
    assert depth.name == "Depth"
    shown = depth.read(opened.document.bounds)
    assert np.ptp(shown[..., 0].astype(int)) > 50
    assert (shown[..., 0] == shown[..., 2]).all()
    qtbot.waitUntil(window.message_bar.offer.isVisible, timeout=20_000)
    window.message_bar.offer.click()
    assert window.generation.settings.action is PaintAction.DEPTH
    assert window.generation.settings.depth_layer == depth.id
    window.generation.change(prompt="a castle", steps=4, seed=1)
    steps = len(opened.history.line)
    window.generation.paint()
    qtbot.waitUntil(lambda: len(opened.history.line) == steps + 1, timeout=PATIENCE_MS)
    task = window.session.jobs.all[-1].job.task
    assert isinstance(task, DepthToImage)
    assert task.depth_map is not None
    ground = window.session.jobs.all[-1].pictures
    assert ground is not None
    assert not np.array_equal(ground[task.image.hash][..., :3], shown[..., :3])
    assert active(opened).id != depth.id

    window.run("select.by_depth")
    qtbot.waitUntil(lambda: window.findChild(DepthRangeDialog) is not None, timeout=PATIENCE_MS)
    dialog = window.findChild(DepthRangeDialog)
    assert dialog is not None
    dialog.range.put(140, 255)
    assert opened.document.selection is None
    assert opened.shown.selection is not None
    dialog.accept()
    settled(qtbot, opened, "Select by depth")
    assert opened.document.selection == opened.shown.selection


def test_after_save_and_reopen_a_recipe_gives_the_very_same_pixels(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    opened = window.session.add(photograph(), "Coffee")
    place = Selection.of_rectangle(Bounds(60, 30, 64, 56))
    opened.apply(lambda document: select(document, place), "Select")
    window.generation.change(prompt="a red heart", steps=6, seed=7, strength=1.0)
    window.generation.paint()
    settled(qtbot, opened, "Paint")
    first = active(opened)
    opened.apply(lambda document: rename(document, first.id, "kept"), "Rename")
    path = tmp_path / "coffee.ora"
    files._save_to(window.desk, opened, path, None)  # what Save does after asking for a name
    qtbot.waitUntil(lambda: opened.path == path, timeout=PATIENCE_MS)
    window.session.close(opened)

    files.open_paths(window.desk, [path])
    qtbot.waitUntil(lambda: window.session.current is not None, timeout=PATIENCE_MS)
    again = window.session.current
    assert isinstance(again, OpenDocument)
    kept = [painting.id for painting in again.paintings]
    assert len(kept) == 1
    assert active(again).name == "kept"
    window.run("recipe.rerun")
    settled(qtbot, again, "Paint")
    second = active(again)
    assert second.id != first.id
    assert second.pixels == first.pixels
    assert second.mask == first.mask
    assert not again.document.find(first.id).visible
    assert [painting.id for painting in again.paintings][:1] == kept
    assert len(again.paintings) - len(kept) == 1
    said = [message.text for message in window.messages.kept]
    assert not any("changed since" in text for text in said)
