import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.regions import disc, selections
from scumble_daemon.region.arrays import Floats, box_blurred, distance_to, floats
from scumble_daemon.region.bounds import Margins, margins_of
from scumble_daemon.region.masks import denoise_mask, feather, feather_inside, shown_mask
from scumble_protocol.geometry import Extent
from scumble_protocol.jobs import Direction

WIDTHS = st.floats(0, 40)
MARGINS = st.builds(
    lambda feather, grow, blend: Margins(feather, grow, blend, 100),
    st.floats(0, 40),
    st.floats(0, 20),
    st.floats(0, 25),
)


@given(selections(), MARGINS, st.booleans())
@settings(max_examples=60)
def test_by_default_nothing_outside_the_selection_is_shown(
    selection: Floats, margins: Margins, soft: bool
) -> None:
    shown = shown_mask(selection, margins, soft=soft)
    assert np.all(shown[selection == 0] == 0)
    assert shown.min() >= 0
    assert shown.max() <= 1


@given(selections(), WIDTHS)
@settings(max_examples=60)
def test_feathered_inside_a_mask_is_never_above_itself_and_never_gone(
    mask: Floats, width: float
) -> None:
    feathered = feather_inside(mask, width)
    assert np.all(feathered <= mask)
    assert feathered.max() >= 0.4 * mask.max()


@pytest.mark.parametrize("radius", [0, 1, 2, 5, 12, 30])
@pytest.mark.parametrize("direction", list(Direction))
def test_every_direction_reaches_full_strength_however_small_the_selection(
    radius: int, direction: Direction
) -> None:
    feathered = feather(disc(140, 140, radius), 32, direction)
    assert feathered[70, 70] == pytest.approx(1, abs=1e-5)


def test_a_thin_line_on_a_body_keeps_its_strength() -> None:
    mask = np.zeros((120, 200), np.float32)
    mask[20:100, 20:100] = 1
    mask[58:62, 100:190] = 1
    feathered = feather_inside(mask, 20)
    assert feathered[59:61, 110:185].min() > 0.8
    assert feathered[60, 60] == 1


def test_corners_of_a_rectangle_fade_as_softly_as_its_sides() -> None:
    mask = np.zeros((160, 160), np.float32)
    mask[30:130, 30:130] = 1
    feathered = feather_inside(mask, 20)
    along = feathered[80, 30:60]
    diagonal = feathered[range(30, 60), range(30, 60)]
    assert np.all(np.abs(along - diagonal) < 0.12)


@given(selections(), WIDTHS)
@settings(max_examples=60)
def test_feathered_outside_a_mask_is_never_below_itself(mask: Floats, width: float) -> None:
    feathered = feather(mask, width, Direction.OUTSIDE)
    settled = np.where(mask < 1 / 1024, 0, mask)
    assert np.all(feathered >= settled)
    away = distance_to(mask > 0)
    assert np.all(feathered[away > 1.25 * width + 2] == 0)


@given(selections(soft=False), WIDTHS)
@settings(max_examples=60)
def test_the_three_directions_lie_in_order(mask: Floats, width: float) -> None:
    inside, centred, outside = (
        feather(mask, width, way)
        for way in (Direction.INSIDE, Direction.CENTRED, Direction.OUTSIDE)
    )
    assert np.all(centred <= outside + 0.02)
    assert inside.sum() <= centred.sum() + 0.02 * mask.size


def test_a_straight_edge_fades_on_the_side_that_was_asked_for() -> None:
    mask = np.zeros((80, 200), np.float32)
    mask[:, 100:] = 1
    rows = {way: feather(mask, 20, way)[40] for way in Direction}
    assert rows[Direction.INSIDE][99] == 0
    assert rows[Direction.INSIDE][121] == 1
    assert rows[Direction.OUTSIDE][100] == 1
    assert rows[Direction.OUTSIDE][78] == 0
    assert 0.4 < rows[Direction.OUTSIDE][90] < 0.6
    assert 0.4 < rows[Direction.CENTRED][99] < 0.6
    assert rows[Direction.CENTRED][87] == 0
    assert rows[Direction.CENTRED][112] == 1
    for row in rows.values():
        assert np.all(np.diff(row) >= -1e-6)
        assert np.diff(row).max() < 0.12


