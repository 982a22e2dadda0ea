import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.regions import SEEDS, disc
from scumble_daemon.region.membrane import membrane


@given(SEEDS, st.integers(4, 200), st.integers(4, 200))
@settings(max_examples=25)
def test_the_field_never_leaves_the_range_of_what_is_known(
    seed: int, height: int, width: int
) -> None:
    rng = np.random.default_rng(seed)
    values = rng.normal(0, 1, (height, width, 3)).astype(np.float32)
    known = rng.random((height, width)) < rng.choice([0.02, 0.5])
    field = membrane(values, known, 2)
    if not known.any():
        assert not field.any()
        return
    for channel in range(3):
        inside = values[..., channel][known]
        assert field[..., channel].min() >= inside.min() - 1e-4
        assert field[..., channel].max() <= inside.max() + 1e-4


@pytest.mark.parametrize("side", [40, 150, 400])
def test_a_slope_is_carried_across_a_hole(side: int) -> None:
    y, x = np.mgrid[0:side, 0:side].astype(np.float32) / side
    values = np.stack((x, y, 0.5 * x - y), axis=2)
    known = disc(side, side, side * 0.45) == 0
    field = membrane(values, known, 1)
    middle = slice(side // 4, -side // 4)
    assert np.abs(field - values)[middle, middle].max() < 0.03


def test_noise_on_what_is_known_is_averaged_away() -> None:
    rng = np.random.default_rng(1)
    values = (0.1 + rng.normal(0, 0.1, (200, 200, 3))).astype(np.float32)
    field = membrane(values, disc(200, 200, 60) == 0, 8)
    assert np.abs(field - 0.1)[80:120, 80:120].max() < 0.02
