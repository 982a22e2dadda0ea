import pytest
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QListWidgetItem
from pytestqt.qtbot import QtBot

from helpers.stages import blank, filled
from helpers.windows import canvas_of, drag, drag_on, settle, show
from scumble_editor.document.document import Document
from scumble_editor.document.layer import Group
from scumble_editor.document.modes import BlendMode
from scumble_editor.tools.stage import Target
from scumble_editor.ui.main_window import MainWindow
from scumble_editor.ui.panels.layer_rows import ROW_PX, Part
from scumble_editor.ui.thumbnails import Thumbnails


def fresh(window: MainWindow) -> None:
    window.docks.layers.refresh()
    settle(window)


def names(window: MainWindow, parent: QModelIndex | None = None) -> list[str]:
    model = window.docks.layers.model
    root = QModelIndex() if parent is None else parent
    return [str(model.index(row, 0, root).data()) for row in range(model.rowCount(root))]


def test_layers_are_listed_from_the_top(window: MainWindow) -> None:
    show(window, filled())
    window.run("layer.add")
    window.run("layer.add_group")
    fresh(window)
    assert names(window) == ["Group", "Layer 2", "Ground"]


def test_a_click_on_the_eye_hides_and_on_a_row_chooses(window: MainWindow) -> None:
    opened = show(window, filled())
    window.run("layer.add")
    fresh(window)
    tree = window.docks.layers.tree
    below = tree.visualRect(window.docks.layers.model.index(1, 0))
    eye = QPoint(below.left() + 10, below.center().y())
    QTest.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=eye)
    assert not opened.document.layers[0].visible
    fresh(window)
    name = QPoint(below.right() - 30, below.center().y())
    QTest.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=name)
    assert opened.document.active_id == opened.document.layers[0].id
    assert opened.history.current.label == "Hide layer"


