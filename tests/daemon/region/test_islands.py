import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.regions import selections
from scumble_daemon.region.arrays import Floats
from scumble_daemon.region.islands import Island, islands_of
from scumble_protocol.geometry import Bounds


def found(
    selection: Floats, needs: int = 4, sees: int = 8, gap: float = 2, limit: int = 8
) -> tuple[Island, ...]:
    return islands_of(
        selection,
        lambda bounds: bounds.padded(needs),
        lambda bounds: bounds.padded(sees),
        gap_px=gap,
        limit=limit,
    )


@given(selections(), st.floats(0, 20), st.integers(0, 30), st.integers(1, 8))
@settings(max_examples=80)
def test_islands_are_a_partition_of_the_selection(
    selection: Floats, gap: float, pad: int, limit: int
) -> None:
    islands = found(selection, needs=pad, sees=2 * pad, gap=gap, limit=limit)
    total = np.zeros_like(selection)
    owners = np.zeros(selection.shape, np.int32)
    for island in islands:
        total[island.bounds.slices] += island.mask
        owners[island.bounds.slices] += island.mask > 0
    assert np.array_equal(total, selection)
    assert owners.max() <= 1
    assert 1 <= len(islands) <= limit


@given(selections(), st.integers(0, 20))
@settings(max_examples=60)
def test_no_two_islands_change_the_same_pixels(selection: Floats, pad: int) -> None:
    islands = found(selection, needs=pad, sees=pad)
    for one, other in itertools.combinations(islands, 2):
        assert one.bounds.padded(pad).intersection(other.bounds.padded(pad)) is None


def test_far_parts_are_apart_and_tight() -> None:
    selection = np.zeros((400, 600), np.float32)
    selection[20:60, 30:80] = 1
    selection[300:350, 500:590] = 0.5
    one, other = found(selection)
    assert one.bounds == Bounds(30, 20, 50, 40)
    assert other.bounds == Bounds(500, 300, 90, 50)
    assert other.mask.max() == 0.5


def test_parts_nearer_than_the_gap_are_one() -> None:
    selection = np.zeros((60, 200), np.float32)
    selection[20:30, 20:30] = 1
    selection[20:30, 40:50] = 1
    assert len(found(selection, needs=0, sees=0, gap=5)) == 2
    assert len(found(selection, needs=0, sees=0, gap=12)) == 1


def test_parts_are_joined_where_one_context_costs_no_more_than_two() -> None:
    selection = np.zeros((200, 400), np.float32)
    selection[90:100, 90:100] = 1
    selection[90:100, 150:160] = 1
    assert len(found(selection, needs=4, sees=60)) == 1
    assert len(found(selection, needs=4, sees=10)) == 2


def test_a_ring_around_a_dot_is_one_island_as_their_masks_would_meet() -> None:
    y, x = np.mgrid[0:200, 0:200]
    far = np.hypot(y - 100, x - 100)
    selection = ((far < 5) | ((far > 70) & (far < 80))).astype(np.float32)
    assert len(found(selection)) == 1


def test_a_selection_of_many_specks_stays_bounded() -> None:
    rng = np.random.default_rng(0)
    selection = (rng.random((500, 500)) < 0.002).astype(np.float32)
    assert 1 <= len(found(selection, needs=0, sees=0, gap=0, limit=5)) <= 5


def test_nothing_selected_has_no_islands() -> None:
    assert found(np.zeros((10, 10), np.float32)) == ()
