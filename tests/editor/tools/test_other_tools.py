import math
from dataclasses import replace

import numpy as np
import pytest

from helpers.stages import CTRL, SHIFT, FakeStage, blank, drag, event, filled, pixels
from scumble_editor.document.document import Document
from scumble_editor.document.errors import DocumentError
from scumble_editor.document.selection import Selection
from scumble_editor.tools.cropping import Crop
from scumble_editor.tools.filling import BucketFill, Gradient
from scumble_editor.tools.moving import Move
from scumble_editor.tools.options import Choice, Slider, Toggle
from scumble_editor.tools.picker import Picker
from scumble_editor.tools.quadrilaterals import matrix_of
from scumble_editor.tools.toolbox import make_tools
from scumble_editor.tools.transforming import Transform
from scumble_protocol.geometry import Bounds, Extent, Point


def with_patch() -> Document:
    """A transparent layer with an opaque green square of 40 pixels at 100, 60."""
    document = blank()
    layer = document.layer(document.active_id or "")
    patch = np.zeros((40, 40, 4), np.uint8)
    patch[..., 1] = patch[..., 3] = 255
    return document.changed(layer.id, lambda _: layer.written(patch, Point(100, 60)))


def content(stage: FakeStage) -> Bounds:
    found = stage.document.layer(stage.document.active_id or "").content_bounds()
    assert found is not None
    return found


def test_the_picker_takes_what_shows() -> None:
    stage = FakeStage(filled((12, 34, 56)))
    Picker().press(event(20, 20), stage)
    assert stage.foreground == (12, 34, 56)
    Picker().press(event(20, 20, secondary=True), stage)
    assert stage.background == (12, 34, 56)


def test_the_picker_averages_by_coverage() -> None:
    stage = FakeStage(with_patch())
    tool = Picker()
    tool.values.set("side", 9)
    tool.press(event(100, 80), stage)
    assert stage.foreground == (0, 255, 0)


def test_the_picker_takes_nothing_from_nothing() -> None:
    stage = FakeStage(blank())
    Picker().press(event(10, 10), stage)
    Picker().press(event(-10, 10), stage)
    assert stage.foreground == (255, 0, 0)


def test_the_bucket_fills_what_is_alike() -> None:
    stage = FakeStage(with_patch())
    BucketFill().press(event(110, 70), stage)
    assert tuple(pixels(stage.document)[70, 110]) == (255, 0, 0, 255)
    assert pixels(stage.document)[10, 10, 3] == 0


def test_a_gradient_runs_from_one_colour_to_the_other() -> None:
    stage = FakeStage(filled())
    drag(Gradient(), stage, [(0, 100), (150, 100), (300, 100)])
    row = pixels(stage.document)[100].astype(int)
    assert row[2, 0] > 245
    assert row[297, 2] > 245
    assert abs(row[150, 0] - row[150, 2]) < 8


def test_moving_a_layer_is_one_step_and_copies_no_tile() -> None:
    stage = FakeStage(with_patch())
    before = stage.document.layer(stage.document.active_id or "").pixels
    drag(Move(), stage, [(110, 70), (130, 75), (140, 90)])
    assert stage.steps == ["Move layer"]
    assert content(stage) == Bounds(130, 80, 40, 40)
    assert stage.document.layer(stage.document.active_id or "").pixels is before


def test_shift_moves_along_one_axis() -> None:
    stage = FakeStage(with_patch())
    drag(Move(), stage, [(110, 70), (150, 75)], SHIFT)
    assert content(stage) == Bounds(140, 60, 40, 40)


def test_selected_pixels_are_cut_and_laid_down_elsewhere() -> None:
    selection = Selection.of_rectangle(Bounds(100, 60, 20, 40))
    stage = FakeStage(replace(with_patch(), selection=selection))
    drag(Move(), stage, [(110, 70), (10, 70)])
    alpha = pixels(stage.document)[..., 3]
    assert alpha[80, 5] == 255
    assert alpha[80, 110] == 0
    assert alpha[80, 130] == 255
    assert stage.document.selection is not None
    assert stage.document.selection.bounds == Bounds(0, 60, 20, 40)


def test_arrow_keys_nudge_and_merge_into_one_step() -> None:
    stage = FakeStage(with_patch())
    tool = Move()
    assert tool.nudge(1, 0, stage)
    assert tool.nudge(10, 0, stage)
    assert content(stage) == Bounds(111, 60, 40, 40)
    assert len(set(stage.merges)) == 1
    assert stage.merges[0] is not None


def test_move_can_pick_the_layer_under_the_pointer() -> None:
    stage = FakeStage(with_patch())
    tool = Move()
    tool.values.set("pick", True)
    drag(tool, stage, [(110, 70), (111, 70)])
    assert content(stage).x == 101


def test_crop_waits_for_enter_and_escape_drops_it() -> None:
    stage = FakeStage(with_patch())
    tool = Crop()
    drag(tool, stage, [(90, 50), (190, 130)])
    assert stage.steps == []
    assert tool.overlay(stage)
    tool.cancel(stage)
    assert not tool.confirm(stage)
    drag(tool, stage, [(90, 50), (190, 130)])
    assert tool.confirm(stage)
    assert stage.document.size == Extent(100, 80)
    assert content(stage) == Bounds(10, 10, 40, 40)


