"""Painting in selections with small models: locality, softness, islands, variants, two passes."""

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers import small_models
from helpers.workshop import Workshop
from scumble_daemon import work
from scumble_daemon.region.arrays import Bytes
from scumble_daemon.region.composite import LayerPixels, flattened
from scumble_protocol.errors import ErrorCode
from scumble_protocol.geometry import Extent
from scumble_protocol.jobs import (
    Direction,
    Fill,
    ImageToImage,
    Inpaint,
    Phase,
    Region,
    Result,
    TextToImage,
)

SIDE = small_models.SIDE


def noise(width: int, height: int, channels: int = 3, seed: int = 0) -> Bytes:
    return np.random.default_rng(seed).integers(0, 256, (height, width, channels), np.uint8)


def rectangle(width: int, height: int, *edges: int, value: int = 255) -> Bytes:
    left, top, right, bottom = edges
    mask = np.zeros((height, width), np.uint8)
    mask[top:bottom, left:right] = value
    return mask


def inpaint(workshop: Workshop, canvas: Bytes, mask: Bytes, **options: Any) -> Inpaint:
    given: dict[str, Any] = {"prompt": "a red balloon", "steps": 4, "seed": 3} | options
    return Inpaint(
        image=workshop.pictures.add(canvas), selection=workshop.pictures.add(mask), **given
    )


def composed(workshop: Workshop, result: Result, canvas: Bytes, number: int = 0) -> Bytes:
    """Return the canvas with one layer of a result laid over it, as a client does."""
    pixels, mask = workshop.layer(result, number)
    assert mask is not None
    return flattened(canvas, LayerPixels(result.layers[number].bounds, pixels, mask))


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_nothing_changes_where_the_layer_is_masked(workshop: Workshop, data: st.DataObject) -> None:
    width, height = data.draw(st.integers(20, 150)), data.draw(st.integers(20, 150))
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32)))
    canvas = rng.integers(0, 256, (height, width, data.draw(st.sampled_from([3, 4]))), np.uint8)
    mask = np.zeros((height, width), np.uint8)
    for _ in range(data.draw(st.integers(1, 3))):
        x, y = rng.integers(0, width - 4), rng.integers(0, height - 4)
        w, h = rng.integers(4, width), rng.integers(4, height)
        mask[y : y + h, x : x + w] = rng.integers(1, 256)
    region = Region(
        feather=data.draw(st.none() | st.floats(0, 40)),
        grow=data.draw(st.none() | st.floats(0, 40)),
        fill=data.draw(st.sampled_from(Fill)),
        soft=data.draw(st.booleans()),
        match_colour=data.draw(st.booleans()),
    )
    strength = data.draw(st.floats(0.05, 1))
    task = inpaint(workshop, canvas, mask, strength=strength, region=region, steps=2)
    result = workshop.paint(data.draw(st.sampled_from(["sd15", "sd15-inpaint"])), task)
    changed = (composed(workshop, result, canvas) != canvas).any(axis=2)
    assert not changed[mask == 0].any()
    shown = np.zeros((height, width), bool)
    pixels = workshop.layer(result)[1]
    assert pixels is not None
    shown[result.layers[0].bounds.slices] = pixels > 0
    assert not changed[~shown].any()


def test_the_same_job_gives_the_same_pixels(workshop: Workshop) -> None:
    task = inpaint(workshop, noise(100, 80), rectangle(100, 80, 30, 20, 70, 60), variants=2)
    first, second = workshop.paint("sd15", task), workshop.paint("sd15", task)
    assert first.layers == second.layers


def test_a_variant_is_the_job_with_its_own_seed(workshop: Workshop) -> None:
    canvas, mask = noise(64, 64), rectangle(64, 64, 10, 10, 50, 50)
    several = workshop.paint("sd15", inpaint(workshop, canvas, mask, seed=7, variants=3))
    assert [layer.seed for layer in several.layers] == [7, 8, 9]
    alone = workshop.paint("sd15", inpaint(workshop, canvas, mask, seed=9))
    ours, theirs = workshop.layer(several, 2)[0], workshop.layer(alone)[0]
    difference = np.abs(ours.astype(int) - theirs)
    assert difference.max() <= 1  # sums of a batch may be rounded in another order
    assert (workshop.layer(several, 0)[0] != ours).any()


