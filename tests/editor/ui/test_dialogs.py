from pathlib import Path

import numpy as np
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from helpers.stages import filled
from helpers.windows import colour_at, drag, settle, show, wait_for_work
from scumble_editor.document.composite import composite
from scumble_editor.document.edits import adjustments
from scumble_editor.history.recovery import recoverable
from scumble_editor.ui import settings as settings_store
from scumble_editor.ui.actions.table import ACTIONS
from scumble_editor.ui.commands import recovering
from scumble_editor.ui.dialogs.ask_number import AskNumber
from scumble_editor.ui.dialogs.curves import CurvesDialog
from scumble_editor.ui.dialogs.preferences import Preferences
from scumble_editor.ui.dialogs.recovery import RecoveryDialog
from scumble_editor.ui.dialogs.resize import ResizeCanvas, ScalePicture
from scumble_editor.ui.dialogs.tones import BlurDialog, LevelsDialog
from scumble_editor.ui.main_window import MainWindow
from scumble_editor.ui.shortcuts import keys_of


def test_an_adjustment_is_seen_before_it_is_applied(window: MainWindow, qtbot: QtBot) -> None:
    opened = show(window, filled((100, 100, 100)))
    window.run("image.levels")
    dialog = window.findChildren(LevelsDialog)[-1]
    with qtbot.waitSignal(dialog.previewed):
        dialog.white.set_value(200)
        dialog.refresh()
    assert colour_at(window, 50, 50)[0] > 120
    assert not opened.history.can_undo
    wanted = dialog.edit()(opened.document)
    dialog.accept()
    qtbot.waitUntil(lambda: opened.history.can_undo)
    assert np.array_equal(composite(opened.document), composite(wanted))
    assert opened.history.current.label == "Levels"


def test_a_cancelled_adjustment_leaves_the_picture_as_it_was(
    window: MainWindow, qtbot: QtBot
) -> None:
    opened = show(window, filled((100, 100, 100)))
    before = opened.document
    window.run("image.levels")
    dialog = window.findChildren(LevelsDialog)[-1]
    with qtbot.waitSignal(dialog.previewed):
        dialog.white.set_value(128)
        dialog.refresh()
    dialog.reject()
    wait_for_work(qtbot, window)
    assert opened.shown is before
    assert colour_at(window, 50, 50) == (100, 100, 100)


def test_an_adjustment_goes_on_from_what_was_painted_meanwhile(
    window: MainWindow, qtbot: QtBot
) -> None:
    opened = show(window, filled((100, 100, 100)))
    window.run("image.levels")
    dialog = window.findChildren(LevelsDialog)[-1]
    window.session.pick((200, 0, 0))
    drag(window, [(50, 50), (90, 50)])
    dialog.white.set_value(200)
    dialog.accept()
    qtbot.waitUntil(lambda: opened.history.current.label == "Levels")
    assert composite(opened.document)[50, 70].tolist() == [255, 0, 0, 255]


def test_an_adjustment_closes_with_its_picture(window: MainWindow, qtbot: QtBot) -> None:
    opened = show(window, filled((100, 100, 100)))
    window.run("image.blur")
    window.session.close(opened)
    wait_for_work(qtbot, window)
    qtbot.waitUntil(lambda: not window.findChildren(BlurDialog))


def test_only_the_latest_wish_is_previewed(window: MainWindow, qtbot: QtBot) -> None:
    show(window, filled((100, 100, 100)))
    window.run("image.blur")
    dialog = window.findChildren(BlurDialog)[-1]
    for radius in range(1, 60):
        dialog.radius.set_value(radius)
        dialog.refresh()
    assert len(window.works.running) <= 1
    wait_for_work(qtbot, window)
    dialog.reject()


def test_curves_bend_one_channel(window: MainWindow, qtbot: QtBot) -> None:
    opened = show(window, filled((100, 100, 100)))
    window.run("image.curves")
    dialog = window.findChildren(CurvesDialog)[-1]
    dialog.channel.setCurrentIndex(1)
    with qtbot.waitSignal(dialog.previewed):
        dialog.curve.set_points([(0, 0), (100, 200), (255, 255)])
        dialog.curve.changed.emit()
    red, green, _ = composite(opened.shown)[50, 50, :3].tolist()
    assert (red, green) == (
        int(adjustments.curve_table([(0, 0), (100, 200), (255, 255)])[100]),
        100,
    )
    dialog.reset()
    dialog.reject()
    wait_for_work(qtbot, window)


