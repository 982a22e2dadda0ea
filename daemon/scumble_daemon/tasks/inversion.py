"""The way of a picture back to noise, kept by content so that it is gone only once."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

from scumble_daemon.models.catalog import identity_of
from scumble_daemon.models.families import DIFFEDIT_TASKS, TEXT2IMAGE
from scumble_daemon.models.recall import picture_key
from scumble_daemon.pipelines.diffedit import DiffEditPipeline, OnStepEnd, Regularisation
from scumble_daemon.region.arrays import Floats
from scumble_daemon.tasks.controls import heeded
from scumble_daemon.tasks.denoising import latent_colours_of
from scumble_daemon.tasks.desk import Desk
from scumble_daemon.tasks.listening import listening
from scumble_daemon.tasks.references import seen_references
from scumble_daemon.tasks.tuning import tuned
from scumble_daemon.worker.preview import Throttle, colours
from scumble_protocol.geometry import Bounds
from scumble_protocol.jobs import DiffEdit, DiffEditInvert, DiffEditSelect, Inversion, Phase

STEPS = 50
"""As in the paper and the guide: fewer invert less faithfully."""

AnyDiffEdit = DiffEdit | DiffEditSelect | DiffEditInvert


@contextmanager
def opened(desk: Desk, task: AnyDiffEdit) -> Iterator[DiffEditPipeline]:
    """Lend the pipeline of DiffEdit, listened to, for the time of a `with`."""
    if task.scheduler not in (None, "ddim"):
        desk.notes.notice("DiffEdit is painted with the scheduler ddim, which alone inverts.")
    heeded(desk, task, DIFFEDIT_TASKS[0])  # says that it heeds none
    seen_references(desk, task, None)
    pipeline = desk.model.pipeline(TEXT2IMAGE, "ddim")
    desk.notes.scheduler = type(pipeline.scheduler).__name__
    with tuned(desk, task, pipeline), listening(desk, pipeline, None):
        yield DiffEditPipeline(pipeline)


def step_count(desk: Desk, task: AnyDiffEdit) -> int:
    """Return how many steps the schedule has: what was asked for, below what was trained."""
    steps = min(task.steps or STEPS, desk.model.trained_steps - 1)
    desk.notes.steps = steps
    return steps


def inverted(
    desk: Desk,
    task: DiffEdit | DiffEditInvert,
    picture: Floats,
    source: str,
    seed: int,
    bounds: Bounds,
) -> torch.Tensor:
    """Return the latents on the way to noise, noisiest first: [1, n, 4, h, w].

    picture: float32 [H, W, 3] in 0..1 at its working size; bounds: what it stands for. Made once
    for the same picture, words, seed and settings, as long as room is left to keep it.
    """
    given, steps, guidance = tensor_of(picture), step_count(desk, task), _guidance(task)
    run = int(steps * task.inpaint_strength)

    def compute() -> tuple[torch.Tensor]:
        with opened(desk, task) as pipeline:
            way = pipeline.invert(
                given,
                pipeline.embed(source, task.negative_prompt, 1, guidance),
                num_inference_steps=steps,
                inpaint_strength=task.inpaint_strength,
                guidance_scale=guidance,
                regularisation=_regularisation(task.inversion),
                generator=generator_of(seed),
                callback_on_step_end=watched(desk, Phase.ENCODING, run, bounds, seed - task.seed),
            )
        return (way,)

    settings = (source, task.negative_prompt, steps, task.inpaint_strength, guidance, seed)
    worn = [identity_of(desk.entry(name)) for name in _worn(task)]
    how = f"{desk.model.identity}|{worn!r}|{task.options!r}"
    key = f"inversion|{picture_key(how, given)}|{settings!r}|{task.inversion!r}"
    (way,) = desk.recall.get(key, desk.recall.inversions, desk.device.place, compute)
    assert way is not None
    return way


def watched(desk: Desk, phase: Phase, steps: int, bounds: Bounds, variant: int) -> OnStepEnd:
    """Return the callback of one loop: cancels, tells, shows."""
    throttle = Throttle()
    rgb_map = latent_colours_of(desk)

    def step(
        _: Any, index: int, __: Any, given: dict[str, torch.Tensor]
    ) -> dict[str, torch.Tensor]:
        desk.token.raise_if_cancelled()
        if desk.progress.phase is not phase:
            desk.progress.enter(phase, steps)
        desk.progress.step(index + 1, steps)
        if rgb_map is not None and throttle.ready():
            desk.show(colours(given["latents"], rgb_map), bounds, index + 1, variant)
        return given

    return step


def tensor_of(picture: Floats) -> torch.Tensor:
    """Return a picture, float32 [H, W, 3] in 0..1, as a VAE takes it: [1, 3, H, W] in -1..1."""
    return torch.from_numpy(picture[None]).permute(0, 3, 1, 2) * 2 - 1


def picture_of(decoded: torch.Tensor) -> Floats:
    """Return what a VAE gave, [1, 3, H, W] in -1..1, as float32 [H, W, 3] in 0..1."""
    pixels = (decoded[0] / 2 + 0.5).clamp(0, 1).permute(1, 2, 0)
    made: Floats = pixels.float().cpu().numpy()
    return made


def generator_of(seed: int) -> torch.Generator:
    """Return a source of random numbers that is the same on every device."""
    return torch.Generator("cpu").manual_seed(seed)


def _worn(task: AnyDiffEdit) -> tuple[str, ...]:
    """Return the names of all additions that change what a job's model gives."""
    options = task.options
    vae = () if options.vae is None else (options.vae,)
    return (*(lora.name for lora in options.loras), *options.embeddings, *vae)


def _guidance(task: DiffEdit | DiffEditInvert) -> float:
    if isinstance(task, DiffEdit):
        return task.inversion_guidance_scale
    return 1.0 if task.guidance_scale is None else task.guidance_scale


def _regularisation(inversion: Inversion) -> Regularisation:
    return Regularisation(
        steps=inversion.num_reg_steps,
        lambda_auto_corr=inversion.lambda_auto_corr,
        lambda_kl=inversion.lambda_kl,
        auto_corr_rolls=inversion.num_auto_corr_rolls,
    )
