from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QPointingDevice, QTabletEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QLabel, QMenu, QMessageBox
from pytestqt.qtbot import QtBot

from helpers.pictures import noise
from helpers.stages import blank, filled
from helpers.windows import (
    canvas_of,
    colour_at,
    drag,
    on_screen,
    settle,
    show,
    wait_for_work,
)
from scumble_editor.document.composite import composite
from scumble_editor.document.document import Document
from scumble_editor.document.layer import Layer
from scumble_editor.document.tiles import Tiles
from scumble_editor.files.documents import open_document, save_document
from scumble_editor.ui import theme
from scumble_editor.ui.actions.table import ACTIONS
from scumble_editor.ui.canvas.canvas import Canvas
from scumble_editor.ui.commands import files
from scumble_editor.ui.dialogs.export import ExportOptions
from scumble_editor.ui.dialogs.new_document import NewDocument
from scumble_editor.ui.main_window import MainWindow
from scumble_editor.ui.widgets.work_bar import WorkBar
from scumble_protocol.geometry import Extent


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.png"
    rgb = np.random.default_rng(1).integers(0, 256, (90, 120, 3), dtype=np.uint8)
    Image.fromarray(rgb).save(path)
    return path


def test_an_empty_window_offers_three_ways_to_begin(window: MainWindow, qtbot: QtBot) -> None:
    assert window.welcome.isVisible()
    assert len(window.welcome.cards) == 3
    QTest.mouseClick(window.welcome.cards["file.sample"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.session.current is not None)
    assert window.tabs.isVisible()
    assert not window.welcome.isVisible()


def test_painting_is_seen_undone_and_redone(window: MainWindow) -> None:
    show(window, filled((255, 255, 255)))
    window.session.pick((200, 30, 30))
    assert colour_at(window, 150, 60) == (255, 255, 255)
    drag(window, [(50, 60), (150, 60), (250, 60)])
    assert colour_at(window, 150, 60) == (200, 30, 30)
    window.run("edit.undo")
    assert colour_at(window, 150, 60) == (255, 255, 255)
    window.run("edit.redo")
    assert colour_at(window, 150, 60) == (200, 30, 30)


def test_a_stroke_is_on_the_screen_before_the_hand_lets_go(window: MainWindow) -> None:
    show(window, filled())
    window.session.pick((0, 128, 0))
    canvas = canvas_of(window)
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=on_screen(canvas, 100, 100))
    assert colour_at(window, 100, 100) == (0, 128, 0)
    assert not window.session.documents[0].history.can_undo
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert colour_at(window, 100, 100) == (255, 255, 255)
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=on_screen(canvas, 100, 100))
    assert not window.session.documents[0].history.can_undo


def test_a_pen_paints_as_wide_as_it_is_pressed(window: MainWindow) -> None:
    opened = show(window, filled())
    canvas = canvas_of(window)
    window.session.tool.values.set("size", 60)
    for kind, pressure in (
        (QEvent.Type.TabletPress, 0.25),
        (QEvent.Type.TabletMove, 0.25),
        (QEvent.Type.TabletRelease, 0.0),
    ):
        QApplication.sendEvent(canvas, pen(canvas, kind, 100, 100, pressure))
    column = composite(opened.document)[:, 100, 0]
    assert 10 <= int((column < 128).sum()) <= 20
    assert opened.history.current.label == "Brush stroke"


def pen(canvas: Canvas, kind: QEvent.Type, x: float, y: float, pressure: float) -> QTabletEvent:
    place = QPointF(on_screen(canvas, x, y))
    held = Qt.MouseButton.NoButton if pressure == 0 else Qt.MouseButton.LeftButton
    return QTabletEvent(
        kind,
        QPointingDevice.primaryPointingDevice(),
        place,
        QPointF(canvas.mapToGlobal(place)),
        pressure,
        0.0,
        0.0,
        0.0,
        0.0,
        0.0,
        Qt.KeyboardModifier.NoModifier,
        Qt.MouseButton.LeftButton,
        held,
    )


def test_the_selection_is_shown_as_ants_or_as_a_film(window: MainWindow) -> None:
    show(window, filled((255, 255, 255)))
    window.session.take_tool("select_rectangle")
    drag(window, [(100, 50), (200, 150)])
    assert colour_at(window, 50, 50) == (255, 255, 255)
    assert colour_at(window, 150, 50) in ((255, 255, 255), (16, 16, 16))
    window.run("view.film")
    red, green, _ = colour_at(window, 50, 50)
    assert red > green + 50
    assert colour_at(window, 150, 100) == (255, 255, 255)


