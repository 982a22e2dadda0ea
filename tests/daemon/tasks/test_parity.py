"""A job gives the same pixels, bit for bit, as the bare pipeline of diffusers in one process."""

from typing import Any

import numpy as np
import pytest
import torch
from diffusers import (
    AutoPipelineForImage2Image,
    AutoPipelineForInpainting,
    AutoPipelineForText2Image,
)
from PIL import Image as PillowImage

from helpers import small_models
from helpers.workshop import Workshop
from scumble_daemon.region.arrays import Bytes
from scumble_protocol.jobs import Fill, ImageToImage, Inpaint, Region, TextToImage

PLAIN = Region(feather=0, grow=0, soft=False, match_colour=False, fill=Fill.ORIGINAL)
SIDE = small_models.SIDE
PROMPT, NEGATIVE = "a red balloon", "blurred"


@pytest.fixture
def picture() -> Bytes:
    return np.random.default_rng(1).integers(0, 256, (SIDE, SIDE, 3), np.uint8)


@pytest.fixture
def mask() -> Bytes:
    drawn = np.zeros((SIDE, SIDE), np.uint8)
    drawn[13:50, 9:44] = 255
    return drawn


def bare(auto: Any, kind: str, seed: int, **options: Any) -> Bytes:
    """Call the pipeline as anybody would, with Pillow images and one generator."""
    pipeline = auto.from_pretrained(small_models.folder(kind), local_files_only=True)
    pipeline.set_progress_bar_config(disable=True)
    given = pipeline(
        prompt=PROMPT,
        negative_prompt=NEGATIVE,
        generator=torch.Generator("cpu").manual_seed(seed),
        **options,
    )
    return np.asarray(given.images[0])


@pytest.mark.parametrize("kind", ["sd15", "sdxl"])
def test_text_to_image_is_the_bare_pipeline(workshop: Workshop, kind: str) -> None:
    task = TextToImage(
        prompt=PROMPT,
        negative_prompt=NEGATIVE,
        steps=4,
        guidance_scale=5.0,
        seed=11,
        width=SIDE,
        height=SIDE,
    )
    ours, _ = workshop.layer(workshop.paint(kind, task))
    theirs = bare(
        AutoPipelineForText2Image,
        kind,
        11,
        num_inference_steps=4,
        guidance_scale=5.0,
        width=SIDE,
        height=SIDE,
    )
    assert np.array_equal(ours, theirs)


@pytest.mark.parametrize("kind", ["sd15", "sdxl"])
@pytest.mark.parametrize("strength", [0.6, 0.8])
def test_img2img_is_the_bare_pipeline(
    workshop: Workshop, kind: str, strength: float, picture: Bytes
) -> None:
    task = ImageToImage(
        prompt=PROMPT,
        negative_prompt=NEGATIVE,
        steps=10,
        guidance_scale=5.0,
        seed=12,
        strength=strength,
        image=workshop.pictures.add(picture),
    )
    ours, _ = workshop.layer(workshop.paint(kind, task))
    theirs = bare(
        AutoPipelineForImage2Image,
        kind,
        12,
        image=PillowImage.fromarray(picture),
        num_inference_steps=10,
        guidance_scale=5.0,
        strength=strength,
    )
    assert np.array_equal(ours, theirs)


@pytest.mark.parametrize("kind", ["sd15-inpaint", "sd15", "sdxl-inpaint", "sdxl"])
@pytest.mark.parametrize("strength", [0.5, 0.8, 1.0])
def test_inpainting_is_the_bare_pipeline(
    workshop: Workshop, kind: str, strength: float, picture: Bytes, mask: Bytes
) -> None:
    fill = Fill.NOISE if strength == 1 else Fill.ORIGINAL
    region = Region(feather=0, grow=0, soft=False, match_colour=False, fill=fill)
    task = Inpaint(
        prompt=PROMPT,
        negative_prompt=NEGATIVE,
        steps=10,
        guidance_scale=5.0,
        seed=13,
        strength=strength,
        image=workshop.pictures.add(picture),
        selection=workshop.pictures.add(mask),
        region=region,
    )
    result = workshop.paint(kind, task)
    ours, shown = workshop.layer(result)
    theirs = bare(
        AutoPipelineForInpainting,
        kind,
        13,
        image=PillowImage.fromarray(picture),
        mask_image=PillowImage.fromarray(mask),
        height=SIDE,
        width=SIDE,
        num_inference_steps=10,
        guidance_scale=5.0,
        strength=strength,
    )
    assert shown is not None
    bounds = result.layers[0].bounds
    assert np.array_equal(ours, theirs[bounds.slices])
    assert np.array_equal(shown, mask[bounds.slices])