def test_questions_for_a_number_change_the_selection(window: MainWindow, qtbot: QtBot) -> None:
    opened = show(window, filled())
    window.session.take_tool("select_rectangle")
    drag(window, [(100, 60), (200, 140)])
    window.run("select.grow")
    dialog = window.findChildren(AskNumber)[-1]
    dialog.number.setValue(10)
    dialog.accept()
    wait_for_work(qtbot, window)
    assert opened.document.selection is not None
    bounds = opened.document.selection.bounds
    assert bounds is not None
    assert bounds.width == 120


def test_pictures_are_scaled_and_canvases_resized(window: MainWindow, qtbot: QtBot) -> None:
    opened = show(window, filled())
    window.run("image.scale")
    scale = window.findChildren(ScalePicture)[-1]
    scale.wide.setValue(150)
    assert scale.high.value() == 100
    scale.accept()
    wait_for_work(qtbot, window)
    assert opened.document.size.width == 150
    window.run("image.canvas")
    resize = window.findChildren(ResizeCanvas)[-1]
    resize.wide.setValue(250)
    resize.accept()
    assert opened.document.size.width == 250
    assert composite(opened.document)[50, 20, 3] == 0
    assert composite(opened.document)[50, 100, 3] == 255


def test_shortcuts_are_changed_in_the_preferences_and_kept_for_the_next_window(
    window: MainWindow,
) -> None:
    window.run("help.shortcuts")
    dialog = window.findChildren(Preferences)[-1]
    page = dialog.findChildren(QWidget, "shortcuts")[-1]
    tree = page.tree  # type: ignore[attr-defined]
    items = [tree.topLevelItem(row) for row in range(tree.topLevelItemCount())]
    tree.setCurrentItem(next(item for item in items if item.text(0).endswith("Invert Colours")))
    page._set("F7")  # type: ignore[attr-defined]
    keys = window.actions_.by_id["image.invert_colours"].shortcuts()
    assert [key.toString() for key in keys] == ["F7"]
    dialog.reject()
    kept = settings_store.load(settings_store.settings_file())
    assert kept.shortcuts == {"image.invert_colours": "F7"}
    entry = next(action for action in ACTIONS if action.id == "image.invert_colours")
    assert keys_of(entry, kept) == ("F7",)


def test_a_crash_is_offered_back_with_its_history(
    window: MainWindow, qtbot: QtBot, own_home: Path
) -> None:
    opened = show(window, filled(), "Lost")
    drag(window, [(20, 20), (60, 40)])
    wanted = opened.document
    # What a crash leaves: a journal that nobody has open any more.
    window.session.show(None)
    window.session.documents.remove(opened)
    window.session.closed.emit(opened)
    opened.close(discard=False)
    recovering.offer(window.desk)
    qtbot.waitUntil(lambda: bool(window.findChildren(RecoveryDialog)))
    dialog = window.findChildren(RecoveryDialog)[-1]
    assert "Lost" in dialog.list.item(0).text()
    dialog.accept()
    qtbot.waitUntil(lambda: window.session.current is not None)
    back = window.session.documents[0]
    assert np.array_equal(composite(back.document), composite(wanted))
    assert back.modified
    back.undo()
    assert np.array_equal(composite(back.document), composite(filled()))
    window.session.close(back)
    assert recoverable(own_home / "data" / "journals") == []


def test_the_quick_mask_shows_a_film_and_paints_the_selection(window: MainWindow) -> None:
    opened = show(window, filled((255, 255, 255)))
    window.run("select.quick_mask")
    red, green, _ = colour_at(window, 150, 60)
    assert red > green + 50
    window.session.pick((255, 255, 255))
    drag(window, [(50, 60), (250, 60)])
    assert colour_at(window, 150, 60) == (255, 255, 255)
    window.run("select.quick_mask")
    settle(window)
    assert opened.document.selection is not None
