"""The judge: names what a picture shows. It is trained on clean scenes and sees no model's work."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional

import engine
import scenes
import sheets
import vocabulary
from engine import Draw
from latents import as_tensor, batches
from vocabulary import Backdrop

THINGS = vocabulary.things()
PLACES = (*vocabulary.PLACES, "photograph")
LIGHTS = (*vocabulary.LIGHTS, "none")
WIDTHS = ((24, 2), (48, 2), (80, 1), (112, 2), (160, 1), (224, 2))  # channels, stride


class Judge(nn.Module):
    """A small convolutional network with three answers for a picture."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        before = 3
        for width, stride in WIDTHS:
            convolution = nn.Conv2d(before, width, 3, stride, 1, bias=False)
            layers += [convolution, nn.GroupNorm(8, width), nn.ReLU()]
            before = width
        self.body = nn.Sequential(*layers)
        self.thing = nn.Conv2d(before, len(THINGS), 1)
        self.place = nn.Linear(before, len(PLACES) + len(LIGHTS))

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Logits of things [N, T], places [N, P] and lights [N, L] for pictures in -1 to 1."""
        features = self.body(pictures)
        things = torch.logsumexp(3 * self.thing(features).flatten(2), 2) / 3
        rest = self.place(features.mean((2, 3)))
        return things, rest[:, : len(PLACES)], rest[:, len(PLACES) :]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the judge says of one picture."""

    thing: str
    place: str
    light: str


def verdicts(judge: Judge, pictures: NDArray[np.uint8]) -> list[Verdict]:
    """Name what uint8 pictures [N, S, S, 3] show."""
    found: list[Verdict] = []
    for part in batches(pictures, 64):
        with torch.inference_mode():
            answers = [logits.argmax(1).tolist() for logits in judge(part)]
        for thing, place, light in zip(*answers, strict=True):
            found.append(Verdict(THINGS[thing], PLACES[place], LIGHTS[light]))
    return found


def _soften(rng: np.random.Generator, picture: Tensor) -> Tensor:
    """Now and then a little blur or noise, so that the judge looks at shapes, not at pixels."""
    luck = rng.random()
    if luck < 0.2:
        padded = functional.pad(picture[None], (1, 1, 1, 1), mode="replicate")
        return functional.avg_pool2d(padded, 3, 1)[0]
    if luck < 0.3:
        small = functional.avg_pool2d(picture[None], 2)
        return functional.interpolate(small, scale_factor=2, mode="bilinear")[0]
    if luck < 0.4:
        return picture + 0.06 * torch.from_numpy(rng.standard_normal(picture.shape)).float()
    return picture


def _light(backdrop: Backdrop) -> str:
    return backdrop.light or "none"


@dataclass(frozen=True, slots=True)
class JudgeTask:
    """Naming the one thing, the place and the light of fresh scenes."""

    name: str = "judge"
    seed: int = 4
    learning_rate: float = 3e-3
    batch: int = 24

    def build(self) -> nn.Module:
        """A fresh judge."""
        return Judge()

    def matrices(self, module: nn.Module) -> list[nn.Parameter]:
        """The inner convolutions."""
        assert isinstance(module, Judge)
        return [p for p in module.body[3:].parameters() if p.dim() == 4]

    def loss(self, module: nn.Module, draw: Draw) -> tuple[Tensor, dict[str, float]]:
        """Cross-entropy of the three answers."""
        drawn = [scenes.draw(draw.numpy, count=1, photograph_share=0.2) for _ in range(self.batch)]
        clean = as_tensor(np.stack([scene.picture for scene in drawn]))
        pictures = torch.stack([_soften(draw.numpy, picture) for picture in clean])
        truth = torch.tensor(
            [
                (
                    THINGS.index(scene.things[0]),
                    PLACES.index(scene.backdrop.place),
                    LIGHTS.index(_light(scene.backdrop)),
                )
                for scene in drawn
            ]
        )
        pictures = pictures.contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16):
            answers = module(pictures)
        losses = [
            functional.cross_entropy(logits.float(), truth[:, index], label_smoothing=0.02)
            for index, logits in enumerate(answers)
        ]
        right = (answers[0].argmax(1) == truth[:, 0]).float().mean()
        return losses[0] + 0.3 * (losses[1] + losses[2]), {
            "loss": losses[0].item(),
            "right": right.item(),
        }

    def sample(self, module: nn.Module, sheet: Path) -> dict[str, float]:
        """How many of 300 fresh clean scenes are named right."""
        assert isinstance(module, Judge)
        rng = np.random.default_rng(998)
        drawn = [scenes.draw(rng, count=1) for _ in range(300)]
        said = verdicts(module, np.stack([scene.picture for scene in drawn]))
        pairs = list(zip(said, drawn, strict=True))
        wrong = [(v, s) for v, s in pairs if v.thing != s.things[0]][:32] or pairs[:1]
        missed = [Image.fromarray(scene.picture) for _, scene in wrong]
        sheets.sheet(missed, [verdict.thing for verdict, _ in wrong]).save(sheet)
        return {
            "things": float(np.mean([v.thing == s.things[0] for v, s in pairs])),
            "places": float(np.mean([v.place == s.backdrop.place for v, s in pairs])),
            "lights": float(np.mean([v.light == _light(s.backdrop) for v, s in pairs])),
        }


def freeze(folder: Path, path: Path) -> None:
    """Write a trained judge to one file of float16 weights."""
    trained = engine.trained(JudgeTask(), engine.checkpoint_path(folder, "judge"))
    state = {name: tensor.half().contiguous() for name, tensor in trained.state_dict().items()}
    save_file(state, path)


def load_frozen(path: Path) -> Judge:
    """Read a judge that `freeze` wrote."""
    judge = Judge()
    judge.load_state_dict({name: tensor.float() for name, tensor in load_file(path).items()})
    return judge.eval()
