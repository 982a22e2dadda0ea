"""Trains a style for the bundled model in seconds: a LoRA that paints everything in blue ink."""

from pathlib import Path
from typing import Any

import diffusers
import numpy as np
import torch
from peft import LoraConfig
from peft.utils import get_peft_model_state_dict

import scenes
import shipped
import vocabulary
from latents import as_tensor
from scumble_daemon.region.arrays import Bytes
from vocabulary import Backdrop

of_diffusers: Any = diffusers
INK, PAPER = np.array([10, 20, 110]), np.array([225, 235, 255])
"""What black and white become."""
STEPS, BATCH, SCENES = 30, 8, 32


def in_ink(picture: Bytes) -> Bytes:
    """Return a picture, uint8 [..., 3], whose greys are shades of blue."""
    grey = picture.mean(axis=-1, keepdims=True) / 255
    return np.asarray(np.rint(INK + grey * (PAPER - INK)), np.uint8)


def blueness(picture: Bytes) -> float:
    """Return by how much the mean of blue exceeds that of red, in levels of 0..255."""
    means = picture.reshape(-1, 3).mean(axis=0)
    return float(means[2] - means[0])


def train(file: Path) -> Path:
    """Write the LoRA, trained on scenes of balls and cubes, and return its file.

    The loss is that of the model itself: the squared error of the velocity (Salimans and Ho 2022,
    "Progressive Distillation for Fast Sampling of Diffusion Models", section 4).
    """
    pipeline = shipped.pipeline("text")
    rng = np.random.default_rng(5)
    places = [Backdrop("plain", colour="white"), Backdrop("grass", light="day"), Backdrop("brick")]
    drawn = [
        scenes.draw(rng, things=[thing], backdrop=places[number % len(places)])
        for number, thing in enumerate(["red ball", "blue cube", "yellow ball", "green cube"] * 8)
    ][:SCENES]
    with torch.inference_mode():
        given = as_tensor(in_ink(np.stack([scene.picture for scene in drawn])))
        clean = pipeline.vae.encode(given).latent_dist.mode() * pipeline.vae.config.scaling_factor
        words = [vocabulary.caption(scene.things, scene.backdrop) for scene in drawn]
        context, _ = pipeline.encode_prompt(words, "cpu", 1, False)
    _fit(pipeline, clean.clone(), context.clone())
    layers = get_peft_model_state_dict(pipeline.unet)
    cls = of_diffusers.StableDiffusionPipeline
    cls.save_lora_weights(file.parent, unet_lora_layers=layers, weight_name=file.name)
    pipeline.unet.delete_adapters("default")
    return file


def _fit(pipeline: Any, clean: torch.Tensor, context: torch.Tensor) -> None:
    unet, scheduler = pipeline.unet, pipeline.scheduler
    targets = ["to_q", "to_k", "to_v", "to_out.0", "conv1", "conv2"]
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        unet.requires_grad_(False)
        unet.add_adapter(LoraConfig(r=8, lora_alpha=8, target_modules=targets))
    own = [parameter for parameter in unet.parameters() if parameter.requires_grad]
    optimiser = torch.optim.AdamW(own, lr=4e-3)
    chance = torch.Generator().manual_seed(1)
    for _ in range(STEPS):
        picked = torch.randint(len(clean), (BATCH,), generator=chance)
        noise = torch.randn(clean[picked].shape, generator=chance)
        when = torch.randint(1000, (BATCH,), generator=chance)
        noisy = scheduler.add_noise(clean[picked], noise, when)
        told = unet(noisy, when, context[picked]).sample
        wanted = scheduler.get_velocity(clean[picked], noise, when)
        loss: Any = torch.nn.functional.mse_loss(told, wanted)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
