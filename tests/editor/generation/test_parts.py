import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from scumble_editor.generation.parts import MOST_PARTS, parts_of
from scumble_protocol.geometry import Bounds


def test_nothing_selected_has_no_parts() -> None:
    assert parts_of(np.zeros((8, 8), np.uint8)) == ()


def test_every_part_has_its_own_bounds_the_largest_first() -> None:
    coverage = np.zeros((60, 80), np.uint8)
    coverage[5:10, 5:10] = 1
    coverage[30:50, 40:70] = 255
    assert parts_of(coverage) == (Bounds(40, 30, 30, 20), Bounds(5, 5, 5, 5))


@settings(deadline=None)
@given(seed=st.integers(0, 99), share=st.floats(0.01, 0.6))
def test_parts_hold_all_that_is_selected_and_are_never_too_many(seed: int, share: float) -> None:
    coverage = (np.random.default_rng(seed).random((40, 50)) < share).astype(np.uint8) * 9
    parts = parts_of(coverage)
    covered = np.zeros_like(coverage)
    for part in parts:
        covered[part.slices] = 1
    assert len(parts) <= MOST_PARTS
    assert not coverage[covered == 0].any()
