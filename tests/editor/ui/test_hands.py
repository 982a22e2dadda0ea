"""Fingers, touchpads and the mouse on what other tests reach by code: pinching, gaps, dialogs."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QInputDevice, QNativeGestureEvent, QPointingDevice
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialogButtonBox
from pytestqt.qtbot import QtBot

from helpers.stages import blank, filled
from helpers.windows import canvas_of, drag, drag_on, on_screen, settle, show, wait_for_work
from scumble_editor.document.composite import composite
from scumble_editor.document.document import Document
from scumble_editor.document.layer import Layer
from scumble_editor.document.tiles import Tiles
from scumble_editor.tools.stage import Target
from scumble_editor.ui.canvas.canvas import Canvas
from scumble_editor.ui.dialogs.adjustment import Adjustment
from scumble_editor.ui.dialogs.curves import CurvesDialog
from scumble_editor.ui.main_window import MainWindow
from scumble_editor.ui.widgets.slider import NumberSlider
from scumble_protocol.geometry import Extent


def pinch(canvas: Canvas, device: QPointingDevice, ways: list[tuple[QPoint, QPoint]]) -> None:
    """Put two fingers down, lead them along, lift them."""
    QTest.touchEvent(canvas, device).press(0, ways[0][0], canvas).press(
        1, ways[0][1], canvas
    ).commit()
    for first, second in ways[1:]:
        QTest.touchEvent(canvas, device).move(0, first, canvas).move(1, second, canvas).commit()
    QTest.touchEvent(canvas, device).release(0, ways[-1][0], canvas).release(
        1, ways[-1][1], canvas
    ).commit()
    QTest.qWait(0)


def test_two_fingers_zoom_and_paint_nothing(window: MainWindow) -> None:
    opened = show(window, filled())
    canvas = canvas_of(window)
    middle = canvas.rect().center()
    before = canvas.camera.zoom
    device = QTest.createTouchDevice()
    ways = [(middle - QPoint(30 + n, 0), middle + QPoint(30 + n, 0)) for n in range(0, 90, 6)]
    pinch(canvas, device, ways)
    assert canvas.camera.zoom > 1.8 * before
    assert not opened.history.can_undo


def test_one_finger_paints(window: MainWindow) -> None:
    opened = show(window, filled())
    window.session.pick((0, 0, 0))
    canvas = canvas_of(window)
    device = QTest.createTouchDevice()
    places = [on_screen(canvas, x, 100) for x in range(60, 241, 20)]
    QTest.touchEvent(canvas, device).press(0, places[0], canvas).commit()
    for place in places[1:]:
        QTest.touchEvent(canvas, device).move(0, place, canvas).commit()
    QTest.touchEvent(canvas, device).release(0, places[-1], canvas).commit()
    settle(window)
    assert composite(opened.document)[100, 150].tolist() == [0, 0, 0, 255]
    assert opened.history.current.label == "Brush stroke"
    window.run("edit.undo")
    assert composite(opened.document)[100, 150].tolist() == [255, 255, 255, 255]


def test_a_second_finger_takes_back_what_the_first_began(window: MainWindow) -> None:
    opened = show(window, filled())
    canvas = canvas_of(window)
    device = QTest.createTouchDevice()
    middle = canvas.rect().center()
    QTest.touchEvent(canvas, device).press(0, middle, canvas).commit()
    assert opened.shown is not opened.document
    other = middle + QPoint(60, 0)
    QTest.touchEvent(canvas, device).stationary(0).press(1, other, canvas).commit()
    assert opened.shown is opened.document
    QTest.touchEvent(canvas, device).release(0, middle, canvas).stationary(1).commit()
    QTest.touchEvent(canvas, device).release(1, other, canvas).commit()
    assert not opened.history.can_undo


def test_two_fingers_turn_the_view(window: MainWindow) -> None:
    show(window, filled())
    canvas = canvas_of(window)
    middle = QPointF(canvas.rect().center())
    device = QTest.createTouchDevice()
    ways = []
    for degrees in range(0, 50, 4):
        arm = QPointF(np.cos(np.radians(degrees)) * 90, np.sin(np.radians(degrees)) * 90)
        ways.append(((middle - arm).toPoint(), (middle + arm).toPoint()))
    pinch(canvas, device, ways)
    assert 20 < abs(canvas.camera.rotation_deg) < 60


def test_a_touchpad_zooms_around_the_pointer(window: MainWindow) -> None:
    show(window, filled())
    canvas = canvas_of(window)
    at = QPointF(on_screen(canvas, 100, 80))
    fixed = canvas.camera.to_canvas(at.x(), at.y())
    before = canvas.camera.zoom
    device = QPointingDevice.primaryPointingDevice()
    assert isinstance(device, QInputDevice)
    gesture = QNativeGestureEvent(
        Qt.NativeGestureType.ZoomNativeGesture,
        device,
        2,
        at,
        at,
        QPointF(canvas.mapToGlobal(at.toPoint())),
        0.5,
        QPointF(),
    )
    QApplication.sendEvent(canvas, gesture)
    assert canvas.camera.zoom == pytest.approx(1.5 * before)
    assert canvas.camera.to_canvas(at.x(), at.y()) == pytest.approx(fixed, abs=0.01)


def ring_with_a_gap() -> Document:
    """A black square outline on white, open at one side for six pixels."""
    rgba = np.full((200, 300, 4), 255, np.uint8)
    rgba[50:150, 100:104, :3] = rgba[50:150, 196:200, :3] = 0
    rgba[50:54, 100:200, :3] = rgba[146:150, 100:200, :3] = 0
    rgba[97:103, 196:200, :3] = 255
    layer = Layer(pixels=Tiles.of(rgba))
    return Document(size=Extent(300, 200), layers=(layer,), active_id=layer.id)


def test_the_wand_does_not_leak_through_a_gap_it_is_told_to_close(
    window: MainWindow, qtbot: QtBot
) -> None:
    opened = show(window, ring_with_a_gap())
    window.run("tool.wand")
    reached = []
    for gap in (0, 10):
        window.session.tool.values.set("gap", gap)
        drag(window, [(150, 100)])
        wait_for_work(qtbot, window)
        selection = opened.document.selection
        assert selection is not None
        chosen = selection.read(opened.document.bounds)
        assert chosen[100, 130] == 255
        reached.append(int(chosen[10, 10]))
    assert reached == [255, 0]


def test_a_mask_is_painted_with_a_soft_edge_and_the_layer_is_not(window: MainWindow) -> None:
    opened = show(window, filled((200, 100, 50)))
    window.run("mask.add")
    assert opened.target is Target.MASK
    window.session.tool.values.set("size", 80)
    window.session.tool.values.set("hardness", 0)
    window.session.pick((0, 0, 0))
    drag(window, [(150, 100), (151, 100)])
    alpha = composite(opened.document)[100, :, 3].astype(int)
    assert alpha[150] < 40
    assert alpha[20] == 255
    assert len(set(alpha[112:150].tolist())) > 15
    layer = opened.document.layers[0]
    assert isinstance(layer, Layer)
    assert (layer.read(opened.document.bounds) == (200, 100, 50, 255)).all()
    window.run("edit.undo")
    assert (composite(opened.document)[..., 3] == 255).all()


def press(dialog: Adjustment, role: QDialogButtonBox.ButtonRole) -> None:
    button = next(b for b in dialog.buttons.buttons() if dialog.buttons.buttonRole(b) is role)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.mark.parametrize(
    "name", ["levels", "curves", "hue_saturation", "brightness_contrast", "blur", "sharpen"]
)
def test_every_adjustment_by_mouse_with_undo_and_redo(
    name: str, window: MainWindow, qtbot: QtBot
) -> None:
    document = filled((90, 140, 60))
    edge = np.full((60, 60, 4), 255, np.uint8)
    edge[..., 1] = 20
    layer = document.layer(document.active_id or "")
    document = document.changed(layer.id, lambda _: layer.written(edge, document.bounds.origin))
    opened = show(window, document)
    before = composite(opened.document)
    window.run(f"image.{name}")
    dialog = window.findChildren(Adjustment)[-1]
    qtbot.waitExposed(dialog)
    if isinstance(dialog, CurvesDialog):
        middle = dialog.curve.rect().center()
        drag_on(dialog.curve, [middle, middle - QPoint(0, 30), middle - QPoint(0, 45)])
    else:
        bar = dialog.findChildren(NumberSlider)[0]
        place = QPoint(int(bar.width() * 0.8), bar.height() // 2)
        drag_on(bar, [bar.rect().center(), place, place])
    wait_for_work(qtbot, window)
    qtbot.waitUntil(lambda: opened.shown is not opened.document, timeout=20_000)
    press(dialog, QDialogButtonBox.ButtonRole.AcceptRole)
    qtbot.waitUntil(lambda: opened.history.can_undo, timeout=20_000)
    wait_for_work(qtbot, window)
    after = composite(opened.document)
    assert not np.array_equal(after, before)
    window.run("edit.undo")
    assert np.array_equal(composite(opened.document), before)
    window.run("edit.redo")
    assert np.array_equal(composite(opened.document), after)


def test_a_cancelled_adjustment_leaves_no_trace(window: MainWindow, qtbot: QtBot) -> None:
    opened = show(window, blank())
    window.run("image.blur")
    dialog = window.findChildren(Adjustment)[-1]
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    wait_for_work(qtbot, window)
    settle(window)
    assert not opened.history.can_undo
    assert opened.shown is opened.document
