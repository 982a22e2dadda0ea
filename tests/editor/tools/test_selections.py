from dataclasses import replace

import numpy as np
import pytest

from helpers.stages import ALT, CTRL, SHIFT, FakeStage, blank, drag, event, filled
from scumble_editor.document.formats import Pixels
from scumble_editor.document.selection import Selection
from scumble_editor.tools import outlines
from scumble_editor.tools.box_selections import EllipseSelect, RectangleSelect
from scumble_editor.tools.pointer import NO_KEYS, Modifiers
from scumble_editor.tools.selections import Lasso, PolygonSelect, Wand
from scumble_protocol.geometry import Bounds


def chosen(stage: FakeStage) -> Pixels:
    assert stage.document.selection is not None
    return stage.document.selection.read(stage.document.bounds)


def test_a_rectangle_selects_whole_pixels() -> None:
    stage = FakeStage(blank())
    drag(RectangleSelect(), stage, [(10.4, 20.4), (60, 60), (100.6, 80.6)])
    assert stage.document.selection is not None
    assert stage.document.selection.bounds == Bounds(10, 20, 91, 61)
    assert set(np.unique(chosen(stage))) == {0, 255}


@pytest.mark.parametrize(
    ("keys", "area"),
    [(NO_KEYS, 2500), (SHIFT, 4375), (CTRL, 1875), (Modifiers(shift=True, ctrl=True), 625)],
)
def test_keys_held_at_the_start_say_how_to_combine(keys: Modifiers, area: int) -> None:
    stage = FakeStage(blank())
    tool = RectangleSelect()
    drag(tool, stage, [(0, 0), (50, 50)])
    drag(tool, stage, [(25, 25), (75, 75)], keys)
    assert int((chosen(stage) == 255).sum()) == area


def test_shift_while_dragging_makes_a_square_and_alt_grows_from_the_middle() -> None:
    stage = FakeStage(blank())
    drag(RectangleSelect(), stage, [(10, 10), (60, 40)], then=SHIFT)
    assert stage.document.selection is not None
    assert stage.document.selection.bounds == Bounds(10, 10, 50, 50)
    drag(RectangleSelect(), stage, [(100, 100), (120, 110)], then=ALT)
    assert stage.document.selection.bounds == Bounds(80, 90, 40, 20)


def test_a_click_drops_the_selection() -> None:
    selected = replace(blank(), selection=Selection.of_rectangle(Bounds(0, 0, 9, 9)))
    stage = FakeStage(selected)
    drag(RectangleSelect(), stage, [(50, 50), (50, 51)])
    assert stage.document.selection is None
    assert stage.steps == ["Deselect"]


def test_taking_everything_away_leaves_everything_free() -> None:
    stage = FakeStage(blank())
    tool = RectangleSelect()
    drag(tool, stage, [(20, 20), (50, 50)])
    drag(tool, stage, [(0, 0), (80, 80)], CTRL)
    assert stage.document.selection is None


def test_an_ellipse_selects_its_area_with_a_smooth_edge() -> None:
    stage = FakeStage(blank())
    drag(EllipseSelect(), stage, [(20, 20), (220, 140)])
    coverage = chosen(stage)
    assert abs(coverage.sum() / 255 - np.pi * 100 * 60) < 10
    assert len(np.unique(coverage)) > 4


def test_feather_softens_the_edge() -> None:
    stage = FakeStage(blank())
    tool = RectangleSelect()
    tool.values.set("feather", 20)
    drag(tool, stage, [(100, 60), (200, 140)])
    coverage = chosen(stage)
    assert 100 < coverage[100, 100] < 155
    assert coverage[100, 150] == 255


def test_a_lasso_selects_what_is_drawn_around() -> None:
    stage = FakeStage(blank())
    drag(Lasso(), stage, [(10, 10), (110, 10), (110, 110), (10, 110)])
    assert abs(chosen(stage).sum() / 255 - 10_000) < 1


def test_a_polygon_is_closed_by_enter_and_dropped_by_escape() -> None:
    stage = FakeStage(blank())
    tool = PolygonSelect()
    for place in ((10, 10), (110, 10), (10, 110)):
        drag(tool, stage, [place, place])
    begun = tool.busy
    assert tool.confirm(stage)
    assert abs(chosen(stage).sum() / 255 - 5000) < 60
    tool.press(event(5, 5), stage)
    tool.cancel(stage)
    assert (begun, tool.busy) == (True, False)
    assert stage.steps == ["Polygon select"]


def test_a_polygon_is_closed_by_a_click_on_its_first_corner() -> None:
    stage = FakeStage(blank())
    tool = PolygonSelect()
    for place in ((10, 10), (110, 10), (10, 110), (12, 11)):
        drag(tool, stage, [place, place])
    assert stage.steps == ["Polygon select"]


def test_a_polygon_over_tile_borders_has_its_area() -> None:
    shape = [(200.0, 200.0), (600.0, 200.0), (600.0, 500.0), (200.0, 500.0)]
    found = outlines.polygon(shape, Bounds(0, 0, 1000, 1000))
    assert found.bounds == Bounds(200, 200, 400, 300)
    assert found.read(Bounds(200, 200, 400, 300)).min() == 255


def test_the_wand_selects_what_is_alike() -> None:
    document = filled((10, 20, 30))
    layer = document.layer(document.active_id or "")
    patch = np.full((50, 60, 4), 255, np.uint8)
    changed = document.changed(
        layer.id, lambda _: layer.written(patch, Bounds(40, 30, 1, 1).origin)
    )
    stage = FakeStage(changed)
    Wand().press(event(60, 50), stage)
    assert stage.document.selection is not None
    assert stage.document.selection.bounds == Bounds(40, 30, 60, 50)
