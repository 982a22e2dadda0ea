import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.regions import SEEDS, disc, photograph, selections
from scumble_daemon.region.arrays import Floats, floats
from scumble_daemon.region.colour import (
    GAIN_LIMITS,
    match_colour,
    measured_transfer,
    ring,
)


def lightened(picture: Floats, shift: float, gain: float = 1.0) -> Floats:
    lab = cv2.cvtColor(picture, cv2.COLOR_RGB2Lab)
    lab[..., 0] = (lab[..., 0] - 50) * gain + 50 + shift
    return np.clip(floats(cv2.cvtColor(lab, cv2.COLOR_Lab2RGB)), 0, 1)


def lightness(picture: Floats) -> Floats:
    return floats(cv2.cvtColor(picture, cv2.COLOR_RGB2Lab))[..., 0]


def test_the_ring_is_unchanged_pixels_near_the_mask() -> None:
    mask = disc(80, 80, 10) * np.float32(0.01)
    around = ring(mask, 5)
    assert not around[mask > 0].any()
    assert around[40, 40 + 15]
    assert not around[40, 40 + 16]


@pytest.mark.parametrize(("shift", "gain"), [(4, 1), (-6, 1), (0, 0.9), (4, 0.9), (-3, 1.1)])
def test_a_shift_of_lightness_and_contrast_is_corrected(shift: float, gain: float) -> None:
    original, mask = photograph(160, 160, seed=4), disc(160, 160, 40)
    result = match_colour(lightened(original, shift, gain), original, mask)
    inside = mask > 0
    ours, theirs = lightness(result)[inside], lightness(original)[inside]
    assert ours.mean() == pytest.approx(theirs.mean(), abs=0.4)
    assert ours.std() == pytest.approx(theirs.std(), rel=0.02)


def test_the_transfer_measures_its_pixels_alone() -> None:
    original = photograph(60, 60, seed=2)
    shifted = lightened(original, 4)
    around = disc(60, 60, 20) > 0
    shifted[~around] = 1
    transfer = measured_transfer(shifted, original, around)
    assert transfer.shift[0] == pytest.approx(-4, abs=0.1)
    assert transfer.gain[0] == pytest.approx(1, abs=0.01)


@given(selections(), SEEDS)
@settings(max_examples=30)
def test_a_result_that_equals_the_original_on_the_ring_is_returned_as_it_is(
    mask: Floats, seed: int
) -> None:
    original = photograph(*mask.shape)
    result = original.copy()
    rng = np.random.default_rng(seed)
    result[mask > 0] = rng.random((int((mask > 0).sum()), 3))
    assert np.array_equal(match_colour(result, original, mask), result)


@given(selections(), SEEDS)
@settings(max_examples=30)
def test_any_ring_gives_finite_values_in_range(mask: Floats, seed: int) -> None:
    rng = np.random.default_rng(seed)
    height, width = mask.shape
    original = photograph(height, width, seed=seed)
    result = floats(rng.random(original.shape))
    matched = match_colour(result, original, mask)
    assert np.isfinite(matched).all()
    assert matched.min() >= 0
    assert matched.max() <= 1


def test_without_a_ring_nothing_is_measured() -> None:
    original = photograph(30, 30)
    result = original * np.float32(0.5)
    assert match_colour(result, original, np.ones((30, 30), np.float32)) is result
    assert match_colour(result, original, np.zeros((30, 30), np.float32)) is result


def test_a_slow_difference_is_taken_out() -> None:
    original, mask = photograph(200, 200, seed=6), disc(200, 200, 50)
    y, x = np.mgrid[0:200, 0:200].astype(np.float32) / 200
    slope = 0.12 * (x - 0.5) - 0.08 * (y - 0.5)
    result = np.clip(original + slope[..., None], 0, 1)
    matched = match_colour(result, original, mask)
    before = np.abs(result - original)[mask > 0].mean()
    after = np.abs(matched - original)[mask > 0].mean()
    assert after < 0.25 * before


def test_noise_on_the_ring_is_not_amplified() -> None:
    original = np.full((120, 120, 3), 0.5, np.float32)
    rng = np.random.default_rng(0)
    result = floats(np.clip(original + rng.normal(0, 0.03, original.shape), 0, 1))
    matched = match_colour(result, original, disc(120, 120, 30))
    assert matched.std() <= result.std() * 1.01


def test_a_grainy_original_does_not_stretch_a_smooth_result() -> None:
    rng = np.random.default_rng(0)
    original = floats(np.clip(0.5 + rng.normal(0, 0.05, (120, 120, 3)), 0, 1))
    result = floats(np.clip(0.5 + rng.normal(0, 0.02, (120, 120, 3)), 0, 1))
    matched = match_colour(result, original, disc(120, 120, 30))
    assert matched.std() <= result.std() * 1.05


@given(SEEDS, st.integers(1, 40), st.integers(1, 40))
@settings(max_examples=30)
def test_gains_are_bounded_whatever_the_ring_says(seed: int, height: int, width: int) -> None:
    rng = np.random.default_rng(seed)
    base = rng.random((height, width, 3))
    ours = floats(0.5 + 0.1 * (base - 0.5))
    around = rng.random((height, width)) < 0.3
    around[0, 0] = True
    transfer = measured_transfer(ours, floats(base), around)
    low, high = GAIN_LIMITS
    assert all(low <= gain <= high for gain in transfer.gain)
    assert np.isfinite(transfer.shift).all()


def test_a_change_of_content_inside_the_mask_keeps_its_own_colour() -> None:
    original, mask = photograph(160, 160, seed=8), disc(160, 160, 40)
    result = lightened(original, 4)
    inside = mask > 0
    result[inside] = lightened(np.full((1, 1, 3), (0.7, 0.2, 0.2), np.float32), 4)[0, 0]
    matched = match_colour(result, original, mask)
    assert np.allclose(matched[80, 80], (0.7, 0.2, 0.2), atol=0.03)
