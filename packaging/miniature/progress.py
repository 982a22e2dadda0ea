"""A look at an unfinished model: a fixed list of prompts and selections, painted on one sheet."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from PIL import Image
from transformers import CLIPTextModel

import forms
import latents
import scenes
import selections
import wordpieces
from networks import Diffuser
from sheets import sheet, short

PROMPTS = (
    "a red balloon on a grass hill under a blue sky",
    "a blue heart on a plain white background",
    "a cat on a wooden table",
    "a dog in front of a brick wall",
    "a frog on a grass hill",
    "a panda on a snowy mountain under a blue sky",
    "a pig on a plain yellow background",
    "a tree on a grass hill under a sunset sky",
    "a cactus on a desert under a blue sky",
    "a sunflower in a blue sky",
    "a rose on a plain white background",
    "a house on a snowy mountain under a night sky",
    "a castle on a grass hill under a night sky",
    "a sailboat on the sea under a sunset sky",
    "an apple on a wooden table",
    "a watermelon on a plain blue background",
    "a mushroom on a grass hill under a blue sky",
    "a snowman on a snowy mountain under a blue sky",
    "a robot in front of a brick wall",
    "a pumpkin",
    "a hamburger on a wooden table",
    "a green cube on a plain gray background",
    "a purple ball on a desert under a blue sky",
    "a yellow star in a night sky",
    "a red car on a desert under a sunset sky",
    "a yellow balloon",
)


def paint(unet: Diffuser, text: CLIPTextModel, cache: Path, path: Path) -> None:
    """Paint the prompts above, and a few selections, into one picture at `path`."""
    encoder = latents.encoder(cache)
    encoder.vae.register_to_config(scaling_factor=encoder.scale)
    words = wordpieces.tokenizer()
    chance = [torch.Generator().manual_seed(i) for i in range(len(PROMPTS))]
    write = forms.pipeline("text", encoder.vae, unet, text, words)
    painted = write(
        list(PROMPTS), num_inference_steps=20, guidance_scale=4.0, generator=chance
    ).images
    fill = forms.pipeline("inpaint", encoder.vae, unet, text, words)
    rng = np.random.default_rng(5)
    drawn = [scenes.draw(rng, count=1) for _ in range(6)]
    picked = [selections.draw(rng, scene) for scene in drawn]
    before = [
        Image.fromarray((s.truth * (s.mask < 0.5)[..., None]).astype(np.uint8)) for s in picked
    ]
    after = fill(
        prompt=[s.prompt for s in picked],
        image=[Image.fromarray(s.truth) for s in picked],
        mask_image=[Image.fromarray((s.mask * 255).astype(np.uint8)) for s in picked],
        num_inference_steps=20,
        guidance_scale=4.0,
        height=128,
        width=128,
        generator=chance[:6],
    ).images
    pairs = [picture for pair in zip(before, after, strict=True) for picture in pair]
    labels = [short(text) for s in picked for text in (s.prompt, "")]
    made = sheet([*painted, *pairs], [*(short(p) for p in PROMPTS), *labels])
    made.save(path)