def test_where_nothing_is_painted_a_checkerboard_shows(window: MainWindow) -> None:
    show(window, blank())
    greys = {colour_at(window, x, 60) for x in range(10, 290, 9)}
    assert greys == {(204, 204, 204), (153, 153, 153)}


def test_close_up_a_grid_parts_the_pixels_and_can_be_hidden(window: MainWindow) -> None:
    show(window, filled((255, 255, 255)))
    canvas = canvas_of(window)
    canvas.look(canvas.camera.zoomed(16))
    middle = canvas.camera.to_canvas(canvas.width() / 2, canvas.height() / 2)
    corner = (round(middle[0]), round(middle[1]) + 0.5)
    inside = (corner[0] + 0.5, corner[1])
    shown = [colour_at(window, *corner), colour_at(window, *inside)]
    window.run("view.grid")
    assert shown[0] != (255, 255, 255) == shown[1]
    assert colour_at(window, *corner) == (255, 255, 255)
    window.run("view.grid")
    canvas.look(canvas.camera.zoomed(4))
    assert colour_at(window, *corner) == (255, 255, 255)


def test_ctrl_takes_a_colour_while_painting(window: MainWindow) -> None:
    show(window, filled((12, 200, 99)))
    drag(window, [(50, 50), (50, 50)], Qt.KeyboardModifier.ControlModifier)
    assert window.session.foreground == (12, 200, 99)


def test_a_locked_layer_is_told_of_and_nothing_changes(window: MainWindow) -> None:
    opened = show(window, filled())
    window.run("layer.locked")
    before = opened.document
    drag(window, [(50, 50), (90, 50)])
    assert opened.document is before
    assert window.message_bar.isVisible()
    assert "locked" in window.message_bar.text.text()


def test_messages_take_the_icons_of_another_theme(
    window: MainWindow, dressed: QApplication
) -> None:
    window.messages.info("The picture is saved.")
    (icon,) = [label for label in window.message_bar.findChildren(QLabel) if not label.text()]
    dark = icon.pixmap().toImage()
    try:
        theme.apply(dressed, "light")
        window.refresh_theme()
        assert icon.pixmap().toImage() != dark
    finally:
        theme.apply(dressed, "dark")
    window.refresh_theme()
    assert icon.pixmap().toImage() == dark


def test_the_wheel_zooms_to_the_pointer(window: MainWindow) -> None:
    show(window, filled())
    canvas = canvas_of(window)
    place = QPointF(on_screen(canvas, 250, 150))
    wheel = QWheelEvent(
        place,
        QPointF(canvas.mapToGlobal(place.toPoint())),
        QPoint(0, 0),
        QPoint(0, 360),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas, wheel)
    assert canvas.camera.zoom == pytest.approx(2.0)
    assert (on_screen(canvas, 250, 150) - place.toPoint()).manhattanLength() <= 3


def test_space_and_the_middle_button_pan(window: MainWindow) -> None:
    show(window, filled())
    canvas = canvas_of(window)
    before = on_screen(canvas, 0, 0)
    drag(window, [(50, 50), (90, 70)], button=Qt.MouseButton.MiddleButton)
    assert on_screen(canvas, 0, 0) - before == QPoint(40, 20)
    QTest.keyPress(canvas, Qt.Key.Key_Space)
    drag(window, [(50, 50), (30, 50)])
    QTest.keyRelease(canvas, Qt.Key.Key_Space)
    assert on_screen(canvas, 0, 0) - before == QPoint(20, 20)
    assert not window.session.documents[0].history.can_undo


def test_the_view_turns_and_mirrors_and_painting_follows(window: MainWindow) -> None:
    show(window, filled())
    window.session.pick((0, 0, 200))
    window.run("view.turn_right")
    window.run("view.mirror")
    drag(window, [(60, 60), (61, 60)])
    assert tuple(composite(window.session.documents[0].document)[60, 60, :3]) == (0, 0, 200)
    assert colour_at(window, 60, 60) == (0, 0, 200)
    window.run("view.upright")
    window.run("view.mirror")
    assert canvas_of(window).camera.rotation_deg == 0


