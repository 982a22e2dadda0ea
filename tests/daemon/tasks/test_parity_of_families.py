"""Families beyond Stable Diffusion give the bare pipeline's pixels, bit for bit."""

from typing import Any

import diffusers
import numpy as np
import pytest
import torch
from PIL import Image as PillowImage

from helpers import small_models
from helpers.workshop import Workshop
from scumble_daemon.region.arrays import Bytes
from scumble_protocol.jobs import (
    Chain,
    Fill,
    ImageToImage,
    Inpaint,
    Options,
    Region,
    Stage,
    TextToImage,
)

of_diffusers: Any = diffusers
SIDES = {"qwen-image": 672, "sd3": 256, "kandinsky22": 64, "kandinsky22-inpaint": 64}
"""The least that each is at home with; the others take no less than 512."""
PROMPT, NEGATIVE = "a red balloon", "blurred"
PLAIN = Region(feather=0, grow=0, soft=False, match_colour=False, fill=Fill.ORIGINAL)
CLASSES = {
    "sd3": "StableDiffusion3{}Pipeline",
    "flux": "Flux{}Pipeline",
    "qwen-image": "QwenImage{}Pipeline",
    "z-image": "ZImage{}Pipeline",
    "kandinsky22": "KandinskyV22{}CombinedPipeline",
}
GUIDED: dict[str, dict[str, Any]] = {
    "sd3": {"guidance_scale": 5.0, "negative_prompt": NEGATIVE},
    "flux": {"guidance_scale": 5.0},
    "flux-fill": {"guidance_scale": 5.0},
    "qwen-image": {"true_cfg_scale": 5.0, "negative_prompt": NEGATIVE},
    "z-image": {"guidance_scale": 5.0, "negative_prompt": NEGATIVE},
    "kandinsky22": {
        "guidance_scale": 5.0,
        "negative_prompt": NEGATIVE,
        "callback_steps": None,  # else it warns of its own default
    },
    "kandinsky22-inpaint": {"guidance_scale": 5.0, "negative_prompt": NEGATIVE},
}
STEPS = 5


def side_of(kind: str) -> int:
    return SIDES.get(kind, 512)


def picture_for(kind: str) -> Bytes:
    cells = side_of(kind) // 16
    small = np.random.default_rng(1).integers(0, 256, (cells, cells, 3), np.uint8)
    return small.repeat(16, axis=0).repeat(16, axis=1)


def mask_for(kind: str) -> Bytes:
    side = side_of(kind)
    drawn = np.zeros((side, side), np.uint8)
    drawn[side // 5 : side * 4 // 5, side // 8 : side * 2 // 3] = 255
    return drawn


def bare(kind: str, name: str, **options: Any) -> Bytes:
    pipeline = getattr(of_diffusers, name).from_pretrained(
        small_models.folder(kind), local_files_only=True
    )
    pipeline.set_progress_bar_config(disable=True)
    given = pipeline(
        prompt=PROMPT,
        generator=torch.Generator("cpu").manual_seed(11),
        num_inference_steps=STEPS,
        **GUIDED[kind],
        **options,
    )
    return np.asarray(given.images[0])


def common() -> dict[str, Any]:
    return {
        "prompt": PROMPT,
        "negative_prompt": NEGATIVE,
        "steps": STEPS,
        "guidance_scale": 5.0,
        "seed": 11,
    }


@pytest.mark.parametrize("kind", CLASSES)
def test_text_to_image_is_the_bare_pipeline(workshop: Workshop, kind: str) -> None:
    side = side_of(kind)
    task = TextToImage(width=side, height=side, **common())
    ours, _ = workshop.layer(workshop.paint(kind, task))
    theirs = bare(kind, CLASSES[kind].format(""), width=side, height=side)
    assert np.array_equal(ours, theirs)


@pytest.mark.parametrize("kind", CLASSES)
def test_img2img_is_the_bare_pipeline(workshop: Workshop, kind: str) -> None:
    picture, side = picture_for(kind), side_of(kind)
    task = ImageToImage(strength=0.8, image=workshop.pictures.add(picture), **common())
    ours, _ = workshop.layer(workshop.paint(kind, task))
    theirs = bare(
        kind,
        CLASSES[kind].format("Img2Img"),
        image=PillowImage.fromarray(picture),
        strength=0.8,
        width=side,
        height=side,
    )
    assert np.array_equal(ours, theirs)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("sd3", "StableDiffusion3InpaintPipeline"),
        ("flux", "FluxInpaintPipeline"),
        ("flux-fill", "FluxFillPipeline"),
        ("qwen-image", "QwenImageInpaintPipeline"),
        ("z-image", "ZImageInpaintPipeline"),
        ("kandinsky22-inpaint", "KandinskyV22InpaintCombinedPipeline"),
    ],
)
@pytest.mark.parametrize("strength", [0.8, 1.0])
def test_inpainting_is_the_bare_pipeline(
    workshop: Workshop, kind: str, name: str, strength: float
) -> None:
    picture, mask, side = picture_for(kind), mask_for(kind), side_of(kind)
    fill = Fill.NOISE if strength == 1 else Fill.ORIGINAL
    task = Inpaint(
        strength=strength,
        image=workshop.pictures.add(picture),
        selection=workshop.pictures.add(mask),
        region=Region(feather=0, grow=0, soft=False, match_colour=False, context=side, fill=fill),
        **common(),
    )
    result = workshop.paint(kind, task)
    ours, _ = workshop.layer(result)
    knows_strength = not kind.startswith("kandinsky")
    theirs = bare(
        kind,
        name,
        image=PillowImage.fromarray(picture),
        mask_image=PillowImage.fromarray(mask),
        width=side,
        height=side,
        **({"strength": strength} if knows_strength else {}),
    )
    assert np.array_equal(ours, theirs[result.layers[0].bounds.slices])
    said = any("knows no strength" in one for one in result.report.notices)
    assert said == (not knows_strength and strength < 1)


def test_what_a_family_knows_not_is_left_out_and_told(workshop: Workshop) -> None:
    options = Options(clip_skip=2, guidance_rescale=0.5, eta=0.5, timesteps=(900, 500, 1))
    task = TextToImage(width=512, height=512, options=options, **common())
    result = workshop.paint("flux", task)
    told = " ".join(result.report.notices)
    for name in ("clip skip", "guidance rescale", "eta", "timesteps", "negative prompt"):
        assert name in told


@pytest.mark.parametrize("kind", ["sd3", "flux", "z-image", "kandinsky22", "kandinsky22-inpaint"])
def test_every_family_paints_variants_soft_selections_and_chains(
    workshop: Workshop, kind: str
) -> None:
    side = side_of(kind)
    image = workshop.pictures.add(picture_for(kind))
    slope = np.tile(np.linspace(0, 255, side).astype(np.uint8), (side, 1))
    selection = workshop.pictures.add(slope)
    own = common() | {"steps": 2}
    if kind != "kandinsky22":
        task = Inpaint(image=image, selection=selection, variants=2, **own)
        layers = workshop.paint(kind, task).layers
        assert len({layer.image.hash for layer in layers}) == 2
    if kind != "kandinsky22-inpaint":
        stages = (Stage(keep=True), Stage(strength=0.5))
        chain = Chain(width=side, height=side, stages=stages, variants=2, **own)
        layers = workshop.paint(kind, chain).layers
        assert len({layer.image.hash for layer in layers}) == 4