def test_strengths_at_the_end_of_the_slider_are_neighbours(workshop: Workshop) -> None:
    canvas, mask = noise(64, 64), rectangle(64, 64, 10, 10, 50, 50)
    region = Region(fill=Fill.ORIGINAL, match_colour=False)

    def painted(strength: float) -> Bytes:
        task = inpaint(workshop, canvas, mask, strength=strength, region=region, steps=20)
        return composed(workshop, workshop.paint("sd15", task), canvas).astype(int)

    all_of_it, nearly, less = painted(1.0), painted(0.99), painted(0.9)
    assert np.abs(all_of_it - nearly).mean() <= np.abs(all_of_it - less).mean() + 0.5
    assert np.abs(all_of_it - nearly).mean() < 2


def test_all_steps_are_run_at_full_strength(workshop: Workshop) -> None:
    canvas, mask = noise(64, 64), rectangle(64, 64, 10, 10, 50, 50)
    for fill in (Fill.NEUTRAL, Fill.NOISE):
        task = inpaint(workshop, canvas, mask, steps=5, region=Region(fill=fill))
        assert [one.steps for one in workshop.paint("sd15", task).report.passes] == [5]


@pytest.mark.parametrize("kind", ["sd15", "sd15-inpaint", "sdxl"])
def test_a_grey_below_the_last_step_only_passes_through_the_vae(
    workshop: Workshop, kind: str
) -> None:
    canvas = noise(64, 64)
    region = Region(feather=0, grow=0, match_colour=False, fill=Fill.ORIGINAL)

    def painted(grey: int, seed: int) -> Bytes:
        mask = np.full((64, 64), grey, np.uint8)
        task = inpaint(workshop, canvas, mask, steps=5, region=region, seed=seed)
        return workshop.layer(workshop.paint(kind, task))[0]

    assert np.array_equal(painted(40, seed=1), painted(40, seed=2))
    assert not np.array_equal(painted(128, seed=1), painted(128, seed=2))
    assert not np.array_equal(painted(128, seed=1), painted(255, seed=1))


def test_the_half_that_may_not_change_keeps_its_latents(workshop: Workshop) -> None:
    canvas = noise(64, 64)
    mask = np.zeros((64, 64), np.uint8)
    mask[:, 32:] = 128
    seen: list[torch.Tensor] = []
    vae = type(workshop.loaded("sd15").components["vae"])
    decode = vae.decode

    def listen(self: Any, z: torch.Tensor, *arguments: Any, **options: Any) -> Any:
        seen.append(z.clone())
        return decode(self, z, *arguments, **options)

    region = Region(feather=0, grow=0, match_colour=False, fill=Fill.ORIGINAL)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vae, "decode", listen)
        for seed in (1, 2):
            workshop.paint("sd15", inpaint(workshop, canvas, mask, seed=seed, region=region))
    one, other = seen
    assert torch.equal(one[..., :4], other[..., :4])
    assert not torch.equal(one[..., 4:], other[..., 4:])


def test_islands_come_back_as_one_layer(workshop: Workshop) -> None:
    canvas = noise(900, 300)
    mask = rectangle(900, 300, 20, 100, 60, 140) | rectangle(900, 300, 820, 200, 870, 240)
    region = Region(feather=4, grow=4, context=8)
    result = workshop.paint("sd15", inpaint(workshop, canvas, mask, region=region))
    assert len(result.layers) == 1
    assert len(result.report.passes) >= 1
    bounds = result.layers[0].bounds
    assert (bounds.left, bounds.right) == (0, 900) or bounds.width > 800
    changed = (composed(workshop, result, canvas) != canvas).any(axis=2)
    assert changed[100:140, 20:60].any()
    assert changed[200:240, 820:870].any()
    assert not changed[mask == 0].any()


def test_a_large_selection_is_painted_in_two_passes(workshop: Workshop) -> None:
    canvas, mask = noise(256, 256), rectangle(256, 256, 20, 20, 236, 236)
    result = workshop.paint("sd15", inpaint(workshop, canvas, mask, variants=2))
    passes = result.report.passes
    assert len(passes) == 2
    assert passes[0].extent.longest_side <= 96
    assert passes[1].extent == Extent(256, 256)
    assert passes[1].strength == 0.4
    phases = [word.phase for word in workshop.said if isinstance(word, work.Stepped)]
    assert Phase.REFINING in phases


def test_a_small_selection_is_painted_at_the_models_own_size(workshop: Workshop) -> None:
    canvas, mask = noise(40, 40), rectangle(40, 40, 10, 10, 30, 30)
    result = workshop.paint("sd15", inpaint(workshop, canvas, mask))
    assert result.report.passes[0].extent == Extent(SIDE, SIDE)


