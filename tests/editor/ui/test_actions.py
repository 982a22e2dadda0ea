from importlib.resources import files

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from helpers.stages import filled
from helpers.windows import show, wait_for_work
from scumble_editor.ui.actions.action import Action
from scumble_editor.ui.actions.table import ACTIONS, BY_ID, action
from scumble_editor.ui.main_window import MainWindow
from scumble_editor.ui.messages import Level
from scumble_editor.ui.settings import Settings
from scumble_editor.ui.shortcuts import keys_of, set_keys
from scumble_editor.ui.widgets.command_search import ranked

ASKING = {"file.open", "file.save_as", "file.save", "file.export", "file.quit", "file.close"}
ASKING |= {"generate.paint", "generate.live", "generate.depth_layer", "select.by_depth"}
ASKING |= {"generate.models"}
"""Actions with a test of their own: they open files, end the program or start a daemon."""

UNAVAILABLE = {"edit.redo", "layer.ungroup", "mask.add", "view.next", "view.previous"}
UNAVAILABLE |= {"generate.cancel", "generate.take"}
"""Actions that make no sense on the picture that the test opens."""


def test_every_action_says_what_it_is() -> None:
    assert len(BY_ID) == len(ACTIONS)
    icons = files("scumble_editor.ui") / "icons"
    for entry in ACTIONS:
        assert entry.text
        assert entry.tip
        assert not entry.tip.endswith(".")
        assert not entry.icon or (icons / f"{entry.icon}.svg").is_file()


def test_no_two_actions_share_keys() -> None:
    keys = [QKeySequence(k).toString() for entry in ACTIONS for k in entry.shortcuts]
    assert all(keys)
    assert len(keys) == len(set(keys))


def test_every_action_runs_and_undo_takes_it_back(window: MainWindow, qtbot: QtBot) -> None:
    for entry in ACTIONS:
        if entry.id not in ASKING:
            run_on_a_fresh_picture(entry, window, qtbot)


def run_on_a_fresh_picture(entry: Action, window: MainWindow, qtbot: QtBot) -> None:
    opened = window.session.add(filled(width=64, height=48), "Test")
    for preparation in ("layer.add", "layer.group", "layer.add", "mask.add", "select.all"):
        window.run(preparation)
    before = opened.document
    needs_paint = entry.id.startswith("recipe.")
    assert entry.enabled(window.session) or entry.id in UNAVAILABLE or needs_paint, entry.id
    window.run(entry.id)
    wait_for_work(qtbot, window)
    for dialog in window.findChildren(QDialog):
        dialog.reject()
    errors = [message.text for message in window.messages.kept if message.level is Level.ERROR]
    assert errors == [], entry.id
    if opened.document is not before and entry.id != "edit.undo":
        while opened.history.can_undo and opened.document is not before:
            opened.undo()
    for shown in list(window.session.documents):
        window.session.close(shown)


def test_actions_are_disabled_where_they_make_no_sense(window: MainWindow) -> None:
    for name in ("edit.undo", "file.save", "layer.add", "select.none", "mask.delete"):
        assert not window.actions_.by_id[name].isEnabled()
    show(window, filled())
    assert window.actions_.by_id["layer.add"].isEnabled()
    assert not window.actions_.by_id["edit.undo"].isEnabled()
    window.run("select.all")
    assert window.actions_.by_id["select.none"].isEnabled()
    assert window.actions_.by_id["edit.undo"].text() == "Undo Select all"


def test_tooltips_show_keys(window: MainWindow) -> None:
    for entry in ACTIONS:
        tip = window.actions_.by_id[entry.id].toolTip()
        assert entry.tip in tip
        if entry.shortcuts:
            assert "<span" in tip


def test_keys_can_be_changed_taken_and_given_back() -> None:
    settings = Settings()
    undo, redo = action("edit.undo"), action("edit.redo")
    assert set_keys(ACTIONS, settings, "edit.undo", "F2") is None
    assert keys_of(undo, settings) == ("F2",)
    freed = set_keys(ACTIONS, settings, "edit.redo", "F2")
    assert freed is undo
    assert keys_of(undo, settings) == ()
    set_keys(ACTIONS, settings, "edit.undo", None)
    assert keys_of(undo, settings) == undo.shortcuts
    assert keys_of(redo, settings) == ("F2",)


def test_the_command_search_finds_by_words_in_any_order() -> None:
    assert ranked(ACTIONS, "undo")[0].id == "edit.undo"
    assert "layer.merge_down" in [entry.id for entry in ranked(ACTIONS, "down merge")]
    assert ranked(ACTIONS, "no such thing") == []
    assert len(ranked(ACTIONS, "")) == len(ACTIONS)
