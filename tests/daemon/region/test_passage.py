from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.regions import SD15, SEEDS, TINY, disc, noise_bytes, photograph, selections
from scumble_daemon.region.arrays import Bytes, Floats, floats, quantised, unit
from scumble_daemon.region.composite import flattened
from scumble_daemon.region.islands import plan_selection
from scumble_daemon.region.passage import (
    Painted,
    PassInput,
    finish,
    pass_input,
    pass_output,
    prepare,
)
from scumble_daemon.region.resolution import NativeRange
from scumble_protocol.jobs import Direction, Fill, Region

LENGTHS = st.none() | st.floats(0, 30)
REGIONS = st.builds(
    Region,
    feather=LENGTHS,
    grow=LENGTHS,
    context=LENGTHS,
    fill=st.sampled_from(list(Fill)),
    soft=st.booleans(),
    match_colour=st.booleans(),
)


def repainted(given: PassInput, seed: int) -> Floats:
    """Stand in for a model: rubbish everywhere, inside the mask and out."""
    return floats(np.random.default_rng(seed).random(given.picture.shape))


def drifted(given: PassInput, seed: int) -> Floats:
    """Stand in for a faithful model with an autoencoder whose colours drift."""
    assert seed >= 0
    return floats(np.clip(given.picture * 0.9 - 0.03, 0, 1))


def painted(
    pixels: Bytes,
    selection: Floats,
    strength: float,
    region: Region,
    *,
    native: NativeRange = TINY,
    model: Callable[[PassInput, int], Floats] = repainted,
    seed: int = 0,
) -> list[Painted]:
    results = []
    for island, plan in plan_selection(selection, strength, region, native):
        ready = prepare(pixels, island, plan)
        picture = None
        for index, step in enumerate(plan.passes):
            given = pass_input(ready, index, picture, seed)
            assert given.picture.shape == (step.extent.height, step.extent.width, 3)
            assert given.mask.shape == given.picture.shape[:2]
            picture = pass_output(ready, index, model(given, seed), picture)
        assert picture is not None
        results.append(finish(ready, picture))
    return results


@given(selections(), REGIONS, st.floats(0.05, 1), st.sampled_from([3, 4]), SEEDS)
@settings(max_examples=60)
def test_outside_the_selection_the_document_is_bit_identical(
    selection: Floats, region: Region, strength: float, channels: int, seed: int
) -> None:
    height, width = selection.shape
    canvas = noise_bytes(height, width, channels, seed)
    flat = canvas
    for result in painted(canvas, selection, strength, region, seed=seed):
        flat = flattened(flat, result.layer)
    assert np.array_equal(flat[selection == 0], canvas[selection == 0])


@given(selections(), st.sampled_from(list(Direction)), SEEDS)
@settings(max_examples=40)
def test_where_the_layers_mask_is_0_the_document_is_bit_identical(
    selection: Floats, direction: Direction, seed: int
) -> None:
    height, width = selection.shape
    canvas = noise_bytes(height, width, 4, seed)
    shown = np.zeros(selection.shape, np.bool_)
    flat = canvas
    for result in painted(canvas, selection, 1.0, Region(direction=direction)):
        flat = flattened(flat, result.layer)
        shown[result.layer.bounds.slices] |= result.layer.mask > 0
    assert np.array_equal(flat[~shown], canvas[~shown])


def test_the_whole_canvas_passes_through_bit_by_bit() -> None:
    canvas = quantised(photograph(64, 64))
    region = Region(fill=Fill.ORIGINAL, match_colour=False, soft=False)
    whole = np.ones((64, 64), np.float32)
    ((island, plan),) = plan_selection(whole, 1.0, region, TINY)
    ready = prepare(canvas, island, plan)
    given = pass_input(ready, 0)
    assert np.array_equal(given.picture, unit(canvas))
    assert given.mask.min() == 1
    result = finish(ready, pass_output(ready, 0, given.picture))
    assert np.array_equal(result.layer.rgb, canvas)
    assert result.layer.mask.min() == 255
    assert result.seam_score is None


@pytest.mark.parametrize("strength", [0.5, 1.0])
def test_colours_that_drifted_in_the_model_are_brought_back(strength: float) -> None:
    canvas = quantised(photograph(300, 400, seed=5))
    selection = disc(300, 400, 50)
    errors = {}
    for match in (False, True):
        region = Region(fill=Fill.ORIGINAL, match_colour=match)
        (result,) = painted(canvas, selection, strength, region, model=drifted)
        flat = flattened(canvas, result.layer).astype(np.int32)
        errors[match] = np.abs(flat - canvas)[selection > 0].mean()
    assert errors[True] < 0.3 * errors[False]


