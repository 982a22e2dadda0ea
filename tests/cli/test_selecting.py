"""Rectangles and ellipses become masks that cover what they should, soft where they are asked."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from scumble_cli.selecting import Selecting, ellipse, rectangle, soft_edged
from scumble_protocol.geometry import Bounds, Extent

CANVAS = Extent(90, 70)

places = st.builds(
    Bounds, st.integers(-40, 89), st.integers(-40, 69), st.integers(1, 120), st.integers(1, 120)
).filter(lambda bounds: CANVAS.bounds.intersection(bounds) is not None)


@given(places)
def test_nothing_outside_its_rectangle_is_selected(bounds: Bounds) -> None:
    for mask in (rectangle(bounds, CANVAS), ellipse(bounds, CANVAS)):
        mask[bounds.clamped(CANVAS).slices] = 0
        assert not mask.any()


@given(places)
def test_a_rectangle_selects_every_pixel_it_holds(bounds: Bounds) -> None:
    inside = rectangle(bounds, CANVAS)[bounds.clamped(CANVAS).slices]
    assert (inside == 255).all()


def test_an_ellipse_covers_its_area_and_is_smooth_at_its_edge() -> None:
    mask = ellipse(Bounds(10, 10, 60, 40), CANVAS)
    assert abs(mask.sum() / 255 - math.pi * 30 * 20) < 4
    assert mask[30, 40] == 255
    assert len(np.unique(mask)) > 30


@given(places, st.floats(0.5, 40))
def test_a_soft_edge_only_takes_away(bounds: Bounds, soft_edge_px: float) -> None:
    hard = ellipse(bounds, CANVAS)
    soft = soft_edged(hard, soft_edge_px)
    assert (soft <= hard).all()
    assert ((soft > 0) <= (hard > 0)).all()


def test_a_soft_edge_rises_evenly_to_full_over_its_width() -> None:
    row = soft_edged(rectangle(Bounds(20, 0, 50, 70), CANVAS), 4)[35]
    assert row[19:26].tolist() == [0, 51, 102, 153, 204, 255, 255]


def test_the_pictures_border_is_no_edge() -> None:
    mask = soft_edged(rectangle(Bounds(-5, -5, 40, 80), CANVAS), 8)
    assert (mask[:, :20] == 255).all()


def test_nothing_asked_for_is_no_selection() -> None:
    assert Selecting().coverage(CANVAS) is None


def test_a_rectangle_may_reach_beyond_the_picture() -> None:
    mask = Selecting(rectangle="80,60,50,50").coverage(CANVAS)
    assert mask is not None
    assert Bounds.of_mask(mask) == Bounds(80, 60, 10, 10)