def test_opacity_is_one_step_however_long_it_is_dragged(window: MainWindow) -> None:
    opened = show(window, filled())
    slider = window.docks.layers.opacity
    steps = len(opened.history.line)
    middle = slider.height() // 2
    drag_on(slider, [QPoint(slider.width() * n // 10, middle) for n in (9, 7, 5)])
    assert len(opened.history.line) == steps + 1
    assert abs(opened.document.layers[0].opacity - 0.5) < 0.02
    drag_on(slider, [QPoint(slider.width() * n // 10, middle) for n in (5, 3)])
    assert len(opened.history.line) == steps + 2


def test_the_blend_mode_is_set(window: MainWindow) -> None:
    opened = show(window, filled())
    box = window.docks.layers.mode
    box.activated.emit(box.findData(BlendMode.MULTIPLY))
    assert opened.document.layers[0].blend_mode is BlendMode.MULTIPLY


def test_rows_are_dragged_into_groups_and_out(window: MainWindow, qtbot: QtBot) -> None:
    opened = show(window, filled())
    window.run("layer.add_group")
    fresh(window)
    model = window.docks.layers.model
    data = model.mimeData([model.index(1, 0)])
    group = model.index(0, 0)
    model.dropMimeData(data, Qt.DropAction.MoveAction, -1, 0, group)
    qtbot.waitUntil(lambda: len(opened.document.layers) == 1)
    inner = opened.document.layers[0]
    assert isinstance(inner, Group)
    assert [node.name for node in inner.children] == ["Ground"]
    fresh(window)
    data = model.mimeData([model.index(0, 0, model.index(0, 0))])
    model.dropMimeData(data, Qt.DropAction.MoveAction, 1, 0, QModelIndex())
    qtbot.waitUntil(lambda: len(opened.document.layers) == 2)
    assert [node.name for node in opened.document.layers] == ["Ground", "Group"]


def test_rows_are_dragged_up_and_down(window: MainWindow, qtbot: QtBot) -> None:
    opened = show(window, filled())
    window.run("layer.add")
    window.run("layer.add")
    fresh(window)
    model = window.docks.layers.model
    top = names(window)[0]
    model.dropMimeData(
        model.mimeData([model.index(0, 0)]), Qt.DropAction.MoveAction, 3, 0, QModelIndex()
    )
    qtbot.waitUntil(lambda: opened.document.layers[0].name == top)


def test_renaming_is_a_step(window: MainWindow) -> None:
    opened = show(window, filled())
    fresh(window)
    model = window.docks.layers.model
    assert model.setData(model.index(0, 0), "Sky")
    assert opened.document.layers[0].name == "Sky"
    assert not model.setData(model.index(0, 0), "  ")


def test_a_mask_is_aimed_at_by_its_thumbnail(window: MainWindow) -> None:
    opened = show(window, filled())
    window.run("mask.add")
    targets = [opened.target]
    fresh(window)
    node = opened.document.layers[0]
    tree, rows = window.docks.layers.tree, window.docks.layers.rows
    rect = tree.visualRect(window.docks.layers.model.index(0, 0))
    middle = rect.top() + ROW_PX // 2
    assert rows.part_at(node, rect, QPoint(rect.left() + 40, middle)) is Part.THUMBNAIL
    assert rows.part_at(node, rect, QPoint(rect.left() + 85, middle)) is Part.MASK
    rows.clicked.emit(node.id, Part.THUMBNAIL, False)
    targets.append(opened.target)
    assert targets == [Target.MASK, Target.PIXELS]
    rows.clicked.emit(node.id, Part.MASK, True)
    mask = opened.document.layers[0].mask
    assert mask is not None
    assert not mask.enabled


def raise_panel(window: MainWindow, name: str) -> None:
    next(dock for dock in window.docks.all if dock.objectName() == name).raise_()
    settle(window)


def test_panels_beneath_others_in_tabs_cost_nothing_and_catch_up_when_raised(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []
    real = Thumbnails.document

    def counted(self: Thumbnails, document: Document, side: int) -> QImage:
        made.append(side)
        return real(self, document, side)

    monkeypatch.setattr(Thumbnails, "document", counted)
    show(window, filled())
    drag(window, [(20, 20), (60, 40)])
    qtbot.wait(700)
    assert made == []
    raise_panel(window, "navigator")
    qtbot.waitUntil(lambda: bool(made))


def test_the_history_shows_its_steps_and_a_click_goes_there(
    window: MainWindow, qtbot: QtBot
) -> None:
    opened = show(window, filled())
    first = opened.document
    drag(window, [(20, 20), (60, 40)])
    window.run("select.all")
    raise_panel(window, "history")
    panel = window.docks.history
    qtbot.waitUntil(lambda: panel.list.count() == 3)
    labels = [panel.list.item(row).text() for row in range(panel.list.count())]
    assert labels == ["Open", "Brush stroke", "Select all"]
    pictures = [panel.list.item(row).icon().pixmap(40).toImage() for row in range(3)]
    assert not pictures[0].isNull()
    assert pictures[0] != pictures[1] == pictures[2]
    item = panel.list.item(0)
    assert isinstance(item, QListWidgetItem)
    panel.list.itemClicked.emit(item)
    assert opened.document is first


def test_colours_are_chosen_by_wheel_sliders_numbers_and_swatches(window: MainWindow) -> None:
    panel = window.docks.colour
    show(window, blank())
    panel.wheel.hsv = (1 / 3, 1.0, 1.0)
    panel.wheel.changed.emit(panel.wheel.hsv)
    assert window.session.foreground == (0, 255, 0)
    panel.field.setText("#c8502d")
    panel.field.editingFinished.emit()
    assert window.session.foreground == (200, 80, 45)
    panel.sliders[2].changed.emit(panel.sliders[2].value)
    assert (
        max(abs(a - b) for a, b in zip(window.session.foreground, (200, 80, 45), strict=True)) <= 3
    )
    window.session.pick((1, 2, 3))
    QTest.mouseClick(panel.keep, Qt.MouseButton.LeftButton)
    assert (1, 2, 3) in window.settings.swatches
    window.run("edit.swap_colours")
    assert window.session.background == (1, 2, 3)


def test_the_navigator_takes_the_view_elsewhere(window: MainWindow) -> None:
    show(window, filled(width=3000, height=2000))
    window.run("view.actual")
    dock = next(d for d in window.docks.all if d.objectName() == "navigator")
    dock.raise_()
    settle(window)
    panel = window.docks.navigator
    panel.refresh()
    drag_on(panel, [QPoint(panel.width() // 2, panel.height() // 2)])
    camera = canvas_of(window).camera
    assert abs(camera.x - 1500) < 30
    assert abs(camera.y - 1000) < 30


def test_tool_options_are_those_of_the_tool(window: MainWindow) -> None:
    panel = window.docks.tool_options
    assert "hardness" in panel.fields
    window.session.take_tool("wand")
    assert set(panel.fields) == {option.name for option in window.session.tool.options}
    for field in panel.fields.values():
        assert field.toolTip()
    window.session.take_tool("brush")
    slider = panel.fields["hardness"]
    drag_on(slider, [QPoint(0, 8), QPoint(slider.width() // 4, 8)])
    assert 15 <= window.session.tool.values.number("hardness") <= 35
