import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.regions import RANGES, SD15, SDXL, TINY
from scumble_daemon.region.resolution import (
    WORKING_PIXELS,
    NativeRange,
    first_extent,
    needs_two_passes,
    refined_extent,
    second_extent,
    steps_of,
)
from scumble_protocol.geometry import Extent

EXTENTS = st.builds(Extent, st.integers(8, 6000), st.integers(8, 6000))


@pytest.mark.parametrize(
    ("context", "native", "expected"),
    [
        (Extent(512, 512), SD15, Extent(512, 512)),  # fits as it is
        (Extent(512, 768), SD15, Extent(512, 768)),
        (Extent(256, 256), SD15, Extent(512, 512)),  # scaled up
        (Extent(2048, 2048), SD15, Extent(624, 624)),  # down to what the range allows
        (Extent(2048, 2048), SDXL, Extent(1024, 1024)),
        (Extent(1000, 1000), SDXL, Extent(1000, 1000)),
        (Extent(2000, 500), SD15, Extent(1248, 312)),  # too long for the range
    ],
)
def test_a_context_is_brought_into_the_range(
    context: Extent, native: NativeRange, expected: Extent
) -> None:
    assert first_extent(context, native) == expected


@given(EXTENTS, RANGES)
def test_the_first_pass_is_on_the_grid_and_within_the_pixels(
    context: Extent, native: NativeRange
) -> None:
    first = first_extent(context, native)
    assert first.width % native.multiple == 0
    assert first.height % native.multiple == 0
    longest = context.longest_side / context.shortest_side
    if longest <= native.max_pixels / native.multiple**2 / 4:
        assert first.area <= native.max_pixels
    least, most = native.scales(context)
    if least * 1.05 <= most:
        slack = native.multiple
        assert native.min_side - slack < first.shortest_side
        assert first.longest_side <= native.max_side
        assert first.area > native.min_pixels * 0.9


@given(EXTENTS, RANGES)
def test_aspect_is_kept_to_less_than_a_step_of_the_grid(
    context: Extent, native: NativeRange
) -> None:
    for extent in (first_extent(context, native), refined_extent(context, native)):
        if extent.shortest_side < 4 * native.multiple:
            continue  # a sliver: the grid alone decides
        error = math.log(extent.width / extent.height) - math.log(context.width / context.height)
        step = native.multiple / extent.shortest_side
        assert abs(error) <= 2 * step


@given(EXTENTS, RANGES)
def test_a_refining_pass_never_shrinks_below_its_bounds_but_for_the_cap(
    bounds: Extent, native: NativeRange
) -> None:
    refined = refined_extent(bounds, native)
    assert refined.width % native.multiple == 0
    assert refined.height % native.multiple == 0
    if bounds.shortest_side * math.sqrt(WORKING_PIXELS / bounds.area) >= native.multiple:
        assert refined.area <= WORKING_PIXELS
    if bounds.area <= WORKING_PIXELS * 0.8 and bounds.shortest_side > 4 * native.multiple:
        assert refined.width > bounds.width - native.multiple
        assert refined.height > bounds.height - native.multiple


def test_two_passes_only_where_detail_would_be_lost_and_much_is_new() -> None:
    assert needs_two_passes(Extent(1400, 1400), 1.0, SD15)
    assert not needs_two_passes(Extent(1400, 1400), 0.5, SD15)
    assert not needs_two_passes(Extent(660, 660), 1.0, SD15)
    assert not needs_two_passes(Extent(300, 300), 1.0, SD15)


@pytest.mark.parametrize(
    ("count", "strength", "total", "start"),
    [
        (20, 1.0, 20, 0),
        (20, 0.99, 20, 0),
        (20, 0.5, 20, 10),
        (20, 0.3, 20, 14),
        (20, 0.1, 40, 36),
        (5, 0.7, 5, 1),
        (2, 1.0, 2, 0),
        (2, 0.5, 4, 2),
        (30, 0.4, 30, 18),
    ],
)
def test_steps_follow_the_formula(count: int, strength: float, total: int, start: int) -> None:
    steps = steps_of(count, strength)
    assert (steps.total, steps.start) == (total, start)


@given(st.integers(1, 200), st.floats(0.01, 1))
def test_enough_steps_are_always_run_and_the_pipeline_counts_the_same(
    count: int, strength: float
) -> None:
    steps = steps_of(count, strength)
    assert steps.run >= min(4, count)
    assert steps.total >= count
    assert 0 <= steps.start < steps.total
    assert min(int(steps.total * steps.pipeline_strength), steps.total) == steps.run
    assert abs(steps.run - steps.total * strength) <= 1


@given(st.integers(1, 200))
def test_strength_099_and_1_are_at_most_one_step_in_a_hundred_apart(count: int) -> None:
    assert steps_of(count, 1.0).run - steps_of(count, 0.99).run <= math.ceil(count / 100)


def test_an_impossible_range_is_refused() -> None:
    with pytest.raises(ValueError, match="min_side"):
        NativeRange(512, 256, 1, 2)
    with pytest.raises(ValueError, match="min_pixels"):
        NativeRange(256, 512, 5, 2)


def test_the_square_side_is_a_whole_multiple_inside_the_range() -> None:
    assert SD15.square_side == 624
    assert SDXL.square_side == 1024


def test_a_second_pass_of_a_small_model_stays_near_what_it_knows() -> None:
    large = Extent(2152, 2248)
    small = second_extent(large, TINY)
    assert small.area <= 24 * TINY.max_pixels
    shape = large.width / large.height
    assert small.width / small.height == pytest.approx(shape, rel=0.05)
    assert second_extent(large, SD15) == refined_extent(large, SD15)
