"""A checkpoint's safety checker sees every picture, and the result says what it found."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers.pipelines.stable_diffusion import safety_checker

from helpers import small_models
from helpers.workshop import Workshop
from scumble_protocol.jobs import (
    Chain,
    DiffEdit,
    ImageToImage,
    Result,
    Stage,
    TextToImage,
)

of_diffusers: Any = safety_checker
of_transformers: Any = small_models.of_transformers
SIDE = small_models.SIDE
PICTURE = np.random.default_rng(1).integers(0, 256, (SIDE, SIDE, 3), np.uint8)


def checkpoint(folder: Path, *, strict: bool) -> Path:
    """Write a small model with a real checker that flags every picture, or none."""
    config = of_transformers.CLIPConfig(
        text_config={"hidden_size": 8, "intermediate_size": 8, "num_hidden_layers": 1},
        vision_config={
            "hidden_size": 16,
            "intermediate_size": 16,
            "num_hidden_layers": 1,
            "num_attention_heads": 2,
            "image_size": 32,
            "patch_size": 16,
            "projection_dim": 16,
        },
        projection_dim=16,
    )
    torch.manual_seed(3)
    checker = of_diffusers.StableDiffusionSafetyChecker(config).eval()
    with torch.no_grad():
        for name in ("concept_embeds", "special_care_embeds"):
            getattr(checker, name).normal_()
        threshold = -2.0 if strict else 2.0  # of a cosine
        checker.concept_embeds_weights.fill_(threshold)
        checker.special_care_embeds_weights.fill_(threshold)
    pipeline = small_models.build("sd15")
    pipeline.register_modules(
        safety_checker=checker,
        feature_extractor=of_transformers.CLIPImageProcessorPil(
            size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32}
        ),
    )
    pipeline.save_pretrained(folder)
    return folder


@pytest.fixture
def watched(workshop: Workshop, tmp_path: Path) -> Workshop:
    for name, strict in (("strict", True), ("mild", False)):
        workshop.catalogue.add(str(checkpoint(tmp_path / name, strict=strict)), name)
    return workshop


def flags(result: Result) -> list[bool | None]:
    return [layer.nsfw_content_detected for layer in result.layers]


def words(variants: int = 1) -> TextToImage:
    return TextToImage(prompt="a cat", width=SIDE, height=SIDE, steps=2, seed=9, variants=variants)


def test_every_picture_says_what_the_checker_found(watched: Workshop) -> None:
    mild = watched.paint("mild", words(2))
    assert flags(mild) == [False, False]
    assert not mild.report.notices
    assert flags(watched.paint("sd15", words(2))) == [None, None]
    unchecked = watched.layer(watched.paint("sd15", words()))[0]
    assert np.array_equal(watched.layer(mild)[0], unchecked)

    strict = watched.paint("strict", words(2))
    assert flags(strict) == [True, True]
    assert not watched.layer(strict)[0].any()
    assert sum("blacked out" in notice for notice in strict.report.notices) == 2


def test_a_picture_painted_over_is_checked(watched: Workshop) -> None:
    task = ImageToImage(seed=9, steps=4, image=watched.pictures.add(PICTURE), strength=0.5)
    assert flags(watched.paint("mild", task)) == [False]
    assert flags(watched.paint("strict", task)) == [True]


def test_an_edit_by_two_prompts_is_checked(watched: Workshop) -> None:
    selection = np.pad(np.full((32, 32), 255, np.uint8), 16)
    task = DiffEdit(
        prompt="a dog",
        source_prompt="a cat",
        seed=9,
        steps=4,
        image=watched.pictures.add(PICTURE),
        selection=watched.pictures.add(selection),
    )
    assert flags(watched.paint("mild", task)) == [False]
    strict = watched.paint("strict", task)
    assert flags(strict) == [True]
    pixels, _ = watched.layer(strict)
    height, width = pixels.shape[:2]
    assert not pixels[height // 2 - 4 : height // 2 + 4, width // 2 - 4 : width // 2 + 4].any()


def test_a_kept_stage_of_a_chain_has_its_own_flag(watched: Workshop) -> None:
    stages = (Stage(keep=True), Stage(model="strict", strength=0.5, keep=True), Stage(strength=0.5))
    task = Chain(prompt="a cat", width=SIDE, height=SIDE, steps=4, seed=9, stages=stages)
    result = watched.paint("mild", task)
    assert flags(result) == [False, True, False]
    assert not watched.layer(result, 1)[0].any()
