"""Everything that the Generate panel offers, in the window, by the real daemon and the bundled
model: what comes back, what stays as it was, and that one undo takes it away.
"""

import gc
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from helpers.homes import REAL, Home, home
from scumble_editor.document.composite import composite
from scumble_editor.document.document import Document
from scumble_editor.document.edits.selection import select
from scumble_editor.document.formats import Pixels
from scumble_editor.document.layer import Group, Layer
from scumble_editor.document.shapes import ellipse
from scumble_editor.generation.actions import ABOUT, PaintAction
from scumble_editor.generation.settings import Sides
from scumble_editor.ui import icons, theme
from scumble_editor.ui.main_window import MainWindow
from scumble_editor.ui.messages import Level, Messages
from scumble_editor.ui.open_document import OpenDocument
from scumble_editor.ui.settings import Settings
from scumble_protocol.geometry import Bounds, Extent

pytestmark = [pytest.mark.gui, pytest.mark.slow]

SAMPLE = Path(__file__).parents[2] / "packaging" / "sample" / "coffee.jpg"
PLACE = Bounds(40, 30, 60, 56)
PATIENCE_MS = 240_000
STEPS = 4


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """One real daemon for all of this module."""
    with home(tmp_path_factory.mktemp("h")) as here:
        here.start(REAL, {"OMP_NUM_THREADS": "1"})
        yield here
        here.stop()


@pytest.fixture
def window(daemon: Home, qapp: QApplication, qtbot: QtBot) -> Iterator[MainWindow]:
    """The window with the sample, made small; jobs that a failed test left are cancelled."""
    assert daemon
    theme.apply(qapp, "dark")
    made = MainWindow(Settings(theme="dark"), Messages())
    made.resize(1200, 800)
    made.show()
    qtbot.waitExposed(made)
    with Image.open(SAMPLE) as image:
        rgba = np.asarray(image.convert("RGBA").resize((144, 120)))
    made.session.add(Document.of_image(rgba), "Sample")
    made.generation.change(steps=STEPS, seed=7)
    yield made
    for job in list(made.generation.jobs.active):
        made.generation.jobs.cancel(job)
    qtbot.waitUntil(lambda: not made.generation.jobs.active, timeout=PATIENCE_MS)
    for opened in list(made.session.documents):
        made.session.close(opened)
    made.close()
    made.deleteLater()
    qtbot.wait(1)
    icons.icon.cache_clear()
    gc.collect()


def front(window: MainWindow) -> OpenDocument:
    opened = window.session.current
    assert opened is not None
    return opened


def select_a_place(window: MainWindow) -> Pixels:
    opened = front(window)
    opened.apply(lambda document: select(document, ellipse(PLACE)), "Select")
    selection = opened.document.selection
    assert selection is not None
    return selection.read(opened.document.bounds)


def paint(window: MainWindow, qtbot: QtBot, action: PaintAction, prompt: str = "a house") -> None:
    """Press Paint and wait until the result is in the document."""
    landed: list[object] = []
    window.generation.finished.connect(lambda *what: landed.append(what))
    window.generation.choose(action)
    window.generation.change(prompt=prompt)
    assert window.generation.wanting == ""
    window.docks.generate.paint.click()

    def over() -> bool:
        bad = [said.text for said in window.messages.kept if said.level is Level.ERROR]
        assert bad == []
        return bool(landed)

    qtbot.waitUntil(over, timeout=PATIENCE_MS)


def outside_is_untouched(before: Document, after: Document, coverage: Pixels) -> None:
    differs = (composite(before) != composite(after)).any(axis=2)
    assert int((differs & (coverage == 0)).sum()) == 0
    assert int((differs & (coverage > 0)).sum()) > 300


