import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from scumble_protocol.geometry import Bounds, Extent

COORDINATES = st.integers(-200, 200)
SIZES = st.integers(1, 200)
RECTANGLES = st.builds(Bounds, COORDINATES, COORDINATES, SIZES, SIZES)
EXTENTS = st.builds(Extent, SIZES, SIZES)


@given(RECTANGLES, RECTANGLES)
def test_union_holds_both_and_intersection_lies_in_both(one: Bounds, other: Bounds) -> None:
    assert one.union(other).contains(one)
    assert one.union(other).contains(other)
    shared = one.intersection(other)
    if shared is not None:
        assert shared.area > 0
        assert one.contains(shared)
        assert other.contains(shared)
    assert shared == other.intersection(one)


@given(RECTANGLES, EXTENTS)
def test_shifted_and_clamped_rectangles_lie_inside_the_canvas(
    bounds: Bounds, canvas: Extent
) -> None:
    shifted = bounds.shifted_inside(canvas)
    assert canvas.bounds.contains(shifted)
    assert shifted.width == min(bounds.width, canvas.width)
    assert shifted.height == min(bounds.height, canvas.height)
    assert canvas.bounds.contains(bounds.clamped(canvas))


@given(EXTENTS, st.integers(1, 64))
def test_a_multiple_holds_the_size_and_is_less_than_a_step_larger(
    extent: Extent, step: int
) -> None:
    grown = extent.multiple_of(step)
    assert grown.width % step == 0
    assert grown.height % step == 0
    assert 0 <= grown.width - extent.width < step
    assert 0 <= grown.height - extent.height < step


@given(RECTANGLES, RECTANGLES)
def test_a_rectangle_seen_from_another_is_moved_back_by_its_corner(
    one: Bounds, other: Bounds
) -> None:
    assert one.relative_to(other).moved(other.x, other.y) == one


def test_bounds_of_a_mask_are_tight_and_cut_it_out() -> None:
    mask = np.zeros((20, 30), np.float32)
    mask[4:9, 7] = 0.5
    mask[6, 12] = 0.2
    assert Bounds.of_mask(mask) == Bounds(7, 4, 6, 5)
    assert Bounds.of_mask(mask, 0.3) == Bounds(7, 4, 1, 5)
    assert Bounds.of_mask(mask, 0.6) is None
    assert mask[Bounds(7, 4, 6, 5).slices].shape == (5, 6)


def test_a_size_never_shrinks_to_nothing() -> None:
    assert Extent(10, 400).scaled(0.01) == Extent(1, 4)
