"""Train UNet and text encoder together, on ten channels: text, selection and depth in one trunk."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from diffusers.models.attention_processor import AttnProcessor
from numpy.typing import NDArray
from torch import Tensor, nn
from transformers import CLIPTextModel

import engine
import latents
import networks
import paths
import progress
import wordpieces
from engine import Draw
from networks import Diffuser

OBJECT_WEIGHT = 1.5
UNSAID_SHARE = 0.1  # captions dropped, for classifier-free guidance
SELECTION_SHARE, DEPTH_SHARE = 0.4, 0.12


class Painter(nn.Module):
    """The UNet and the text encoder that are trained as one."""

    unet: Diffuser

    def __init__(self, unet: Diffuser, text: CLIPTextModel) -> None:
        super().__init__()
        self.unet, self.text = unet, text

    def forward(self, noisy: Tensor, time: Tensor, tokens: Tensor) -> Tensor:
        """Predict v [N, 4, L, L] from the ten channels [N, 10, L, L]."""
        context = self.text(tokens)[0]
        result: Tensor = self.unet(noisy, time, context).sample
        return result


@dataclass(frozen=True, slots=True)
class Lessons:
    """A batch from the table of latents, each sample taught one of the three uses."""

    target: Tensor  # [N, 4, L, L]
    hints: Tensor  # [N, 6, L, L]: mask, masked latents, depth
    tokens: Tensor  # [N, TOKENS]
    weight: Tensor  # [N, 1, L, L]


@functools.cache
def table(folder: Path) -> dict[str, Tensor]:
    """The latents, read once in each process."""
    return latents.load(folder)


@functools.cache
def silence() -> Tensor:
    """The tokens of the empty prompt."""
    return wordpieces.encode(wordpieces.tokenizer(), [""])[0]


@functools.cache
def alphas() -> Tensor:
    """The schedule's cumulative products [1000]."""
    products: Tensor = networks.scheduler().alphas_cumprod
    return products.float()


@functools.cache
def time_table() -> Tensor:
    """How often each time step is taught, cumulated: mostly where shapes are decided."""
    snr = alphas() / (1 - alphas())
    share = snr / (snr + 0.05) * 5 / (5 + snr)
    share = 0.85 * share / share.mean() + 0.15
    return torch.cumsum(share / share.sum(), 0)


@functools.lru_cache(maxsize=2)
def _shuffle(seed: int, number: int, total: int) -> NDArray[np.int64]:
    """The order of all rows in one pass."""
    return np.random.default_rng([seed, 77, number]).permutation(total)


def order(seed: int, first: int, count: int, total: int) -> Tensor:
    """Rows `first` to `first + count` of an endless shuffle: each pass holds every row once."""
    return torch.tensor(
        [_shuffle(seed, row // total, total)[row % total] for row in range(first, first + count)]
    )


def lessons(rows: dict[str, Tensor], draw: Draw) -> Lessons:
    """Choose for each row between text alone, a selection, and a depth map."""
    count = len(rows["caption"])
    luck = torch.rand(count, generator=draw.torch)
    selected = (luck < SELECTION_SHARE)[:, None, None, None]
    deep = ((luck >= SELECTION_SHARE) & (luck < SELECTION_SHARE + DEPTH_SHARE))[:, None, None, None]
    data = {name: value.float() for name, value in rows.items() if value.is_floating_point()}
    target = torch.where(selected, data["truth"], data["latents"])
    hints = torch.cat(
        [data["selected"] * selected, data["masked"] * selected, data["depth"] * deep], dim=1
    )
    tokens = torch.where(selected[:, :, 0, 0], rows["prompt"].long(), rows["caption"].long())
    unsaid = torch.rand(count, generator=draw.torch) < UNSAID_SHARE
    tokens = torch.where(unsaid[:, None], silence()[None], tokens)
    things = torch.where(selected, data["shown"], data["things"])
    return Lessons(target, hints, tokens, 1 + OBJECT_WEIGHT * things)


@dataclass(frozen=True, slots=True)
class UnetTask:
    """The denoiser with its words."""

    name: str = "unet"
    seed: int = 3
    learning_rate: float = 2e-3
    batch: int = 24

    def build(self) -> nn.Module:
        """A fresh pair; the attention is the plain one, which a CPU trains quickest."""
        words = wordpieces.tokenizer()
        unet = networks.unet()
        unet.set_attn_processor(AttnProcessor())
        return Painter(unet, networks.text_encoder(len(words), words.eos_token_id))

    def matrices(self, module: nn.Module) -> list[nn.Parameter]:
        """All inner weights; embeddings and the outermost convolutions stay Adam's."""
        outer = ("unet.conv_in", "unet.conv_out", "text.embeddings")
        return [
            parameter
            for name, parameter in module.named_parameters()
            if parameter.dim() in (2, 4) and not name.startswith(outer)
        ]

    def loss(self, module: nn.Module, draw: Draw) -> tuple[Tensor, dict[str, float]]:
        """The squared error of v on cached latents, heavier inside things."""
        rows = table(paths.cache())
        first = (draw.step * draw.world + draw.rank) * self.batch
        picks = order(self.seed, first, self.batch, len(rows["caption"]))
        lesson = lessons({name: value[picks] for name, value in rows.items()}, draw)
        places = torch.rand(self.batch, generator=draw.torch)
        strata = (torch.randperm(self.batch, generator=draw.torch) + places) / self.batch
        time = torch.searchsorted(time_table(), strata).clamp(0, 999)
        alpha = alphas()[time][:, None, None, None]
        noise = torch.randn(lesson.target.shape, generator=draw.torch)
        noisy = alpha.sqrt() * lesson.target + (1 - alpha).sqrt() * noise
        velocity = alpha.sqrt() * noise - (1 - alpha).sqrt() * lesson.target
        seen = torch.cat([noisy, lesson.hints], 1).contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16):
            guess = module(seen, time, lesson.tokens).float()
        error = (guess - velocity).square()
        loss = (lesson.weight * error).mean()
        return loss, {"v": error.mean().item(), "loss": loss.item()}

    def sample(self, module: nn.Module, sheet: Path) -> dict[str, float]:
        """Paint a contact sheet with the averaged weights."""
        assert isinstance(module, Painter)
        progress.paint(module.unet, module.text, paths.cache(), sheet)
        return {}


def painter(folder: Path) -> Painter:
    """The trained pair."""
    model = engine.trained(UnetTask(), engine.checkpoint_path(folder, "unet"))
    assert isinstance(model, Painter)
    return model
