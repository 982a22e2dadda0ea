from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from helpers.regions import photograph
from scumble_daemon.region.arrays import (
    block_max,
    distance_to,
    quantised,
    resized,
    resized_mask,
    unit,
)
from scumble_protocol.geometry import Extent


def test_every_byte_survives_the_way_to_floats_and_back() -> None:
    every = np.arange(256, dtype=np.uint8)
    assert np.array_equal(quantised(unit(every)), every)


def test_values_out_of_range_are_clipped() -> None:
    assert quantised(np.array([-0.5, 1.5], np.float32)).tolist() == [0, 255]


def test_the_same_size_gives_the_very_same_array() -> None:
    picture = photograph(20, 30)
    assert resized(picture, Extent(30, 20)) is picture


@pytest.mark.parametrize("extent", [Extent(7, 5), Extent(90, 70), Extent(60, 10)])
def test_a_flat_picture_stays_flat_at_any_size(extent: Extent) -> None:
    flat = np.full((20, 30, 3), 0.3, np.float32)
    assert np.allclose(resized(flat, extent), 0.3, atol=1e-5)
    assert Extent.of(resized(flat, extent)) == extent


def test_a_grown_mask_rings_nowhere() -> None:
    mask = np.zeros((16, 16), np.float32)
    mask[4:12, 4:12] = 1
    large = resized_mask(mask, Extent(64, 64))
    assert large[:12].max() == 0
    assert large[24:40, 24:40].min() == 1


@given(npst.arrays(np.float32, (11, 14), elements=st.floats(0, 1, width=32)), st.integers(1, 6))
def test_the_greatest_of_blocks_bounds_every_value(values: np.ndarray, factor: int) -> None:
    blocks = block_max(values, factor)
    spread = np.kron(blocks, np.ones((factor, factor)))[:11, :14]
    assert np.all(spread >= values)
    assert set(np.unique(blocks)) <= set(np.unique(values)) | {0.0}


def test_distances_are_euclidean_and_the_canvas_edge_counts_for_nothing() -> None:
    target = np.zeros((5, 6), np.bool_)
    target[0, 0] = True
    assert distance_to(target)[3, 4] == pytest.approx(5)
    assert distance_to(np.zeros((2, 2), np.bool_)).min() > 1e6


def test_distances_are_the_same_bits_wherever_the_arrays_lie_in_memory() -> None:
    y, x = np.mgrid[:100, :113]
    target = ((x - 51) / 34) ** 2 + ((y - 50) / 33) ** 2 >= 1
    found = set()
    in_the_way = []
    with ThreadPoolExecutor(1) as other_thread:
        for size in range(1, 2000, 31):
            in_the_way.append(np.empty(size, np.uint8))  # moves what is allocated next
            found.add(distance_to(target).tobytes())
            found.add(other_thread.submit(distance_to, target).result().tobytes())
    assert len(found) == 1