def test_an_odd_sized_canvas_is_painted_to_its_very_edge(workshop: Workshop) -> None:
    canvas = noise(101, 67)
    mask = rectangle(101, 67, 50, 30, 101, 67)
    region = Region(feather=0, grow=0)
    result = workshop.paint("sd15", inpaint(workshop, canvas, mask, region=region))
    changed = (composed(workshop, result, canvas) != canvas).any(axis=2)
    assert changed[-1, 50:].any()
    assert changed[30:, -1].any()


def test_a_whole_picture_keeps_its_transparency(workshop: Workshop) -> None:
    canvas = noise(64, 64, 4)
    canvas[:20, :, 3] = 0
    image = workshop.pictures.add(canvas)
    result = workshop.paint("sd15", ImageToImage(image=image, steps=4, seed=1))
    pixels, mask = workshop.layer(result)
    assert pixels.shape == (64, 64, 3)
    assert mask is not None
    assert np.array_equal(mask, canvas[..., 3])


def test_a_whole_opaque_picture_needs_no_mask(workshop: Workshop) -> None:
    image = workshop.pictures.add(noise(70, 50))
    result = workshop.paint("sd15", ImageToImage(image=image, steps=4, seed=1))
    assert result.layers[0].mask is None
    assert result.layers[0].bounds == image.extent.bounds


def test_img2img_inside_a_selection_changes_only_that(workshop: Workshop) -> None:
    canvas, mask = noise(64, 64), rectangle(64, 64, 10, 10, 50, 50)
    task = ImageToImage(
        image=workshop.pictures.add(canvas),
        selection=workshop.pictures.add(mask),
        steps=4,
        seed=1,
        strength=0.5,
    )
    for kind in ("sd15", "sd15-inpaint"):
        changed = (composed(workshop, workshop.paint(kind, task), canvas) != canvas).any(axis=2)
        assert changed.any()
        assert not changed[mask == 0].any()


def test_an_inpaint_checkpoint_paints_over_whole_pictures_too(workshop: Workshop) -> None:
    image = workshop.pictures.add(noise(64, 64))
    task = ImageToImage(image=image, steps=4, seed=1)
    assert workshop.paint("sd15-inpaint", task).layers[0].mask is None


def test_text_to_image_has_exactly_the_size_asked_for(workshop: Workshop) -> None:
    for width, height in ((70, 61), (200, 150), (30, 40)):
        task = TextToImage(prompt="a cat", steps=3, seed=1, width=width, height=height)
        result = workshop.paint("sd15", task)
        assert result.layers[0].image.extent == Extent(width, height)
    assert len(result.report.passes) == 1


def test_nothing_selected_is_told(workshop: Workshop) -> None:
    end = workshop.run("sd15", inpaint(workshop, noise(64, 64), np.zeros((64, 64), np.uint8)))
    assert isinstance(end, work.Broken)
    assert end.code is ErrorCode.BAD_REQUEST
    assert "selected" in end.sentence


@pytest.mark.parametrize("direction", list(Direction))
def test_the_feather_falls_on_the_side_that_was_chosen(
    workshop: Workshop, direction: Direction
) -> None:
    canvas, mask = noise(160, 160), rectangle(160, 160, 60, 60, 100, 100)
    region = Region(direction=direction, feather=12)
    result = workshop.paint("sd15", inpaint(workshop, canvas, mask, region=region))
    changed = (composed(workshop, result, canvas) != canvas).any(axis=2)
    assert changed[mask == 0].any() == (direction is not Direction.INSIDE)


@pytest.mark.parametrize("fill", list(Fill))
def test_every_fill_paints(workshop: Workshop, fill: Fill) -> None:
    canvas, mask = noise(64, 64), rectangle(64, 64, 10, 10, 50, 50)
    task = inpaint(workshop, canvas, mask, region=Region(fill=fill))
    assert workshop.paint("sd15", task).layers[0].seam_score is not None


@pytest.mark.parametrize(
    "scheduler",
    ["ddim", "pndm", "lms", "euler", "euler-a", "heun", "dpm++2m-karras", "unipc", "lcm"],
)
def test_soft_selections_are_painted_with_every_scheduler(
    workshop: Workshop, scheduler: str
) -> None:
    canvas, mask = noise(64, 64), rectangle(64, 64, 10, 10, 50, 50, value=200)
    task = inpaint(workshop, canvas, mask, scheduler=scheduler, steps=6, strength=0.9)
    result = workshop.paint("sd15", task)
    assert (composed(workshop, result, canvas) != canvas).any()
