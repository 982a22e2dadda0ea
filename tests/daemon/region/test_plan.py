import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.regions import RANGES, SD15, TINY, selections
from scumble_daemon.region.arrays import Floats
from scumble_daemon.region.islands import plan_selection
from scumble_daemon.region.plan import plan_island
from scumble_daemon.region.resolution import NativeRange
from scumble_protocol.geometry import Bounds, Extent
from scumble_protocol.jobs import Region


@st.composite
def cases(draw: st.DrawFn) -> tuple[Extent, Bounds]:
    canvas = Extent(draw(st.integers(1, 5000)), draw(st.integers(1, 5000)))
    width, height = draw(st.integers(1, canvas.width)), draw(st.integers(1, canvas.height))
    x, y = draw(st.integers(0, canvas.width - width)), draw(st.integers(0, canvas.height - height))
    return canvas, Bounds(x, y, width, height)


@given(cases(), st.floats(0.01, 1), RANGES)
def test_every_plan_holds_together(
    case: tuple[Extent, Bounds], strength: float, native: NativeRange
) -> None:
    canvas, selection = case
    plan = plan_island(canvas, selection, strength, Region(), native)
    assert canvas.bounds.contains(plan.context)
    assert plan.context.contains(plan.mask)
    assert plan.mask.contains(selection)
    assert plan.passes[0].bounds == plan.context
    assert plan.strength == strength
    for step in plan.passes:
        assert plan.context.contains(step.bounds)
        assert step.bounds.contains(plan.mask)
        assert step.extent.width % native.multiple == 0
        assert step.extent.height % native.multiple == 0


def test_a_small_selection_is_painted_at_the_models_own_size() -> None:
    plan = plan_island(Extent(2000, 1500), Bounds(900, 700, 60, 60), 1.0, Region(), SD15)
    assert plan.passes[0].extent.shortest_side >= 512
    assert len(plan.passes) == 1


def test_a_large_selection_takes_two_passes_the_second_on_the_mask_alone() -> None:
    plan = plan_island(Extent(4000, 3000), Bounds(1000, 800, 1500, 1200), 1.0, Region(), SD15)
    first, second = plan.passes
    assert first.extent.area <= SD15.max_pixels
    assert second.bounds == plan.mask
    assert second.strength == 0.4
    assert second.extent.width >= plan.mask.width - 8


def test_the_painters_options_reach_the_plan() -> None:
    region = Region(feather=10, grow=0, context=16)
    plan = plan_island(Extent(1000, 1000), Bounds(400, 400, 100, 100), 1.0, region, SD15)
    assert plan.margins.feather_px == 10
    assert plan.context == plan.mask.padded(16)
    assert plan.region is region


@given(selections(), st.floats(0.05, 1))
@settings(max_examples=40)
def test_the_plans_of_a_selection_cover_it(selection: Floats, strength: float) -> None:
    seen = np.zeros_like(selection)
    for island, plan in plan_selection(selection, strength, Region(), TINY):
        assert plan.selection == island.bounds
        seen[island.bounds.slices] += island.mask
    assert np.array_equal(seen, selection)


def test_far_islands_are_planned_each_at_its_own_resolution() -> None:
    selection = np.zeros((3000, 4000), np.float32)
    selection[100:160, 100:160] = 1
    selection[2000:2900, 2500:3900] = 1
    (small, first), (large, second) = plan_selection(selection, 0.6, Region(), SD15)
    assert small.bounds == Bounds(100, 100, 60, 60)
    assert large.bounds == Bounds(2500, 2000, 1400, 900)
    assert first.passes[0].extent == Extent(512, 512)
    assert second.passes[0].extent.area > 900 * 1400


def test_nothing_selected_needs_no_plan() -> None:
    assert plan_selection(np.zeros((20, 20), np.float32), 1.0, Region(), SD15) == ()
