"""What the bundled model says of itself: its card, its figures, its map from latents to colours."""

from typing import Literal

import msgspec

from scumble_daemon.miniature.forms import WEIGHTS


class Figure(msgspec.Struct, frozen=True):
    """One line of the evaluation's table."""

    name: str  # such as "text to picture: thing named by the judge"
    value: float
    bar: float
    better: Literal["higher", "lower"]
    unit: str  # "%", "dB", "ΔE" or ""
    count: int  # pictures it was measured on

    @property
    def met(self) -> bool:
        """Whether the bar is reached."""
        return self.value >= self.bar if self.better == "higher" else self.value <= self.bar


class LatentColours(msgspec.Struct, frozen=True):
    """A linear map from latents to RGB, for previews: rgb = latents · factors + bias."""

    factors: tuple[tuple[float, float, float], ...]  # one row a latent channel; RGB of -1 to 1
    bias: tuple[float, float, float]


def card() -> str:
    """Return the model card: Markdown, with its licence in the head."""
    return (WEIGHTS / "README.md").read_text(encoding="utf-8")


def figures() -> tuple[Figure, ...]:
    """Return the evaluation's table of the shipped weights."""
    return msgspec.json.decode((WEIGHTS / "figures.json").read_bytes(), type=tuple[Figure, ...])


def latent_colours() -> LatentColours:
    """Return the map from latents to colours."""
    return msgspec.json.decode((WEIGHTS / "latent_colours.json").read_bytes(), type=LatentColours)