def test_keys_do_what_the_menus_say(window: MainWindow) -> None:
    show(window, filled())
    canvas = canvas_of(window)
    canvas.setFocus()
    QTest.keyClick(canvas, Qt.Key.Key_E)
    assert window.session.tool.id == "eraser"
    QTest.keyClick(canvas, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    selected = window.session.documents[0].document
    QTest.keyClick(canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    undone = window.session.documents[0].document
    assert (selected.selection is None, undone.selection is None) == (False, True)
    size = window.session.tool.values.number("size")
    QTest.keyClick(canvas, Qt.Key.Key_BracketRight)
    assert window.session.tool.values.number("size") > size


def test_files_open_aside_save_and_open_again(
    window: MainWindow, qtbot: QtBot, photo: Path, tmp_path: Path
) -> None:
    files.open_paths(window.desk, [photo])
    qtbot.waitUntil(lambda: window.session.current is not None)
    opened = window.session.documents[0]
    drag(window, [(20, 20), (60, 40)])
    assert window.isWindowModified()
    assert window.tabs.tabText(0) == "photo.png •"
    target = tmp_path / "layers.ora"
    window.run("file.save_as")
    dialog = window.findChildren(QFileDialog)[-1]
    dialog.fileSelected.emit(str(target))
    dialog.reject()
    qtbot.waitUntil(lambda: opened.path == target)
    assert not opened.modified
    again = open_document(target).document
    assert np.array_equal(composite(again), composite(opened.document))
    assert window.settings.recent[0] == str(target)


def test_a_save_that_is_cancelled_leaves_the_file_and_no_traces(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    target = tmp_path / "large.ora"
    save_document(blank(), target)
    before = target.read_bytes()
    layer = Layer(pixels=Tiles.of(noise(4000, 4000)))
    opened = show(window, Document(size=Extent(4000, 4000), layers=(layer,), active_id=layer.id))
    window.run("file.save_as")
    dialog = window.findChildren(QFileDialog)[-1]
    dialog.fileSelected.emit(str(target))
    dialog.reject()
    (bar,) = window.findChildren(WorkBar)
    qtbot.waitUntil(lambda: bar.isVisible() and bar.bar.value() > 0, timeout=20_000)
    QTest.mouseClick(bar.cancel, Qt.MouseButton.LeftButton)
    wait_for_work(qtbot, window)
    assert opened.path is None
    assert target.read_bytes() == before
    assert [path.name for path in tmp_path.glob("*large*")] == ["large.ora"]


def test_recent_files_are_opened_from_the_menu(
    window: MainWindow, qtbot: QtBot, photo: Path
) -> None:
    window.settings.remember(photo)
    (menu,) = [each for each in window.findChildren(QMenu) if each.title() == "Open Recent"]
    menu.aboutToShow.emit()
    (entry,) = menu.actions()
    assert (entry.text(), entry.toolTip()) == ("photo.png", str(photo))
    entry.trigger()
    qtbot.waitUntil(lambda: window.session.current is not None)
    assert window.session.documents[0].path == photo


def test_saving_layers_as_png_asks_for_a_file_that_keeps_them(
    window: MainWindow, qtbot: QtBot, photo: Path
) -> None:
    files.open_paths(window.desk, [photo])
    qtbot.waitUntil(lambda: window.session.current is not None)
    window.run("layer.add")
    window.run("file.save")
    assert "no layers" in window.messages.kept[-1].text
    window.findChildren(QFileDialog)[-1].reject()


def test_saving_a_flat_picture_writes_its_own_file(
    window: MainWindow, qtbot: QtBot, photo: Path
) -> None:
    files.open_paths(window.desk, [photo])
    qtbot.waitUntil(lambda: window.session.current is not None)
    window.session.pick((1, 2, 3))
    drag(window, [(20, 20), (60, 40)])
    window.run("file.save")
    wait_for_work(qtbot, window)
    assert np.asarray(Image.open(photo))[20, 20].tolist() == [1, 2, 3]
    assert photo.with_name("photo.png~").exists()


def test_a_file_that_cannot_be_opened_is_told_of(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"\x89PNG but not really")
    files.open_paths(window.desk, [broken, tmp_path / "missing.png"])
    qtbot.waitUntil(lambda: len(window.messages.kept) == 2)
    assert window.session.current is None


def test_export_asks_for_the_quality_of_a_jpeg(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    opened = show(window, filled((250, 20, 20)))
    target = tmp_path / "flat.jpg"
    window.run("file.export")
    dialog = window.findChildren(QFileDialog)[-1]
    dialog.fileSelected.emit(str(target))
    dialog.reject()
    options = window.findChildren(ExportOptions)[-1]
    options.quality.setValue(60)
    options.accept()
    qtbot.waitUntil(target.exists)
    wait_for_work(qtbot, window)
    assert opened.path is None


def test_files_dropped_on_the_window_are_opened(
    window: MainWindow, qtbot: QtBot, photo: Path
) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(photo))])
    drop = QDropEvent(
        QPointF(50, 50),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    window.dropEvent(drop)
    qtbot.waitUntil(lambda: window.session.current is not None)
    files.open_paths(window.desk, [photo])
    assert len(window.session.documents) == 1


def test_a_new_picture_has_the_size_asked_for(window: MainWindow) -> None:
    window.run("file.new")
    dialog = window.findChildren(NewDocument)[-1]
    dialog.width_px.setValue(320)
    dialog.height_px.setValue(200)
    dialog.accept()
    settle(window)
    size = window.session.documents[0].document.size
    assert (size.width, size.height) == (320, 200)
    assert not window.session.documents[0].modified


def test_closing_an_unsaved_picture_asks_and_cancel_keeps_it(
    window: MainWindow, qtbot: QtBot
) -> None:
    show(window, filled())
    drag(window, [(20, 20), (60, 40)])
    window.run("file.close")
    box = window.findChildren(QMessageBox)[-1]
    QTest.mouseClick(box.button(QMessageBox.StandardButton.Cancel), Qt.MouseButton.LeftButton)
    assert len(window.session.documents) == 1
    window.close()
    assert window.isVisible()
    box = window.findChildren(QMessageBox)[-1]
    QTest.mouseClick(box.button(QMessageBox.StandardButton.Discard), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not window.isVisible())
    assert window.session.documents == []


def test_several_pictures_stand_in_tabs(window: MainWindow) -> None:
    show(window, filled((255, 0, 0)), "Red")
    show(window, filled((0, 0, 255)), "Blue")
    assert window.tabs.count() == 2
    assert colour_at(window, 50, 50) == (0, 0, 255)
    window.run("view.next")
    assert colour_at(window, 50, 50) == (255, 0, 0)
    window.tabs.tabCloseRequested.emit(1)
    assert [opened.name for opened in window.session.documents] == ["Red"]


def test_the_command_search_runs_what_is_chosen(window: MainWindow) -> None:
    show(window, filled())
    window.run("help.search")
    QTest.keyClicks(window.command_search.field, "select all")
    QTest.keyClick(window.command_search.field, Qt.Key.Key_Return)
    assert window.session.documents[0].document.selection is not None
    assert not window.command_search.isVisible()


def test_themes_change_at_once(window: MainWindow) -> None:
    show(window, filled())
    dark = window.palette().window().color().lightness()
    window.settings.theme = "light"
    window._settings_changed()
    assert window.palette().window().color().lightness() > dark + 100
    window.run("edit.preferences")
    window.findChildren(QDialog)[-1].reject()


def test_the_status_bar_tells_size_zoom_and_memory(window: MainWindow) -> None:
    show(window, filled())
    bar = window.status
    assert bar.extent.text() == "300 × 200"
    assert bar.zoom.text() == "100 %"
    window.run("view.zoom_in")
    assert bar.zoom.text() == "150 %"
    assert "MB" in bar.memory.text()


def test_copy_and_paste_keep_place_and_pixels(window: MainWindow) -> None:
    opened = show(window, blank())
    window.session.pick((10, 200, 30))
    drag(window, [(60, 60), (61, 60)])
    window.run("edit.copy")
    window.run("edit.paste")
    pasted = opened.document.active
    assert pasted is not None
    assert pasted.name == "Pasted"
    before, after = opened.document.layers
    assert np.array_equal(
        before.read(opened.document.bounds),  # type: ignore[union-attr]
        after.read(opened.document.bounds),  # type: ignore[union-attr]
    )


def test_a_large_picture_comes_up_without_holding_the_hand(window: MainWindow) -> None:
    show(window, filled(width=5000, height=4000))
    window.session.pick((9, 9, 200))
    window.session.tool.values.set("size", 80)
    drag(window, [(2500, 2000), (2600, 2000)])
    assert colour_at(window, 2500, 2000) == (9, 9, 200)


def test_no_hint_makes_the_window_wider_than_it_was(window: MainWindow) -> None:
    show(window, filled())
    window.resize(1000, 700)
    settle(window)
    width = window.width()
    for tool in window.session.tools:
        window.run(f"tool.{tool}")
        canvas_of(window).hinted.emit("A very long sentence indeed. " * 20)
        settle(window)
        assert window.width() == width <= 1000
    assert "sentence" in window.status.hint.toolTip()


def test_the_command_search_lists_everything(window: MainWindow) -> None:
    window.run("help.search")
    assert window.command_search.list.topLevelItemCount() == len(ACTIONS)
    window.command_search.hide()


def test_the_window_fits_a_small_laptops_screen(window: MainWindow) -> None:
    show(window, filled())
    assert window.minimumSizeHint().width() <= 1200
    assert window.minimumSizeHint().height() <= 690
