"""DiffEdit as jobs, with small models: the old pipeline's pixels, recalled, reversed, described."""

from typing import Any

import numpy as np
import pytest
import torch
from diffusers import DDIMInverseScheduler
from diffusers.pipelines.deprecated.stable_diffusion_diffedit import (
    StableDiffusionDiffEditPipeline,
)
from PIL import Image as PillowImage

from helpers import small_models
from helpers.workshop import Workshop
from scumble_daemon import work
from scumble_daemon.pipelines.diffedit import parting_level
from scumble_daemon.region.arrays import Bytes
from scumble_daemon.region.composite import LayerPixels, flattened
from scumble_daemon.worker.cancel import CancelToken
from scumble_protocol.geometry import Bounds
from scumble_protocol.jobs import (
    DiffEdit,
    DiffEditInvert,
    DiffEditSelect,
    Fill,
    FreeU,
    Inversion,
    Options,
    Phase,
    Region,
)

SIDE = small_models.SIDE
PLAIN = Region(feather=0, grow=0, soft=False, match_colour=False, fill=Fill.ORIGINAL)
CAT, DOG = "a cat", "a dog"
WORDS: dict[str, Any] = {"source_prompt": CAT, "prompt": DOG, "steps": 8, "seed": 5}


@pytest.fixture
def picture() -> Bytes:
    return np.random.default_rng(1).integers(0, 256, (SIDE, SIDE, 3), np.uint8)


@pytest.fixture
def mask() -> Bytes:
    drawn = np.zeros((SIDE, SIDE), np.uint8)
    drawn[16:48, 8:40] = 255
    return drawn


@pytest.fixture
def theirs() -> Any:
    plain = small_models.build("sd15")
    inverse: Any = DDIMInverseScheduler
    parts = dict(plain.components) | {
        "inverse_scheduler": inverse.from_config(plain.scheduler.config)
    }
    parts.pop("image_encoder")
    cls: Any = StableDiffusionDiffEditPipeline
    old = cls(**parts, requires_safety_checker=False)
    old.set_progress_bar_config(disable=True)
    return old


def generator(seed: int = 5) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def edit(workshop: Workshop, picture: Bytes, **options: Any) -> DiffEdit:
    return DiffEdit(image=workshop.pictures.add(picture), **(WORDS | options))


def test_an_edit_in_a_mask_is_the_old_pipelines(
    workshop: Workshop, theirs: Any, picture: Bytes, mask: Bytes
) -> None:
    given = PillowImage.fromarray(picture)
    latents = theirs.invert(
        prompt=CAT,
        image=given,
        num_inference_steps=8,
        guidance_scale=1.0,
        generator=generator(),
    ).latents
    expected = theirs(
        prompt=DOG,
        mask_image=torch.from_numpy(mask[::8, ::8] > 0).float()[None, None],
        image_latents=latents,
        num_inference_steps=8,
        guidance_scale=5.0,
        generator=generator(),
    ).images[0]

    task = edit(
        workshop,
        picture,
        selection=workshop.pictures.add(mask),
        region=PLAIN,
        guidance_scale=5.0,
    )
    result = workshop.paint("sd15", task)
    ours, shown = workshop.layer(result)
    bounds = result.layers[0].bounds
    assert np.array_equal(ours, np.asarray(expected)[bounds.slices])
    assert shown is not None
    assert np.array_equal(shown, mask[bounds.slices])
    assert [one.steps for one in result.report.passes] == [6]


