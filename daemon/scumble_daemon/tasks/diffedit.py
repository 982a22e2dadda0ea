"""A picture changed from one prompt to another, only where the two disagree."""

from dataclasses import replace
from functools import partial

import msgspec
import torch

from scumble_daemon.region.arrays import Floats, quantised
from scumble_daemon.region.soften import latent_mask
from scumble_daemon.tasks.desk import Desk
from scumble_daemon.tasks.diffedit_select import disagreement
from scumble_daemon.tasks.inversion import (
    generator_of,
    inverted,
    opened,
    picture_of,
    step_count,
    watched,
)
from scumble_daemon.tasks.painting import Canvas, paint, selected_canvas
from scumble_daemon.tasks.run import Run
from scumble_daemon.tasks.safety import checked
from scumble_daemon.tasks.shortage import enduring
from scumble_daemon.tasks.wording import Wording, wording
from scumble_protocol.errors import ErrorCode, RemoteError
from scumble_protocol.geometry import Extent
from scumble_protocol.images import Image
from scumble_protocol.jobs import DiffEdit, PaintedLayer, Pass

SELECTING_SHARE, INVERTING_SHARE = 0.1, 0.45
"""Of the time of a job and of an edit, as first guesses for the progress bar."""


def diffedit(desk: Desk, task: DiffEdit) -> tuple[PaintedLayer, ...]:
    """Return a layer for each variant.

    1. Say in words what is there. 2. Find where the prompts disagree, if no selection says where
    to paint. 3. Invert each island's context, or recall its inversion, and come back from there
    with the target's words; a context larger than the model's range is then refined.
    """
    words = wording(desk, task)
    if task.selection is None:
        with desk.progress.part(SELECTING_SHARE):
            canvas = _found_canvas(desk, task, words)
    else:
        canvas = _canvas(desk, task, task.selection)
    targeted = msgspec.structs.replace(task, prompt=words.target)
    first = partial(_edited, desk, task, words)
    with desk.progress.part(1.0):
        return paint(desk, targeted, replace(canvas, first=first))


def _found_canvas(desk: Desk, task: DiffEdit, words: Wording) -> Canvas:
    """Return a canvas with the place that the model found; it is soft, and fades no further."""
    found = quantised(disagreement(desk, task, words))
    if not found.any():
        raise RemoteError(
            ErrorCode.BAD_REQUEST,
            "The model sees no difference between the two prompts in this picture, so nothing was "
            "painted. Name things that are there, or select the place yourself.",
        )
    feather = 0.0 if task.region.feather is None else task.region.feather
    region = msgspec.structs.replace(task.region, feather=feather)
    soft = msgspec.structs.replace(task, region=region)
    return _canvas(desk, soft, desk.pictures.add(found))


def _canvas(desk: Desk, task: DiffEdit, selection: Image) -> Canvas:
    return selected_canvas(desk, task.image, selection, task.inpaint_strength, task.region)


def _edited(desk: Desk, task: DiffEdit, words: Wording, run: Run) -> list[Floats]:
    """Return what one context becomes for each variant, float32 [H, W, 3] in 0..1."""
    edited = []
    for number in range(len(run.seeds)):
        with desk.progress.part(1 / len(run.seeds)):
            make = partial(_one, desk, task, words, run, number)
            edited.append(enduring(desk, run.extent, make))
    return edited


def _one(desk: Desk, task: DiffEdit, words: Wording, run: Run, number: int) -> Floats:
    seed, family = run.seeds[number], desk.model.family
    guidance = family.guidance_scale if task.guidance_scale is None else task.guidance_scale
    with desk.progress.part(INVERTING_SHARE):
        way = inverted(desk, task, run.pictures[number], words.source, seed, run.bounds)
    steps = way.shape[1]
    assert run.mask is not None
    mask = latent_mask(run.mask, Extent(way.shape[4], way.shape[3]))
    with desk.progress.part(1.0), opened(desk, task) as pipeline:
        latents = pipeline.edit(
            way,
            torch.from_numpy(mask),
            pipeline.embed(words.target, words.negative, 1, guidance),
            num_inference_steps=step_count(desk, task),
            inpaint_strength=task.inpaint_strength,
            guidance_scale=guidance,
            generator=generator_of(seed),
            callback_on_step_end=watched(desk, run.phase, steps, run.bounds, number),
        )
        decoded = checked(desk, pipeline.over, pipeline.decode(latents), (seed,))
        picture = picture_of(decoded)
    done = Pass(extent=run.extent, steps=steps, strength=task.inpaint_strength)
    desk.notes.guidance_scale = guidance
    if done not in desk.notes.passes:
        desk.notes.passes.append(done)
    return picture
