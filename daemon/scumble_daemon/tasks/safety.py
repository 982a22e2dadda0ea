"""The safety checker that a checkpoint may bring: it sees every picture, and its word is told."""

from typing import Any

import msgspec
import torch

from scumble_daemon.models.pipeline_classes import Pipeline
from scumble_daemon.tasks.desk import Desk
from scumble_protocol.jobs import PaintedLayer

NOTICE = (
    "The checkpoint's own safety checker has blacked out the picture of the seed {seed}. Nothing "
    "else was done to it; another seed or prompt may pass."
)


def note_flags(desk: Desk, seeds: tuple[int, ...], flags: list[bool] | None) -> None:
    """Note which variants a pipeline's checker has flagged; None where there is no checker."""
    for seed, flagged in zip(seeds, flags or (), strict=False):
        desk.notes.flag(seed, flagged=bool(flagged))
        if flagged:
            desk.notes.notice(NOTICE.format(seed=seed))


def checked(
    desk: Desk, pipeline: Pipeline, decoded: torch.Tensor, seeds: tuple[int, ...]
) -> torch.Tensor:
    """Return what a VAE gave, [N, 3, H, W] in -1..1, with what the checker flags blacked out.

    As the pipelines themselves do after they decode; without a checker it is as it was.
    """
    if getattr(pipeline, "safety_checker", None) is None:
        return decoded
    itself: Any = pipeline
    dtype = next(pipeline.safety_checker.parameters()).dtype
    _, flags = itself.run_safety_checker(decoded.clone(), decoded.device, dtype)
    note_flags(desk, seeds, flags)
    black = torch.tensor(flags, device=decoded.device).reshape(-1, 1, 1, 1)
    return torch.where(black, torch.full_like(decoded, -1), decoded)


def with_flags(desk: Desk, layers: tuple[PaintedLayer, ...]) -> tuple[PaintedLayer, ...]:
    """Return layers with what the checker said of their variants, where it said anything."""
    flagged = desk.notes.flagged
    return tuple(
        msgspec.structs.replace(layer, nsfw_content_detected=flagged[layer.seed])
        if layer.nsfw_content_detected is None and layer.seed in flagged
        else layer
        for layer in layers
    )