def test_a_selection_is_where_the_old_pipelines_mask_is(
    workshop: Workshop, theirs: Any, picture: Bytes
) -> None:
    options: dict[str, Any] = {"num_maps_per_mask": 3, "mask_encode_strength": 0.4}
    expected = theirs.generate_mask(
        image=PillowImage.fromarray(picture),
        source_prompt=CAT,
        target_prompt=DOG,
        num_inference_steps=8,
        guidance_scale=4.0,
        mask_thresholding_ratio=1.5,
        generator=generator(),
        **options,
    )[0]
    task = DiffEditSelect(
        image=workshop.pictures.add(picture), mask_thresholding_ratio=1.5, **WORDS, **options
    )
    result = workshop.paint("sd15", task)
    soft, none = workshop.layer(result)
    assert none is None
    assert soft.shape == (SIDE, SIDE)
    assert len(np.unique(soft)) > 16, "soft, not blocks of 8 × 8"
    middles = soft.reshape(SIDE // 8, 8, SIDE // 8, 8)[:, 3:5, :, 3:5].mean(axis=(1, 3))
    assert 0.1 < (expected > 0).mean() < 0.9
    assert ((middles > 127) == (expected > 0)).mean() > 0.9


def test_without_a_ratio_the_map_is_parted_where_it_parts_best(
    workshop: Workshop, picture: Bytes
) -> None:
    task = DiffEditSelect(image=workshop.pictures.add(picture), **WORDS)
    soft, _ = workshop.layer(workshop.paint("sd15", task))
    assert 0.05 < (soft > 127).mean() < 0.95
    values = torch.tensor([[0.0, 0.1, 0.2], [0.8, 0.9, 1.0]])
    assert 0.2 < float(parting_level(values)) < 0.8


def test_prompts_that_agree_select_nothing(workshop: Workshop, picture: Bytes) -> None:
    same: dict[str, Any] = WORDS | {"source_prompt": DOG}
    task = DiffEditSelect(image=workshop.pictures.add(picture), **same)
    soft, _ = workshop.layer(workshop.paint("sd15", task))
    assert not soft.any()


def test_an_inversion_made_before_is_not_made_again(
    workshop: Workshop, picture: Bytes, mask: Bytes
) -> None:
    selection = workshop.pictures.add(mask)
    made = DiffEditInvert(
        image=workshop.pictures.add(picture), selection=selection, prompt=CAT, steps=8, seed=5
    )
    assert workshop.paint("sd15", made).layers == ()
    tally = workshop.recall.inversions
    assert (tally.asked, tally.found) == (1, 0)
    first = workshop.paint("sd15", edit(workshop, picture, selection=selection))
    assert (tally.asked, tally.found) == (2, 1)
    workshop.recall.clear()
    anew = workshop.paint("sd15", edit(workshop, picture, selection=selection))
    assert (tally.asked, tally.found) == (3, 1)
    assert first.layers == anew.layers
    other = workshop.paint("sd15", edit(workshop, picture, selection=selection, seed=6))
    assert (tally.asked, tally.found) == (4, 1)
    assert other.layers != first.layers


def test_each_step_of_an_inversion_can_be_seen(workshop: Workshop, picture: Bytes) -> None:
    task = DiffEditInvert(
        image=workshop.pictures.add(picture),
        prompt=CAT,
        steps=10,
        inpaint_strength=0.5,
        seed=5,
        pictures=True,
    )
    layers = workshop.paint("sd15", task).layers
    assert len(layers) == 5
    assert {layer.bounds for layer in layers} == {Bounds(0, 0, SIDE, SIDE)}
    assert len({layer.image.hash for layer in layers}) == 5


def test_without_a_selection_the_place_is_found_and_only_it_changes(workshop: Workshop) -> None:
    canvas = np.random.default_rng(4).integers(0, 256, (150, 230, 4), np.uint8)
    image = workshop.pictures.add(canvas)
    options: dict[str, Any] = {"mask_thresholding_ratio": 2.0}
    select = DiffEditSelect(image=image, **WORDS, **options)
    found, _ = workshop.layer(workshop.paint("sd15", select))
    result = workshop.paint("sd15", edit(workshop, canvas, **options))
    pixels, mask = workshop.layer(result)
    assert mask is not None
    layer = LayerPixels(result.layers[0].bounds, pixels, mask)
    changed = (flattened(canvas, layer) != canvas).any(axis=2)
    assert changed.any()
    assert not changed[found == 0].any()


def test_reversing_changes_source_and_target_over(
    workshop: Workshop, picture: Bytes, mask: Bytes
) -> None:
    selection = workshop.pictures.add(mask)
    swapped = {"source_prompt": DOG, "prompt": CAT}
    there = workshop.paint("sd15", edit(workshop, picture, selection=selection, **swapped))
    back = workshop.paint("sd15", edit(workshop, picture, selection=selection, reverse=True))
    assert there.layers == back.layers


def test_what_is_there_must_be_said_or_described(
    workshop: Workshop, picture: Bytes, mask: Bytes
) -> None:
    task = edit(workshop, picture, selection=workshop.pictures.add(mask), source_prompt="")
    end = workshop.run("sd15", task)
    assert isinstance(end, work.Broken)
    assert "captioner" in end.sentence
    workshop.add("captioner")
    result = workshop.paint("sd15", task)
    assert any("was taken to show" in notice for notice in result.report.notices)


def test_regularised_inversions_and_variants_are_painted(
    workshop: Workshop, picture: Bytes, mask: Bytes
) -> None:
    task = edit(
        workshop,
        picture,
        selection=workshop.pictures.add(mask),
        variants=2,
        inversion=Inversion(num_reg_steps=1, num_auto_corr_rolls=2),
    )
    layers = workshop.paint("sd15", task).layers
    assert [layer.seed for layer in layers] == [5, 6]
    assert layers[0].image != layers[1].image


def test_cancelling_stops_within_a_step(workshop: Workshop, picture: Bytes, mask: Bytes) -> None:
    token = CancelToken()
    seen: list[tuple[Phase, int]] = []

    def stop_at_two(word: work.AnyWord) -> None:
        if isinstance(word, work.Stepped):
            seen.append((word.phase, word.step))
            if (word.phase, word.step) == (Phase.DENOISING, 2):
                token.cancel()

    workshop.on_word = stop_at_two
    task = edit(workshop, picture, selection=workshop.pictures.add(mask))
    assert isinstance(workshop.run("sd15", task, token), work.Stopped)
    assert seen[-1] == (Phase.DENOISING, 2)
    assert (Phase.ENCODING, 6) in seen


def test_families_without_a_way_back_are_told(workshop: Workshop, picture: Bytes) -> None:
    end = workshop.run("sdxl", edit(workshop, picture))
    assert isinstance(end, work.Broken)
    assert "cannot do diffedit" in end.sentence


def test_an_inversion_is_kept_under_every_option_that_changes_it(
    workshop: Workshop, picture: Bytes, mask: Bytes
) -> None:
    selection = workshop.pictures.add(mask)

    def painted(options: Options) -> Bytes:
        task = edit(workshop, picture, selection=selection, region=PLAIN, options=options)
        return workshop.layer(workshop.paint("sd15", task))[0]

    tally = workshop.recall.inversions
    plain, free = painted(Options()), painted(Options(freeu=FreeU()))
    assert (tally.asked, tally.found) == (2, 0)
    assert not np.array_equal(plain, free)
    assert np.array_equal(painted(Options(freeu=FreeU())), free)
    assert (tally.asked, tally.found) == (3, 1)
