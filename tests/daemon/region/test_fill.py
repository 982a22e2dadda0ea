import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.regions import SEEDS, disc, photograph, selections
from scumble_daemon.region.arrays import Floats
from scumble_daemon.region.fill import filled
from scumble_protocol.jobs import Fill


@given(selections(), st.sampled_from(list(Fill)), st.floats(0.1, 1), SEEDS)
@settings(max_examples=60)
def test_nothing_outside_the_mask_is_touched(
    mask: Floats, mode: Fill, strength: float, seed: int
) -> None:
    picture = photograph(*mask.shape)
    result = filled(picture, mask, mode, strength=strength, seed=seed)
    assert np.array_equal(result[mask == 0], picture[mask == 0])
    assert result.min() >= 0
    assert result.max() <= 1
    assert result.dtype == np.float32


def test_original_is_the_very_same_picture() -> None:
    picture = photograph(20, 20)
    assert filled(picture, disc(20, 20, 5), Fill.ORIGINAL) is picture


def test_neutral_is_grey_and_gives_way_to_the_picture_below_full_strength() -> None:
    picture, mask = photograph(40, 40), disc(40, 40, 10)
    at = [filled(picture, mask, Fill.NEUTRAL, strength=s)[20, 20] for s in (1.0, 0.9, 0.8)]
    assert np.allclose(at[0], 0.5)
    assert np.allclose(at[1], (picture[20, 20] + 0.5) / 2, atol=1e-5)
    assert np.allclose(at[2], picture[20, 20])


def test_border_carries_the_colours_around_inwards_and_nothing_of_the_inside() -> None:
    picture = np.full((120, 160, 3), (0.2, 0.4, 0.6), np.float32)
    mask = disc(120, 160, 30)
    picture[mask > 0] = (1, 0, 0)
    result = filled(picture, mask, Fill.BORDER)
    assert np.allclose(result, (0.2, 0.4, 0.6), atol=0.02)


def test_blur_keeps_the_colours_of_the_inside_without_its_detail() -> None:
    picture = np.full((160, 160, 3), 0.5, np.float32)
    picture[::2] += 0.3  # fine stripes
    result = filled(picture, disc(160, 160, 40), Fill.BLUR)
    assert np.abs(np.diff(result[60:100, 80], axis=0)).max() < 0.01
    assert result[80, 80].mean() == pytest.approx(0.65, abs=0.02)


def test_noise_is_the_same_for_the_same_seed_and_like_its_surroundings() -> None:
    picture, mask = photograph(90, 90, seed=3), disc(90, 90, 30)
    one, again, other = (filled(picture, mask, Fill.NOISE, seed=s) for s in (5, 5, 6))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)
    inside, around = one[mask == 1], picture[mask == 0]
    assert np.allclose(inside.mean(axis=0), around.mean(axis=0), atol=0.05)


@pytest.mark.parametrize("mode", list(Fill))
def test_a_mask_over_everything_and_an_empty_one_are_no_trouble(mode: Fill) -> None:
    picture = photograph(30, 20)
    whole = filled(picture, np.ones((30, 20), np.float32), mode)
    assert np.isfinite(whole).all()
    assert filled(picture, np.zeros((30, 20), np.float32), mode) is picture