@given(selections(), WIDTHS)
@settings(max_examples=40)
def test_a_feather_of_nothing_changes_nothing(mask: Floats, width: float) -> None:
    for way in Direction:
        assert np.allclose(feather(mask, 0, way), mask, atol=0.011)
    ones = np.ones_like(mask)
    assert np.array_equal(feather_inside(ones, width), ones)


@given(selections(), MARGINS)
@settings(max_examples=60)
def test_what_is_shown_lies_where_the_model_was_free(selection: Floats, margins: Margins) -> None:
    changes = denoise_mask(selection, margins)
    assert np.all(changes >= np.where(selection < 1 / 1024, 0, selection))
    assert np.all(shown_mask(selection, margins)[changes == 0] < 1 / 512)


@given(selections(), MARGINS)
@settings(max_examples=60)
def test_the_denoise_mask_ends_within_its_reach(selection: Floats, margins: Margins) -> None:
    changes = denoise_mask(selection, margins)
    away = distance_to(selection > 0)
    reach = margins.grow_px + margins.feather_px * math.sqrt(0.5) + 2
    assert np.all(changes[away > reach] == 0)


@given(selections(), MARGINS)
@settings(max_examples=40)
def test_soft_stays_soft_and_hard_is_hard(selection: Floats, margins: Margins) -> None:
    faint = selection * np.float32(0.4)
    assert denoise_mask(faint, margins).max() <= 0.4 + 1e-5
    assert set(np.unique(denoise_mask(selection, margins, soft=False))) <= {0.0, 1.0}
    assert shown_mask(faint, margins, soft=False).max() == 0


def test_a_lighter_grey_lets_the_model_change_less_and_shows_no_more() -> None:
    greys = (0.2, 0.4, 0.6, 0.8, 1.0)
    selection = np.zeros((200, 400), np.float32)
    for index, grey in enumerate(greys):
        selection[50:150, 60 * index + 50 : 60 * index + 110] = grey
    margins = margins_of(Extent(300, 100), 1.0)
    centres = [60 * index + 80 for index in range(5)]
    changes = denoise_mask(selection, margins)
    for row in (60, 100):  # near the edge too, where white grows outwards beside grey
        assert np.allclose(changes[row, centres], greys, atol=1e-4)
    shown = shown_mask(selection, margins)[100, centres]
    assert np.allclose(shown, (0.4, 0.8, 1, 1, 1), atol=1e-4)


def test_a_soft_edge_stays_as_it_was_drawn_through_to_the_model() -> None:
    ramp = floats(np.clip((np.arange(200) - 60) / 80, 0, 1))
    selection = np.tile(ramp, (120, 1))
    changes = denoise_mask(selection, margins_of(Extent(140, 120), 1.0))
    assert np.allclose(changes[60, 70:200], ramp[70:200], atol=0.011)
    assert changes[60, :60].max() < 0.1


@pytest.mark.parametrize("grow_px", [4, 10, 40])
def test_an_edge_of_partly_covered_pixels_is_grown_like_a_hard_one(grow_px: float) -> None:
    hard = disc(240, 240, 50)
    covered = box_blurred(hard, 3)
    margins = Margins(30, grow_px, 20, 100)
    difference = denoise_mask(covered, margins) - denoise_mask(hard, margins)
    assert np.abs(difference).max() < 0.7  # a pixel of the outline
    assert np.abs(difference).mean() < 0.01


def test_coverage_at_the_edge_stays_coverage() -> None:
    selection = disc(60, 60, 20)
    selection[30, 9] = 0.5
    assert shown_mask(selection, Margins(0, 0, 0, 0))[30, 9] == 0.5


def test_a_hard_selection_of_the_whole_canvas_stays_whole() -> None:
    whole = np.ones((50, 40), np.float32)
    margins = margins_of(Extent(40, 50), 1.0)
    for soft in (True, False):
        assert np.array_equal(denoise_mask(whole, margins, soft=soft), whole)
        assert np.array_equal(shown_mask(whole, margins, soft=soft), whole)


def test_inside_the_selection_a_hard_selection_is_wholly_free() -> None:
    selection = disc(200, 200, 30)
    changes = denoise_mask(selection, margins_of(Extent(61, 61), 1.0))
    assert changes[selection == 1].min() == 1
    assert changes[100, 100 + 30 + 3] > 0.9