def test_a_matched_result_has_the_better_seam() -> None:
    canvas = quantised(photograph(300, 400, seed=5))
    scores = {}
    for match in (False, True):
        region = Region(fill=Fill.ORIGINAL, match_colour=match, feather=2)
        (result,) = painted(canvas, disc(300, 400, 50), 1.0, region, native=SD15, model=drifted)
        assert result.seam_score is not None
        scores[match] = result.seam_score
    assert scores[True] < scores[False]


def test_the_second_pass_starts_from_the_first() -> None:
    canvas = np.zeros((400, 400, 3), np.uint8)
    selection = np.zeros((400, 400), np.float32)
    selection[100:300, 100:300] = 1
    ((island, plan),) = plan_selection(selection, 1.0, Region(), TINY)
    assert len(plan.passes) == 2
    ready = prepare(canvas, island, plan)
    first = pass_input(ready, 0)
    picture = pass_output(ready, 0, np.full_like(first.picture, 0.7))
    assert np.allclose(pass_input(ready, 1, picture).picture, 0.7, atol=1e-5)


def test_nothing_is_shown_where_the_model_was_not_free() -> None:
    canvas = quantised(photograph(200, 200))
    region = Region(feather=20, grow=0, direction=Direction.OUTSIDE, soft=False)
    ((island, plan),) = plan_selection(disc(200, 200, 30), 1.0, region, TINY)
    ready = prepare(canvas, island, plan)
    assert not ready.shown[ready.denoise == 0].any()


@pytest.mark.parametrize("direction", list(Direction))
def test_new_paint_fades_as_it_is_seen(direction: Direction) -> None:
    canvas = quantised(photograph(200, 200))
    selection = floats(disc(200, 200, 40) >= 0.5)
    ((island, plan),) = plan_selection(selection, 1.0, Region(direction=direction), TINY)
    ready = prepare(canvas, island, plan)
    assert np.allclose(ready.shown, np.minimum(2 * ready.denoise, 1), atol=1e-6)
    assert ready.denoise.max() == 1


def test_a_fade_that_the_painter_chose_is_seen_as_it_is() -> None:
    canvas = quantised(photograph(200, 200))
    selection = floats(disc(200, 200, 40) >= 0.5)
    ((island, plan),) = plan_selection(selection, 1.0, Region(feather=12), TINY)
    ready = prepare(canvas, island, plan)
    assert np.array_equal(ready.shown, ready.denoise)


def test_a_plan_says_whether_the_result_is_opaque_from_the_middle_of_its_fade_on() -> None:
    canvas = quantised(photograph(200, 200))
    for strength, region, lift in (
        (1.0, Region(), 1),
        (0.5, Region(), 0),
        (1.0, Region(feather=25), 0),
        (1.0, Region(soft=False), 0),
    ):
        ((island, plan),) = plan_selection(disc(200, 200, 80), strength, region, TINY)
        shown = prepare(canvas, island, plan).shown
        middle = shown[100 - plan.context.y, 20 - plan.context.x :][
            round(plan.margins.blend_px * 0.6)
        ]
        assert plan.lift == lift
        assert (middle == 1) == (lift == 1)


def test_what_is_painted_over_may_change_beyond_what_is_seen() -> None:
    canvas = quantised(photograph(200, 200))
    for strength, region in ((0.8, Region()), (1.0, Region(grow=6)), (1.0, Region(soft=False))):
        ((island, plan),) = plan_selection(disc(200, 200, 40), strength, region, TINY)
        ready = prepare(canvas, island, plan)
        assert ready.denoise[ready.shown > 0].min() > 0.4
        assert (ready.denoise[ready.shown == 0] > 0).any()


@given(selections(), st.floats(0.0, 0.01))
@settings(max_examples=25)
def test_there_is_no_jump_towards_full_strength(selection: Floats, less: float) -> None:
    canvas = np.zeros((*selection.shape, 3), np.uint8)
    freedom = []
    for strength in (1.0, 1.0 - less):
        whole = np.zeros_like(selection)
        for island, plan in plan_selection(selection, strength, Region(), TINY):
            ready = prepare(canvas, island, plan)
            part = whole[plan.context.slices]
            np.maximum(part, ready.denoise, out=part)
        freedom.append(whole)
    assert np.abs(freedom[0] - freedom[1]).max() <= 0.06


def test_a_margin_of_none_cuts_the_layer_to_what_shows() -> None:
    canvas = quantised(photograph(200, 200))
    ((island, plan),) = plan_selection(disc(200, 200, 30), 1.0, Region(), TINY)
    ready = prepare(canvas, island, plan)
    wide, tight = (finish(ready, ready.original, margin_px=px).layer for px in (32, 0))
    assert wide.bounds.contains(tight.bounds)
    assert tight.mask.any(axis=1).all()
    assert tight.mask.any(axis=0).all()
