"""The Painted panel and the later life of results, in the real window."""

import msgspec
import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from helpers.finished_jobs import PLACE, finished_for, selected_document
from scumble_editor.client.connection import Link
from scumble_editor.client.jobs import PaintJob
from scumble_editor.client.notes import Home, Note
from scumble_editor.document.layer import Layer
from scumble_editor.generation.actions import PaintAction
from scumble_editor.generation.settings import Settings
from scumble_editor.history.recovery import recover, recoverable
from scumble_editor.ui.dialogs.feathering import FeatherDialog
from scumble_editor.ui.dialogs.quality import QualityDialog
from scumble_editor.ui.main_window import MainWindow
from scumble_editor.ui.open_document import OpenDocument
from scumble_editor.ui.panels.painted import PaintedPanel
from scumble_protocol.geometry import Bounds
from scumble_protocol.jobs import Inpaint, JobState

pytestmark = pytest.mark.gui


@pytest.fixture(autouse=True)
def no_daemon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have nothing sent anywhere: what is tested here happens in the editor alone."""
    monkeypatch.setattr(Link, "call", lambda *_: None)


HEART = Settings(prompt="a red heart", seed=5, steps=12)


def painted(window: MainWindow, qtbot: QtBot, settings: Settings = HEART) -> OpenDocument:
    """Have a result land in the picture in front, one with a selection where none is open."""
    opened = window.session.current
    if opened is None:
        opened = window.session.add(selected_document(), "Heart")
    job = finished_for(opened.document, settings)
    home = Home(document=opened.id, name=opened.name, above=opened.document.active_id)
    arrived = PaintJob(job.job, job.settings, home, job.pictures, JobState.DONE)
    arrived.painted = job.painted
    count = len(opened.paintings)
    window.generation.landing.put(arrived, opened)
    qtbot.waitUntil(lambda: len(opened.paintings) > count, timeout=20_000)
    return opened


def panel(window: MainWindow, qtbot: QtBot, rows: int) -> PaintedPanel:
    dock = next(dock for dock in window.docks.all if dock.objectName() == "painted")
    dock.show()
    dock.raise_()
    shown = window.docks.painted
    qtbot.waitUntil(lambda: shown.list.count() == rows, timeout=20_000)
    return shown


def selected(opened: OpenDocument) -> Bounds | None:
    selection = opened.document.selection
    return None if selection is None else selection.bounds


def titles(shown: PaintedPanel) -> list[str]:
    return [shown.list.item(row).text().split("\n")[0] for row in range(shown.list.count())]


def active(opened: OpenDocument) -> Layer:
    node = opened.document.active
    assert isinstance(node, Layer)
    return node


def asked_next(window: MainWindow, qtbot: QtBot, action: str) -> Note:
    """Run an action and return the note of the job that it sends."""
    known = {job.id for job in window.session.jobs.all}
    window.run(action)
    qtbot.waitUntil(lambda: len(window.session.jobs.all) > len(known), timeout=20_000)
    job = window.session.jobs.all[-1]
    return Note(job=job.job, settings=job.settings, home=job.home)


def test_undo_of_a_result_leaves_it_in_the_panel_and_a_double_click_puts_it_back(
    window: MainWindow, qtbot: QtBot
) -> None:
    opened = painted(window, qtbot)
    result = active(opened)
    opened.undo()
    assert all(node.id != result.id for node in opened.document.walk())
    shown = panel(window, qtbot, 1)
    item = shown.list.item(0)
    assert item.text().startswith("a red heart")
    assert not item.icon().isNull()
    steps = len(opened.history.line)
    shown.list.setCurrentItem(item)
    shown.list.itemActivated.emit(item)
    assert active(opened) == result
    opened.undo()
    assert all(node.id != result.id for node in opened.document.walk())
    assert len(opened.history.line) == steps


def test_the_search_finds_by_words_and_delete_is_for_good(window: MainWindow, qtbot: QtBot) -> None:
    opened = painted(window, qtbot)
    painted(window, qtbot, msgspec.structs.replace(HEART, prompt="a blue house"))
    shown = panel(window, qtbot, 2)
    assert shown.list.item(0).text().startswith("a blue house")
    shown.search.setText("heart red")
    qtbot.waitUntil(lambda: shown.list.count() == 1, timeout=20_000)
    shown.list.setCurrentRow(0)
    button = next(
        b for b in shown.findChildren(QToolButton) if b.accessibleName().startswith("Delete")
    )
    button.click()
    qtbot.waitUntil(lambda: len(opened.paintings) == 1, timeout=20_000)
    assert opened.modified
    shown.search.clear()
    qtbot.waitUntil(lambda: titles(shown) == ["a blue house"], timeout=20_000)


def test_a_crash_keeps_what_was_painted_and_undone(window: MainWindow, qtbot: QtBot) -> None:
    opened = painted(window, qtbot)
    opened.undo()
    kept = opened.paintings
    assert window.session.journals is not None
    journal = opened.history.journal
    assert journal is not None
    assert journal.flush()
    journal.discard = journal.close  # type: ignore[method-assign]  # as a crash leaves it
    window.session.close(opened)
    (left,) = recoverable(window.session.journals)
    history = recover(left.path)
    assert [p.layers[0].pixels for p in history.gallery.paintings] == [kept[0].layers[0].pixels]
    history.close()


def test_again_asks_for_the_same_and_another_seed_for_another(
    window: MainWindow, qtbot: QtBot
) -> None:
    opened = painted(window, qtbot)
    layer = active(opened)
    first = msgspec.json.decode(layer.recipe or "")
    same = asked_next(window, qtbot, "recipe.rerun")
    assert msgspec.to_builtins(same.job.task) == first["task"]
    assert (same.home.above, same.home.instead_of) == (layer.id, layer.id)
    other = asked_next(window, qtbot, "recipe.reroll").job.task
    assert other.seed != same.job.task.seed
    assert msgspec.structs.replace(other, seed=same.job.task.seed) == same.job.task


def test_the_earlier_result_is_hidden_in_the_same_step(window: MainWindow, qtbot: QtBot) -> None:
    opened = painted(window, qtbot)
    earlier = active(opened)
    job = finished_for(opened.document, HEART)
    home = Home(document=opened.id, name="", above=earlier.id, instead_of=earlier.id)
    arrived = PaintJob(job.job, job.settings, home, job.pictures, JobState.DONE)
    arrived.painted = job.painted
    window.generation.landing.put(arrived, opened)
    qtbot.waitUntil(lambda: len(opened.paintings) == 2, timeout=20_000)
    assert not opened.document.find(earlier.id).visible
    opened.undo()
    assert opened.document.find(earlier.id).visible


def test_changing_the_prompt_loads_the_panel_and_the_place_in_one_step(
    window: MainWindow, qtbot: QtBot
) -> None:
    opened = painted(window, qtbot)
    layer = active(opened)
    window.run("select.none")
    assert selected(opened) is None
    window.generation.change(prompt="something else")
    window.run("recipe.change")
    assert selected(opened) == PLACE
    assert not opened.document.find(layer.id).visible
    asked = window.generation.settings
    assert (asked.prompt, asked.action, asked.seed) == ("a red heart", PaintAction.FILL, None)
    opened.undo()
    assert selected(opened) is None
    assert opened.document.find(layer.id).visible


def test_feathering_again_is_seen_while_dragged_and_is_one_step(
    window: MainWindow, qtbot: QtBot
) -> None:
    opened = painted(window, qtbot)
    layer = active(opened)
    window.run("recipe.feather")
    dialog = window.findChild(FeatherDialog)
    assert dialog is not None
    dialog.width_px.set_value(30)
    dialog.width_px.changed.emit(30)
    assert opened.document.find(layer.id).mask == layer.mask
    assert opened.shown.find(layer.id).mask != layer.mask
    dialog.reject()
    assert opened.shown is opened.document
    window.run("recipe.feather")
    dialog = window.findChildren(FeatherDialog)[-1]
    dialog.accept()
    assert opened.document.find(layer.id).mask != layer.mask
    opened.undo()
    assert opened.document.find(layer.id).mask == layer.mask


def test_quality_is_more_steps_or_a_closer_look(window: MainWindow, qtbot: QtBot) -> None:
    painted(window, qtbot)
    window.run("recipe.quality")
    dialog = window.findChild(QualityDialog)
    assert dialog is not None
    assert dialog.steps.value() == 24
    dialog.closer.setChecked(True)
    dialog.accept()
    qtbot.waitUntil(lambda: len(window.session.jobs.all) == 1, timeout=20_000)
    task = window.session.jobs.all[0].job.task
    assert isinstance(task, Inpaint)
    assert (task.steps, task.region.context, task.seed) == (24, 32.0, 5)


def test_a_recipe_goes_through_the_clipboard(window: MainWindow, qtbot: QtBot) -> None:
    painted(window, qtbot)
    window.run("recipe.copy_text")
    assert "Prompt: a red heart" in QGuiApplication.clipboard().text()
    window.run("recipe.copy_json")
    window.generation.change(prompt="", seed=None)
    window.run("recipe.paste")
    assert (window.generation.settings.prompt, window.generation.settings.seed) == (
        "a red heart",
        5,
    )
    QGuiApplication.clipboard().setText("hello")
    window.run("recipe.paste")
    assert "This is no recipe" in window.messages.kept[-1].text