def test_crop_is_adjusted_by_its_handles() -> None:
    stage = FakeStage(with_patch())
    tool = Crop()
    drag(tool, stage, [(90, 50), (190, 130)])
    drag(tool, stage, [(190, 130), (200, 150)])
    drag(tool, stage, [(145, 100), (135, 90)])
    tool.confirm(stage)
    assert stage.document.size == Extent(110, 100)


def test_crop_keeps_a_ratio() -> None:
    stage = FakeStage(blank())
    tool = Crop()
    tool.values.set("ratio", "1:1")
    drag(tool, stage, [(10, 10), (110, 60)])
    tool.confirm(stage)
    assert stage.document.size.width == stage.document.size.height


def test_transform_scales_by_a_corner_and_is_seen_before_it_is_recorded() -> None:
    stage = FakeStage(with_patch())
    tool = Transform()
    tool.hover(event(0, 0), stage)
    drag(tool, stage, [(140, 100), (160, 110), (180, 140)])
    assert stage.steps == []
    assert stage.shown is not None
    assert tool.confirm(stage)
    assert stage.steps == ["Transform"]
    area = content(stage)
    assert abs(area.width - 80) <= 2
    assert abs(area.height - 80) <= 2
    assert abs(area.x - 100) <= 1


def test_transform_rotates_from_outside() -> None:
    stage = FakeStage(with_patch())
    tool = Transform()
    tool.hover(event(0, 0), stage)
    turn = math.pi / 4
    middle = (120.0, 80.0)
    start = (middle[0] + 90, middle[1])
    end = (middle[0] + 90 * math.cos(turn), middle[1] + 90 * math.sin(turn))
    drag(tool, stage, [start, end])
    tool.confirm(stage)
    assert abs(content(stage).width - 40 * math.sqrt(2)) <= 3
    assert abs((pixels(stage.document)[..., 3] > 127).sum() - 1600) < 60


def test_transform_distorts_a_corner_with_ctrl() -> None:
    stage = FakeStage(with_patch())
    tool = Transform()
    tool.hover(event(0, 0), stage)
    drag(tool, stage, [(140, 100), (170, 120)], CTRL)
    tool.confirm(stage)
    area = content(stage)
    assert area.right >= 168
    assert area.bottom >= 118
    assert pixels(stage.document)[62, 165, 3] == 0


def test_transform_skews_a_side_with_ctrl() -> None:
    stage = FakeStage(with_patch())
    tool = Transform()
    tool.hover(event(0, 0), stage)
    drag(tool, stage, [(140, 80), (140, 90), (140, 100)], CTRL)
    tool.confirm(stage)
    area = content(stage)
    assert (area.x, area.width) == (100, 40)
    alpha = pixels(stage.document)[..., 3] > 127
    tops = alpha.argmax(axis=0)[101:139]
    assert abs(tops[0] - 60) <= 1
    assert abs(tops[-1] - 79) <= 1
    assert (abs(alpha.sum(axis=0)[101:139] - 40) <= 1).all()


def test_transform_takes_the_selected_pixels_and_the_selection_along() -> None:
    selection = Selection.of_rectangle(Bounds(100, 60, 20, 40))
    stage = FakeStage(replace(with_patch(), selection=selection))
    tool = Transform()
    tool.hover(event(0, 0), stage)
    drag(tool, stage, [(110, 80), (50, 80)])
    tool.confirm(stage)
    alpha = pixels(stage.document)[..., 3]
    assert alpha[80, 50] > 200
    assert alpha[80, 110] == 0
    assert alpha[80, 130] == 255
    assert stage.document.selection is not None
    bounds = stage.document.selection.bounds
    assert bounds is not None
    assert abs(bounds.x - 40) <= 1


def test_transform_escape_puts_everything_back() -> None:
    stage = FakeStage(with_patch())
    tool = Transform()
    tool.hover(event(0, 0), stage)
    drag(tool, stage, [(140, 100), (180, 140)])
    tool.cancel(stage)
    assert stage.shown is None
    assert not tool.busy


def test_an_empty_layer_cannot_be_transformed() -> None:
    with pytest.raises(DocumentError, match="empty"):
        Transform().press(event(5, 5), FakeStage(blank()))


def test_corners_that_fold_up_are_refused() -> None:
    box = ((0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0))
    with pytest.raises(DocumentError, match="fold"):
        matrix_of(box, ((0.0, 0.0), (0.0, 0.0), (0.0, 0.0), (0.0, 0.0)))


def test_options_stay_in_their_range() -> None:
    for tool in make_tools():
        for option in tool.options:
            match option:
                case Slider():
                    tool.values.set(option.name, 1e9)
                    assert tool.values.number(option.name) == option.high
                case Choice():
                    tool.values.set(option.name, "nonsense")
                    assert tool.values.text(option.name) == option.default
                case Toggle():
                    tool.values.set(option.name, not option.default)
                    assert tool.values.flag(option.name) is not option.default
            assert option.tip
            assert option.label


def test_every_tool_says_what_it_is() -> None:
    tools = make_tools()
    assert len({tool.id for tool in tools}) == len(tools)
    assert len({tool.shortcut for tool in tools}) == len(tools)
    for tool in tools:
        assert tool.title
        assert tool.tip
        assert tool.hint
        assert tool.icon
