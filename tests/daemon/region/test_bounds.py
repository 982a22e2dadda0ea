import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scumble_daemon.region.bounds import (
    Margins,
    context_bounds,
    fitted,
    margins_of,
    mask_bounds,
)
from scumble_protocol.geometry import Bounds, Extent

CANVASES = st.builds(Extent, st.integers(1, 5000), st.integers(1, 5000))
STRENGTHS = st.floats(0.01, 1)


@st.composite
def selected(draw: st.DrawFn) -> tuple[Extent, Bounds]:
    canvas = draw(CANVASES)
    width, height = draw(st.integers(1, canvas.width)), draw(st.integers(1, canvas.height))
    x = draw(st.integers(0, canvas.width - width))
    y = draw(st.integers(0, canvas.height - height))
    return canvas, Bounds(x, y, width, height)


def test_the_table_gives_the_worked_example() -> None:
    canvas, selection = Extent(4000, 3000), Bounds(1700, 1300, 600, 400)
    margins = margins_of(selection.extent, 1.0)
    assert margins.feather_px == pytest.approx(72.1, abs=0.1)
    assert margins.grow_px == pytest.approx(40.06, abs=0.1)
    assert margins.blend_px == 25
    mask = mask_bounds(selection, margins, canvas)
    assert mask.extent == Extent(840, 640)
    context = context_bounds(mask, canvas, 1.0, 512)
    assert context.extent == Extent(1384, 1384)


def test_margins_follow_the_strength_and_never_fall_below_the_least_feather() -> None:
    small = margins_of(Extent(10, 10), 0.5)
    assert small.feather_px == 16
    assert small.grow_px == 12
    assert small.blend_px == 20


def test_the_painters_numbers_win_over_the_table() -> None:
    margins = margins_of(Extent(600, 400), 1.0, feather_px=60, grow_px=0)
    assert (margins.feather_px, margins.grow_px, margins.blend_px) == (60, 0, 60)
    hard = margins_of(Extent(600, 400), 1.0, feather_px=0, grow_px=0)
    assert (hard.feather_px, hard.grow_px, hard.blend_px) == (0, 0, 0)


@given(selected(), STRENGTHS, st.none() | st.floats(0, 500), st.none() | st.floats(0, 500))
def test_mask_bounds_hold_the_reach_of_the_mask_or_end_at_the_canvas(
    case: tuple[Extent, Bounds], strength: float, feather: float | None, grow: float | None
) -> None:
    canvas, selection = case
    margins = margins_of(selection.extent, strength, feather_px=feather, grow_px=grow)
    mask = mask_bounds(selection, margins, canvas)
    reach = selection.padded(math.floor(margins.reach_px)).clamped(canvas)
    assert mask.contains(reach)
    assert canvas.bounds.contains(mask)
    for side, limit in ((mask.width, canvas.width), (mask.height, canvas.height)):
        assert side == limit or (side % 8 == 0 and side >= 256)


@given(selected(), STRENGTHS, st.sampled_from([512, 1024]), st.none() | st.floats(0, 300))
def test_the_context_holds_the_mask_and_lies_inside_the_canvas(
    case: tuple[Extent, Bounds], strength: float, native: int, context_px: float | None
) -> None:
    canvas, selection = case
    mask = mask_bounds(selection, margins_of(selection.extent, strength), canvas)
    context = context_bounds(mask, canvas, strength, native, context_px=context_px)
    assert context.contains(mask)
    assert canvas.bounds.contains(context)
    if strength <= 0.8 and context_px is None:
        assert context == mask
    if strength == 1 and context_px is None:
        assert context.width >= min(native, canvas.width)
        assert context.height >= min(native, canvas.height)


@given(selected(), st.floats(0.01, 0.99))
def test_the_context_does_not_jump_anywhere_on_the_strength_slider(
    case: tuple[Extent, Bounds], strength: float
) -> None:
    canvas, selection = case
    mask = mask_bounds(selection, margins_of(selection.extent, strength), canvas)
    here = context_bounds(mask, canvas, strength, 512)
    there = context_bounds(mask, canvas, strength + 0.01, 512)
    padding = 2 * max(canvas.longest_side / 16, (mask.width + mask.height) / 4)
    for edge in ("left", "top", "right", "bottom"):
        step = abs(getattr(there, edge) - getattr(here, edge))
        assert step <= 0.05 * (512 + padding) + 16


def test_padding_moves_from_the_long_axis_to_the_short_one() -> None:
    mask = Bounds(1000, 1000, 800, 400)
    context = context_bounds(mask, Extent(4000, 4000), 1.0, 512)
    assert context.width - 800 < context.height - 400
    assert context.contains(mask)


def test_a_small_model_sees_less_around_a_selection_than_a_large_one() -> None:
    selection, canvas = Bounds(500, 500, 100, 100), Extent(2000, 2000)
    margins = margins_of(selection.extent, 1.0, feather_px=8)
    small = mask_bounds(selection, margins, canvas, native_side=128)
    assert small.width < 256
    contexts = [context_bounds(small, canvas, 1.0, side) for side in (128, 256, 512, 1024)]
    widths = [context.width for context in contexts]
    assert widths == sorted(set(widths))


def test_the_painters_context_is_exact_at_every_strength() -> None:
    mask, canvas = Bounds(500, 500, 256, 256), Extent(2000, 2000)
    for strength in (0.3, 1.0):
        context = context_bounds(mask, canvas, strength, 512, context_px=40)
        assert context == Bounds(460, 460, 336, 336)


def test_a_selection_of_the_whole_canvas_needs_the_whole_canvas() -> None:
    canvas = Extent(333, 517)
    mask = mask_bounds(canvas.bounds, margins_of(canvas, 1.0), canvas)
    assert mask == canvas.bounds
    assert context_bounds(mask, canvas, 1.0, 512) == canvas.bounds


def test_fitted_bounds_are_shifted_before_they_are_cut() -> None:
    bounds = fitted(Bounds(90, 0, 10, 10), Extent(64, 64), Extent(100, 50), 8)
    assert bounds == Bounds(36, 0, 64, 50)


def test_margins_are_values() -> None:
    assert margins_of(Extent(50, 50), 1.0) == margins_of(Extent(50, 50), 1.0)
    assert Margins(10, 4, 5, 20).reach_px == 9