@pytest.mark.parametrize("action", [action for action in PaintAction if ABOUT[action].place])
def test_in_a_selection(action: PaintAction, window: MainWindow, qtbot: QtBot) -> None:
    coverage = select_a_place(window)
    before = front(window).document
    paint(window, qtbot, action)
    after = front(window).document
    if action is PaintAction.BACKGROUND:
        coverage = 255 - coverage
    outside_is_untouched(before, after, coverage)
    layer = after.active
    assert isinstance(layer, Layer)
    assert layer.name == "a house"
    assert layer.recipe is not None
    assert layer.mask is not None
    assert front(window).history.current.label == "Paint"
    front(window).undo()
    assert np.array_equal(composite(front(window).document), composite(before))


@pytest.mark.parametrize("action", [PaintAction.WHOLE, PaintAction.DEPTH])
def test_over_the_whole_picture(action: PaintAction, window: MainWindow, qtbot: QtBot) -> None:
    before = front(window).document
    paint(window, qtbot, action)
    after = front(window).document
    assert len(after.layers) == 2
    assert not np.array_equal(composite(before), composite(after))


def test_one_thing_is_changed_for_another(window: MainWindow, qtbot: QtBot) -> None:
    coverage = select_a_place(window)
    before = front(window).document
    window.generation.change(source_prompt="a red circle")
    paint(window, qtbot, PaintAction.EDIT, "a blue circle")
    outside_is_untouched(before, front(window).document, coverage)


def test_the_canvas_is_expanded_and_the_picture_stays(window: MainWindow, qtbot: QtBot) -> None:
    before = composite(front(window).document)
    window.generation.change(sides=Sides(right=48))
    paint(window, qtbot, PaintAction.EXPAND, "")
    after = front(window).document
    assert after.size == Extent(192, 120)
    shown = composite(after)
    assert shown[..., 3].min() == 255, "the new room is painted all over"
    kept = 144 - 30
    assert np.array_equal(shown[:, :kept], before[:, :kept])
    labels = [step.label for step in front(window).history.line]
    assert labels[-2:] == ["Expand canvas", "Paint"]


def test_an_enlarged_picture_arrives_with_its_canvas_as_one_step(
    window: MainWindow, qtbot: QtBot
) -> None:
    before = front(window).document
    paint(window, qtbot, PaintAction.UPSCALE, "")
    after = front(window).document
    assert after.size == Extent(288, 240)
    assert front(window).history.current.label == "Enlarge"
    front(window).undo()
    assert front(window).document.size == before.size


def test_variants_come_as_one_group(window: MainWindow, qtbot: QtBot) -> None:
    coverage = select_a_place(window)
    before = front(window).document
    window.generation.change(variants=2)
    paint(window, qtbot, PaintAction.FILL)
    after = front(window).document
    group = after.layers[-1]
    assert isinstance(group, Group)
    assert [child.visible for child in group.children] == [False, True]
    outside_is_untouched(before, after, coverage)


def test_a_result_goes_to_its_own_picture_while_another_is_in_front(
    window: MainWindow, qtbot: QtBot
) -> None:
    select_a_place(window)
    asked = front(window)
    landed: list[OpenDocument] = []
    window.generation.finished.connect(lambda _, opened: landed.append(opened))
    window.run("generate.paint")
    qtbot.waitUntil(lambda: bool(window.generation.jobs.all), timeout=PATIENCE_MS)
    other = window.session.add(Document.of_image(np.full((40, 40, 4), 255, np.uint8)), "Other")
    qtbot.waitUntil(lambda: landed == [asked], timeout=PATIENCE_MS)
    assert len(asked.document.layers) == 2
    assert len(other.document.layers) == 1
    assert window.session.current is other


def test_a_cancelled_job_changes_nothing(window: MainWindow, qtbot: QtBot) -> None:
    select_a_place(window)
    before = front(window).document
    window.generation.change(steps=200)
    window.run("generate.paint")
    qtbot.waitUntil(lambda: window.actions_.by_id["generate.cancel"].isEnabled(), timeout=60_000)
    qtbot.waitUntil(lambda: bool(window.generation.jobs.active), timeout=PATIENCE_MS)
    window.run("generate.cancel")
    qtbot.waitUntil(lambda: not window.generation.jobs.active, timeout=PATIENCE_MS)
    assert front(window).document is before
