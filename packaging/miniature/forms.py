"""The three forms of the UNet, cut from the ten channels it is trained on, and their pipelines."""

from __future__ import annotations

from typing import Final

from diffusers import StableDiffusionInpaintPipeline, StableDiffusionPipeline
from transformers import CLIPTextModel

import networks
from networks import Diffuser

CHANNELS: Final[dict[str, tuple[int, ...]]] = {
    "text": (0, 1, 2, 3),
    "inpaint": tuple(range(9)),
    "depth": (0, 1, 2, 3, 9),
}  # which of the trained channels [latents 4 | mask | masked latents 4 | depth] each form keeps


def cut(trained: Diffuser, form: str) -> Diffuser:
    """The UNet of one form; it differs from the other forms in `conv_in.weight` alone."""
    kept = list(CHANNELS[form])
    unet = networks.unet(len(kept))
    state = dict(trained.state_dict())
    state["conv_in.weight"] = state["conv_in.weight"][:, kept].contiguous()
    unet.load_state_dict(state)
    return unet.eval()


def pipeline(
    form: str, vae: Diffuser, unet: Diffuser, text: CLIPTextModel, words: Diffuser
) -> Diffuser:
    """Diffusers' pipeline of the text or the inpainting form, from the trained UNet."""
    make: Diffuser = {
        "text": StableDiffusionPipeline,
        "inpaint": StableDiffusionInpaintPipeline,
    }[form]
    made = make(
        vae=vae,
        text_encoder=text,
        tokenizer=words,
        unet=cut(unet, form),
        scheduler=networks.scheduler(),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    made.set_progress_bar_config(disable=True)
    return made
