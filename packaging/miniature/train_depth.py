"""Train the depth estimator on the scenes' own depth."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import DPTForDepthEstimation

import engine
import networks
import scenes
import sheets
from engine import Draw
from latents import as_tensor


def predicted(model: DPTForDepthEstimation, pictures: Tensor) -> Tensor:
    """Inverse depth [N, S, S] of pictures [N, 3, S, S] in -1 to 1."""
    depth: Tensor = model(pixel_values=pictures).predicted_depth.float()
    side = pictures.shape[-1]
    if depth.shape[-1] != side:
        depth = functional.interpolate(depth[:, None], (side, side), mode="bilinear")[:, 0]
    return depth


def invariant_error(depth: Tensor, truth: Tensor) -> Tensor:
    """Mean absolute error [N] after the best scale and shift, as a share of the truth's range.

    The alignment is the least-squares one of MiDaS (Ranftl et al. 2020, section 5).
    """
    flat, true = depth.flatten(1), truth.flatten(1)
    flat_mean, true_mean = flat.mean(1, keepdim=True), true.mean(1, keepdim=True)
    spread = (flat - flat_mean).square().mean(1, keepdim=True).clamp(min=1e-8)
    scale = ((flat - flat_mean) * (true - true_mean)).mean(1, keepdim=True) / spread
    aligned = (flat - flat_mean) * scale + true_mean
    span = true.amax(1) - true.amin(1)
    return (aligned - true).abs().mean(1) / span.clamp(min=1e-3)


def lessons(rng: np.random.Generator, count: int) -> tuple[Tensor, Tensor]:
    """Fresh scenes [N, 3, S, S] in -1 to 1 with at least one thing, and their depth [N, S, S]."""
    drawn = [scenes.draw(rng, count=int(rng.choice([1, 1, 1, 2]))) for _ in range(count)]
    pictures = as_tensor(np.stack([scene.picture for scene in drawn]))
    return pictures, torch.from_numpy(np.stack([scene.depth for scene in drawn]))


@dataclass(frozen=True, slots=True)
class DepthTask:
    """Depth from one picture."""

    name: str = "depth"
    seed: int = 5
    learning_rate: float = 2e-3
    batch: int = 8

    def build(self) -> nn.Module:
        """A fresh estimator."""
        return networks.depth_estimator()

    def matrices(self, module: nn.Module) -> list[nn.Parameter]:
        """All inner weights; embeddings and the last layers of the head stay Adam's."""
        outer = ("dpt.embeddings", "head.head.2", "head.head.4")
        return [
            parameter
            for name, parameter in module.named_parameters()
            if parameter.dim() in (2, 4)
            and not name.startswith(outer)
            and min(parameter.shape[:2]) > 1
        ]

    def loss(self, module: nn.Module, draw: Draw) -> tuple[Tensor, dict[str, float]]:
        """The absolute error, and that of the gradients, which keeps outlines sharp."""
        assert isinstance(module, DPTForDepthEstimation)
        pictures, truth = lessons(draw.numpy, self.batch)
        with torch.autocast("cpu", torch.bfloat16):
            error = predicted(module, pictures) - truth
        across = (error[..., 1:] - error[..., :-1]).abs().mean()
        down = (error[:, 1:] - error[:, :-1]).abs().mean()
        loss = error.abs().mean() + across + down
        return loss, {"loss": loss.item()}

    def sample(self, module: nn.Module, sheet: Path) -> dict[str, float]:
        """The invariant error on 100 fresh scenes."""
        assert isinstance(module, DPTForDepthEstimation)
        pictures, truth = lessons(np.random.default_rng(997), 100)
        with torch.inference_mode():
            depth = torch.cat([predicted(module, part) for part in torch.split(pictures, 20)])
        shown = [*sheets.pictures(pictures[:12]), *(sheets.grey(d) for d in depth[:12].numpy())]
        sheets.sheet(shown, [""] * len(shown), columns=12).save(sheet)
        return {"invariant_error": float(invariant_error(depth, truth).mean())}


def load(folder: Path) -> DPTForDepthEstimation:
    """The trained estimator."""
    model = engine.trained(DepthTask(), engine.checkpoint_path(folder, "depth"))
    assert isinstance(model, DPTForDepthEstimation)
    return model
