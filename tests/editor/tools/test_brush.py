from dataclasses import replace

import numpy as np
import pytest

from helpers.stages import CTRL, SHIFT, FakeStage, blank, drag, event, filled, pixels
from scumble_editor.document.edits.layers import set_alpha_locked, set_locked
from scumble_editor.document.edits.masks import add_mask
from scumble_editor.document.errors import DocumentError, LockedLayerError
from scumble_editor.document.selection import Selection
from scumble_editor.tools.brush import Brush, EraserTool, Pencil
from scumble_editor.tools.clone import Clone
from scumble_editor.tools.stage import Target
from scumble_protocol.geometry import Bounds, Point


def test_a_stroke_is_one_step_in_the_foreground_colour() -> None:
    stage = FakeStage(blank())
    drag(Brush(), stage, [(50, 100), (120, 100), (250, 100)])
    assert stage.steps == ["Brush stroke"]
    assert tuple(pixels(stage.document)[100, 150]) == (255, 0, 0, 255)
    assert pixels(stage.document)[150, 150, 3] == 0


def test_the_stroke_is_seen_while_it_is_drawn_and_recorded_only_at_its_end() -> None:
    stage = FakeStage(blank())
    tool = Brush()
    tool.press(event(50, 100), stage)
    tool.drag(event(120, 100), stage)
    assert stage.steps == []
    assert stage.shown is not None
    assert pixels(stage.shown)[100, 100, 3] == 255
    begun = tool.busy
    tool.cancel(stage)
    assert (begun, tool.busy) == (True, False)
    tool.release(event(120, 100), stage)
    assert stage.steps == []


def test_the_right_button_paints_the_background_colour() -> None:
    stage = FakeStage(blank())
    tool = Brush()
    tool.press(event(50, 50, secondary=True), stage)
    tool.release(event(50, 50, secondary=True), stage)
    assert tuple(pixels(stage.document)[50, 50]) == (0, 0, 255, 255)


def test_opacity_is_a_ceiling_however_often_a_stroke_crosses_itself() -> None:
    stage = FakeStage(filled((0, 0, 0)))
    tool = Brush()
    tool.values.set("opacity", 50)
    drag(tool, stage, [(100, 100), (200, 100), (100, 100), (200, 100)])
    assert abs(int(pixels(stage.document)[100, 150, 0]) - 128) <= 1


def test_pixels_outside_the_selection_stay_bit_identical() -> None:
    random = np.random.default_rng(5).integers(0, 256, (200, 300, 4), dtype=np.uint8)
    document = filled()
    layer = document.layer(document.active_id or "")
    document = document.changed(layer.id, lambda _: layer.written(random, Point(0, 0)))
    chosen = Selection.of_rectangle(Bounds(100, 50, 60, 60))
    stage = FakeStage(replace(document, selection=chosen))
    tool = Brush()
    tool.values.set("size", 60)
    drag(tool, stage, [(20, 80), (280, 80)])
    after = pixels(stage.document)
    outside = np.ones((200, 300), bool)
    outside[50:110, 100:160] = False
    assert np.array_equal(after[outside], random[outside])
    assert tuple(after[80, 130]) == (255, 0, 0, 255)


def test_half_selected_pixels_take_half_of_the_paint() -> None:
    half = Selection.of(np.full((200, 300), 128, np.uint8))
    stage = FakeStage(replace(filled((0, 0, 0)), selection=half))
    drag(Brush(), stage, [(50, 100), (250, 100)])
    assert abs(int(pixels(stage.document)[100, 150, 0]) - 128) <= 1


def test_only_touched_tiles_become_new_arrays() -> None:
    document = filled(width=1024, height=1024)
    before = document.layer(document.active_id or "").pixels
    stage = FakeStage(document)
    drag(Brush(), stage, [(30, 30), (60, 60)])
    after = stage.document.layer(stage.document.active_id or "").pixels
    changed = [key for key in after.mapping if after.get(key) is not before.get(key)]
    assert changed == [(0, 0)]


def test_a_layer_that_is_moved_is_painted_where_the_pointer_is() -> None:
    document = blank()
    document = document.changed(document.active_id or "", lambda node: node.moved(-37, 19))
    stage = FakeStage(document)
    drag(Brush(), stage, [(100, 100), (101, 100)])
    assert pixels(stage.document)[100, 100, 3] == 255
    content = stage.document.layer(document.active_id or "").content_bounds()
    assert content is not None
    assert abs(content.center[0] - 100.5) <= 1.5


def test_shift_draws_a_straight_line_from_where_the_last_stroke_ended() -> None:
    stage = FakeStage(blank())
    tool = Brush()
    drag(tool, stage, [(20, 20), (21, 20)])
    tool.press(event(220, 150, SHIFT), stage)
    tool.release(event(220, 150, SHIFT), stage)
    assert pixels(stage.document)[85, 120, 3] == 255


