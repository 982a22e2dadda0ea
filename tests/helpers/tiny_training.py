"""A task so small that the trainer of the bundled model can be tried on it in seconds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from engine import Draw


@dataclass(frozen=True, slots=True)
class TinyTask:
    """Learn to blur noise by a convolution."""

    name: str = "tiny"
    seed: int = 11
    learning_rate: float = 0.02

    def build(self) -> nn.Module:
        """Two convolutions, a group norm between them."""
        return nn.Sequential(nn.Conv2d(1, 8, 3, 1, 1), nn.GroupNorm(2, 8), nn.Conv2d(8, 1, 3, 1, 1))

    def matrices(self, module: nn.Module) -> list[nn.Parameter]:
        """The second convolution is Muon's, all else Adam's."""
        assert isinstance(module, nn.Sequential)
        return [parameter for parameter in module[2].parameters() if parameter.dim() == 4]

    def loss(self, module: nn.Module, draw: Draw) -> tuple[Tensor, dict[str, float]]:
        """The squared distance to a 3 x 3 mean."""
        noise = torch.randn(4, 1, 8, 8, generator=draw.torch)
        wanted = nn.functional.avg_pool2d(noise, 3, 1, 1)
        loss = (module(noise) - wanted).square().mean()
        return loss, {"loss": loss.item()}

    def sample(self, module: nn.Module, sheet: Path) -> dict[str, float]:
        """Write the loss on fixed noise beside the sheets."""
        loss, figures = self.loss(module, Draw.at(99, 0, 0, 1))
        sheet.with_suffix(".txt").write_text(str(loss.item()))
        return figures
