import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.regions import disc, selections
from scumble_daemon.region import morphology
from scumble_daemon.region.arrays import Floats
from scumble_daemon.region.morphology import grow, shrink

RADII = st.floats(1, 20)


def by_hand(mask: Floats, radius: float) -> Floats:
    reach = int(radius)
    padded = np.pad(mask, reach)
    height, width = mask.shape
    grown = np.zeros_like(mask)
    for dy in range(-reach, reach + 1):
        for dx in range(-reach, reach + 1):
            if np.hypot(dx, dy) <= radius + 1e-4:
                rows = slice(reach + dy, reach + dy + height)
                columns = slice(reach + dx, reach + dx + width)
                grown = np.maximum(grown, padded[rows, columns])
    return grown


@given(selections(), st.integers(1, 90))
@settings(max_examples=40)
def test_growing_is_the_maximum_over_a_euclidean_disc(mask: Floats, tenths: int) -> None:
    radius = tenths / 10 + 0.03
    assert np.array_equal(grow(mask, radius), by_hand(mask, radius) if radius >= 1 else mask)


@given(selections(soft=False), RADII)
@settings(max_examples=40)
def test_hard_masks_grow_as_soft_ones_do(mask: Floats, radius: float) -> None:
    half = mask * np.float32(0.5)  # takes the way of soft masks
    assert np.array_equal(grow(mask, radius) * np.float32(0.5), grow(half, radius))


@given(selections(), RADII, RADII)
@settings(max_examples=40)
def test_growing_more_is_larger_and_shrinking_is_its_dual(
    mask: Floats, one: float, other: float
) -> None:
    less, more = sorted((one, other))
    assert np.all(grow(mask, more) >= grow(mask, less))
    assert np.all(grow(mask, less) >= mask)
    assert np.all(shrink(mask, less) <= mask)
    assert np.all(shrink(grow(mask, less), less) >= mask - 1e-6)


def test_a_soft_edge_keeps_its_slope() -> None:
    ramp = np.tile(np.linspace(1, 0, 21, dtype=np.float32), (15, 1))
    wide = np.pad(ramp, ((0, 0), (10, 20)), mode="edge")
    grown = grow(wide, 10)
    assert np.allclose(grown[:, 20:41], ramp, atol=1e-6)


def test_nothing_shrinks_from_the_canvas_edge() -> None:
    mask = np.ones((20, 30), np.float32)
    mask[:, 20:] = 0
    shrunk = shrink(mask, 5)
    assert shrunk[:, :15].min() == 1
    assert shrunk[:, 15:].max() == 0


def test_large_radii_are_right_to_two_cells_of_a_coarse_grid() -> None:
    soft = disc(700, 700, 40) * np.float32(0.8)
    grown = grow(soft, 200)
    y, x = np.mgrid[0:700, 0:700]
    far = np.hypot(y - 350, x - 350)
    cell = 4
    assert grown[far < 240 - 2 * cell].min() == pytest.approx(0.8)
    assert grown[far > 240 + 2 * cell].max() < 0.4  # the middle of the edge
    assert grown[far > 240 + 3 * cell].max() == 0


def test_strips_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    soft = disc(60, 50, 12) * np.float32(0.7)
    whole = grow(soft, 6)
    monkeypatch.setattr(morphology, "STRIP_ROWS", 7)
    assert np.array_equal(grow(soft, 6), whole)


def test_an_empty_mask_and_a_radius_below_a_pixel_change_nothing() -> None:
    empty = np.zeros((5, 5), np.float32)
    assert grow(empty, 3) is empty
    soft = disc(9, 9, 2)
    assert grow(soft, 0.9) is soft