def test_pressure_makes_the_stroke_thinner() -> None:
    def height(pressure: float) -> int:
        stage = FakeStage(blank())
        tool = Brush()
        tool.values.set("size", 40)
        tool.press(event(50, 100, pressure=pressure), stage)
        tool.release(event(50, 100, pressure=pressure), stage)
        return int((pixels(stage.document)[:, 50, 3] > 0).sum())

    assert height(1.0) > 1.5 * height(0.5)


def test_smoothing_lags_and_then_catches_up() -> None:
    stage = FakeStage(blank())
    tool = Brush()
    tool.values.set("smoothing", 90)
    tool.press(event(20, 100), stage)
    tool.drag(event(250, 100), stage)
    assert stage.shown is not None
    assert pixels(stage.shown)[100, 240, 3] == 0
    tool.release(event(250, 100), stage)
    assert pixels(stage.document)[100, 240, 3] == 255


def test_a_locked_transparency_keeps_every_alpha() -> None:
    document = blank()
    stage = FakeStage(document)
    drag(Brush(), stage, [(100, 100), (150, 100)])
    locked = set_alpha_locked(stage.document, document.active_id or "", locked=True)
    alpha = pixels(locked)[..., 3].copy()
    stage = FakeStage(locked)
    stage.foreground = (0, 255, 0)
    drag(Brush(), stage, [(20, 100), (280, 100)])
    assert np.array_equal(pixels(stage.document)[..., 3], alpha)
    assert tuple(pixels(stage.document)[100, 120, :3]) == (0, 255, 0)


def test_a_locked_layer_refuses_with_a_sentence() -> None:
    document = blank()
    document = set_locked(document, document.active_id or "", locked=True)
    with pytest.raises(LockedLayerError, match="locked"):
        Brush().press(event(5, 5), FakeStage(document))


def test_painting_on_a_mask_hides_by_how_dark_the_colour_is() -> None:
    document = filled()
    document = add_mask(document, document.active_id or "")
    stage = FakeStage(document)
    stage.target = Target.MASK
    stage.foreground = (0, 0, 0)
    drag(Brush(), stage, [(50, 100), (250, 100)])
    mask = stage.document.find(document.active_id or "").mask
    assert mask is not None
    assert mask.read(stage.document.bounds)[100, 150] == 0
    assert mask.read(stage.document.bounds)[20, 150] == 255
    assert np.array_equal(pixels(stage.document), pixels(document))


def test_the_quick_mask_is_painted_into_a_selection() -> None:
    stage = FakeStage(blank())
    stage.target = Target.SELECTION
    stage.foreground = (255, 255, 255)
    drag(Brush(), stage, [(50, 100), (250, 100)])
    assert stage.document.selection is not None
    assert stage.document.selection.read(Bounds(150, 100, 1, 1))[0, 0] == 255


def test_the_eraser_takes_paint_away() -> None:
    stage = FakeStage(filled())
    drag(EraserTool(), stage, [(50, 100), (250, 100)])
    assert stage.steps == ["Erase"]
    assert pixels(stage.document)[100, 150, 3] == 0
    assert pixels(stage.document)[20, 150, 3] == 255


def test_the_pencil_sets_whole_pixels_only() -> None:
    stage = FakeStage(blank())
    drag(Pencil(), stage, [(10.5, 20.5), (40.5, 35.5)])
    alpha = pixels(stage.document)[..., 3]
    assert set(np.unique(alpha)) == {0, 255}
    assert (alpha[20:36].max(axis=1) == 255).all()
    assert alpha[20, 10] == 255


def test_a_one_pixel_pencil_click_sets_exactly_the_pixel_under_it() -> None:
    stage = FakeStage(blank())
    drag(Pencil(), stage, [(10.9, 20.1), (10.9, 20.1)])
    assert np.argwhere(pixels(stage.document)[..., 3]).tolist() == [[20, 10]]


def test_clone_needs_a_source_and_then_copies_from_it() -> None:
    document = blank()
    stage = FakeStage(document)
    drag(Brush(), stage, [(50, 50), (52, 50)])
    tool = Clone()
    with pytest.raises(DocumentError, match="Ctrl-click"):
        tool.press(event(200, 150), stage)
    tool.press(event(50, 50, CTRL), stage)
    tool.release(event(50, 50, CTRL), stage)
    drag(tool, stage, [(200, 150), (201, 150)])
    assert tuple(pixels(stage.document)[150, 200]) == (255, 0, 0, 255)
    assert stage.steps == ["Brush stroke", "Clone stroke"]
