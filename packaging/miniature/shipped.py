"""The shipped weights as pipelines, exactly as the daemon's users get them."""

from __future__ import annotations

import functools
from typing import Any

import diffusers
import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from scumble_daemon.miniature.forms import Form, folder

Pictures = NDArray[np.uint8]  # [N, S, S, 3], RGB
Pipeline = Any  # diffusers' pipelines carry no types that a checker can follow

GUIDANCE = 4.0
STEPS = 20
BATCH = 8

CLASSES: dict[str, tuple[Form, str]] = {
    "text": ("text", "StableDiffusionPipeline"),
    "img2img": ("text", "StableDiffusionImg2ImgPipeline"),
    "inpaint": ("inpaint", "StableDiffusionInpaintPipeline"),
    "depth": ("depth", "StableDiffusionDepth2ImgPipeline"),
}


@functools.cache
def pipeline(name: str) -> Pipeline:
    """One of diffusers' own pipelines over the shipped weights, in float32."""
    form, class_name = CLASSES[name]
    options = {} if name == "depth" else {"safety_checker": None}
    loaded = getattr(diffusers, class_name).from_pretrained(
        folder(form), dtype=torch.float32, **options
    )
    loaded.set_progress_bar_config(disable=True)
    return loaded


def chances(first: int, count: int) -> list[torch.Generator]:
    """One generator a picture, so that a picture does not depend on its batch."""
    return [torch.Generator().manual_seed(first + index) for index in range(count)]


def images(pictures: Pictures) -> list[Image.Image]:
    """Arrays as diffusers likes them."""
    return [Image.fromarray(picture) for picture in pictures]


def arrays(pictures: list[Image.Image]) -> Pictures:
    """Pictures of one size as one array."""
    return np.stack([np.asarray(picture.convert("RGB")) for picture in pictures])


def paint(prompts: list[str], seed: int, *, guidance: float = GUIDANCE) -> Pictures:
    """Paint each prompt with the text form."""
    painted: list[Image.Image] = []
    for start in range(0, len(prompts), BATCH):
        part = prompts[start : start + BATCH]
        painted += pipeline("text")(
            part,
            num_inference_steps=STEPS,
            guidance_scale=guidance,
            generator=chances(seed + start, len(part)),
        ).images
    return arrays(painted)
