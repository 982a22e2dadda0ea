import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.regions import selections
from scumble_daemon.region.arrays import Floats
from scumble_daemon.region.soften import free_latents, latent_mask, thresholds
from scumble_protocol.geometry import Extent


@given(st.integers(1, 100), st.floats(0, 1))
def test_a_value_is_free_after_the_first_one_minus_v_of_the_schedule(
    steps: int, value: float
) -> None:
    mask = np.full((1, 1), value, np.float32)
    free = [bool(free_latents(mask, step, steps)[0, 0]) for step in range(steps)]
    assert free == sorted(free)  # never taken back
    assert abs(sum(free) - value * steps) <= 1


def test_full_is_free_from_the_first_step_and_nothing_never() -> None:
    mask = np.array([[0, 0.5, 1]], np.float32)
    free = np.concatenate([free_latents(mask, step, 4) for step in range(5)])
    assert free[:, 0].tolist() == [False] * 5
    assert free[:, 1].tolist() == [False, False, True, True, True]
    assert free[:, 2].tolist() == [True] * 5


@pytest.mark.parametrize("steps", [1, 3, 20])
def test_thresholds_agree_with_the_free_latents(steps: int) -> None:
    mask = np.linspace(0, 1, 101, dtype=np.float32)[None]
    for step, level in enumerate(thresholds(steps)):
        assert np.array_equal(free_latents(mask, step, steps), mask >= level - 5e-4)


@given(selections())
def test_cells_of_the_latent_grid_are_means(mask: Floats) -> None:
    height, width = (side // 8 * 8 for side in mask.shape)
    whole = mask[: max(height, 8), : max(width, 8)]
    height, width = (side // 8 for side in whole.shape)
    cells = latent_mask(whole[: height * 8, : width * 8], Extent(width, height))
    blocks = whole[: height * 8, : width * 8].reshape(height, 8, width, 8).mean(axis=(1, 3))
    assert np.allclose(cells, blocks, atol=1e-5)


def test_a_mask_of_ones_is_free_at_once_on_any_grid() -> None:
    cells = latent_mask(np.ones((100, 84), np.float32), Extent(13, 11))
    assert free_latents(cells, 0, 30).all()
