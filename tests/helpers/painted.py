"""Finished jobs as a daemon would give them, for tests that need no model."""

import numpy as np

from scumble_editor.generation.asking import Asked
from scumble_editor.generation.results import Finished
from scumble_protocol.aio import new_id
from scumble_protocol.geometry import Bounds
from scumble_protocol.images import Pixels
from scumble_protocol.jobs import Job, Report
from scumble_protocol.painted import Layer, Painted

REPORT = Report(
    model="miniature",
    device="cpu",
    dtype="float32",
    scheduler="DDIMScheduler",
    steps=2,
    guidance_scale=1.0,
    passes=(),
    seconds={},
    peak_memory_bytes=0,
)


def flat(bounds: Bounds, colour: tuple[int, int, int]) -> Pixels:
    """A rectangle of one colour, uint8 [H, W, 3]."""
    return np.full((bounds.height, bounds.width, 3), colour, np.uint8)


def variant(bounds: Bounds, colour: tuple[int, int, int], seed: int, margin: int = 4) -> Layer:
    """One layer in one colour, with a margin that its mask hides."""
    mask = np.zeros((bounds.height, bounds.width), np.uint8)
    mask[margin:-margin, margin:-margin] = 255
    return Layer(pixels=flat(bounds, colour), mask=mask, bounds=bounds, seed=seed, seam_score=None)


def finished(
    asked: Asked, *layers: Layer, above: str | None = None, behind: tuple[str, ...] = ()
) -> Finished:
    """What was asked, as if these layers had come back."""
    job = Job(id=new_id(), model=asked.model, task=asked.task)
    return Finished(
        job=job,
        settings=asked.settings,
        painted=Painted(layers=layers, report=REPORT),
        above=above,
        behind=behind,
    )
