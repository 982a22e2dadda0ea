"""Train the autoencoder: scenes in, the same scenes out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

import networks
import scenes
import sheets
from engine import Draw
from networks import Diffuser

OBJECT_WEIGHT = 1.5
KL_WEIGHT = 1e-4


def pictures(
    rng: np.random.Generator, count: int, photograph_share: float = 0.2
) -> tuple[Tensor, Tensor]:
    """Fresh scenes [N, 3, S, S] in -1 to 1, and the masks of their things [N, 1, S, S]."""
    drawn = [scenes.draw(rng, photograph_share=photograph_share) for _ in range(count)]
    rgb = torch.from_numpy(np.stack([scene.picture for scene in drawn]))
    masks = torch.from_numpy(np.stack([scene.mask for scene in drawn]))[:, None]
    scaled = rgb.permute(0, 3, 1, 2).float() / 127.5 - 1
    return scaled.contiguous(memory_format=torch.channels_last), masks


def reconstruction_loss(result: Tensor, truth: Tensor, mask: Tensor) -> Tensor:
    """L1, squared error and difference of gradients, heavier inside things."""
    weight = 1 + OBJECT_WEIGHT * mask
    error = result - truth
    plain = (weight * error.abs()).mean() + (weight * error.square()).mean()
    across = ((error[..., 1:] - error[..., :-1]).abs() * weight[..., 1:]).mean()
    down = ((error[:, :, 1:] - error[:, :, :-1]).abs() * weight[:, :, 1:]).mean()
    return plain + 0.4 * (across + down)


def psnr(result: Tensor, truth: Tensor, mask: Tensor) -> tuple[float, float]:
    """PSNR in dB: the mean over whole pictures, and of all pixels inside things."""
    error = ((result.clamp(-1, 1) - truth) / 2).square()
    whole = -10 * torch.log10(error.mean((1, 2, 3))).mean()
    inside = -10 * torch.log10((error * mask).sum() / (mask.sum() * 3))
    return float(whole), float(inside)


@dataclass(frozen=True, slots=True)
class VaeTask:
    """The autoencoder, from nothing."""

    name: str = "vae"
    seed: int = 1
    learning_rate: float = 3e-3
    batch: int = 4

    def build(self) -> nn.Module:
        """A fresh autoencoder whose latents start nearly without noise."""
        model = networks.vae()
        with torch.no_grad():
            model.quant_conv.bias[4:] = -4.0  # log-variance
        trained: nn.Module = model
        return trained

    def matrices(self, module: nn.Module) -> list[nn.Parameter]:
        """All inner convolutions; the first and the last see and make colours, and stay Adam's."""
        outer = ("encoder.conv_in", "decoder.conv_out", "quant_conv", "post_quant_conv")
        return [
            parameter
            for name, parameter in module.named_parameters()
            if parameter.dim() == 4 and not name.startswith(outer)
        ]

    def loss(self, module: nn.Module, draw: Draw) -> tuple[Tensor, dict[str, float]]:
        """Reconstruction of fresh scenes, and a little pull of the latents to the unit normal."""
        vae: Diffuser = module
        truth, mask = pictures(draw.numpy, self.batch)
        with torch.autocast("cpu", torch.bfloat16):
            spread = vae.encode(truth).latent_dist
            mean, logvar = spread.mean.float(), spread.logvar.float()
            noise = torch.randn(mean.shape, generator=draw.torch)
            latents = mean + noise * (0.5 * logvar).exp()
            result = vae.decode(latents).sample.float()
        pull = 0.5 * (mean.square() + logvar.exp() - 1 - logvar).mean()
        loss = reconstruction_loss(result, truth, mask)
        return loss + KL_WEIGHT * pull, {"loss": loss.item(), "kl": pull.item()}

    def sample(self, module: nn.Module, sheet: Path) -> dict[str, float]:
        """PSNR on 32 scenes that training never sees."""
        vae: Diffuser = module
        truth, mask = pictures(np.random.default_rng(999), 32, photograph_share=0.15)
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
            result = vae.decode(vae.encode(truth).latent_dist.mode()).sample.float()
        pairs = [*sheets.pictures(truth), *sheets.pictures(result)]
        sheets.sheet(pairs, [""] * len(pairs), columns=16).save(sheet)
        whole, inside = psnr(result, truth, mask)
        return {"psnr": whole, "psnr_inside": inside}
