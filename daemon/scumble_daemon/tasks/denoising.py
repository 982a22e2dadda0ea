"""One run of a pipeline for the variants of a job, whatever the family and the task."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import torch

from scumble_daemon.miniature.card import latent_colours
from scumble_daemon.models.families import TEXT2IMAGE
from scumble_daemon.models.memory import is_out_of_memory
from scumble_daemon.models.pipeline_classes import Pipeline, denoising_part
from scumble_daemon.region.arrays import Floats, floats
from scumble_daemon.region.resolution import steps_of
from scumble_daemon.tasks.controls import conditions, control_options, heeding
from scumble_daemon.tasks.desk import Desk
from scumble_daemon.tasks.glimpses import Glimpses
from scumble_daemon.tasks.inputs import kind_of, picture_options, softener_of, taken_by
from scumble_daemon.tasks.listening import listening
from scumble_daemon.tasks.references import seeing
from scumble_daemon.tasks.run import Run
from scumble_daemon.tasks.safety import note_flags
from scumble_daemon.tasks.shortage import gave_up_compiling, moved_idle, take_measure
from scumble_daemon.tasks.softening import Softener
from scumble_daemon.tasks.tuning import call_options, tuned
from scumble_daemon.worker.preview import latent_map
from scumble_protocol.jobs import Pass, Task

DENOISING_SHARE = 0.9
"""Of the time of one run, as a first guess for the progress bar."""
MAX_BATCH = {"cpu": 4, "cuda": 8, "xpu": 4, "mps": 2}


def denoise(desk: Desk, task: Task, run: Run) -> list[Floats]:
    """Return what the model paints for each variant, float32 [H, W, 3] in 0..1.

    Variants share a batch as far as memory allows. Where memory runs out, one measure after
    another is taken, and noted, until it is enough. Raises OutOfMemoryError where none helps,
    JobStoppedError where the job was cancelled, ModelError where the model gives no picture.
    """
    return [floats(one) for one in _denoised(desk, task, run, "np")]


def denoise_latents(desk: Desk, task: Task, run: Run) -> list[torch.Tensor]:
    """Return what the model paints for each variant as latents, [C, h, w]; else as `denoise`."""
    return list(_denoised(desk, task, run, "latent"))


def _denoised(desk: Desk, task: Task, run: Run, output: str) -> list[Any]:
    size = _batch_size(desk, run)
    run = _with_conditions(desk, task, run)
    while True:
        try:
            return _in_batches(desk, task, run, output, size)
        except (RuntimeError, MemoryError) as error:
            if gave_up_compiling(desk, error):
                continue
            if not is_out_of_memory(error):
                raise
            details = str(error)
        if moved_idle(desk):
            continue
        if min(size, len(run.seeds)) > 1:
            desk.notes.degrade("The variants were painted one after another.")
            size = 1
        else:
            take_measure(desk, run.extent, details)


def _with_conditions(desk: Desk, task: Task, run: Run) -> Run:
    if not task.options.controls:
        return run
    kind, mask = kind_of(desk, run), run.mask
    shown = conditions(desk, task, kind, run.bounds, run.extent, mask=mask, seen=run.seen)
    return replace(run, conditions=shown)


def _in_batches(desk: Desk, task: Task, run: Run, output: str, size: int) -> list[Any]:
    painted: list[Any] = []
    parts = range(0, len(run.seeds), size)
    for first in parts:
        batch = replace(
            run,
            seeds=run.seeds[first : first + size],
            pictures=run.pictures[first : first + size],
            latents=run.latents[first : first + size],
            originals=run.originals[first : first + size],
        )
        with desk.progress.part(len(batch.seeds) / len(run.seeds)):
            painted += _one_batch(desk, task, batch, output, first)
        if desk.token.taken:
            break
    return painted


def _one_batch(desk: Desk, task: Task, run: Run, output: str, first: int) -> list[Any]:
    with heeding(desk, task, kind_of(desk, run)) as pipeline:
        return _called(desk, task, run, output, first, pipeline)


def _called(
    desk: Desk, task: Task, run: Run, output: str, first: int, pipeline: Pipeline
) -> list[Any]:
    kind, family = kind_of(desk, run), desk.model.family
    planned = steps_of(_step_count(desk, task), run.strength if kind != TEXT2IMAGE else 1.0)
    guidance = family.guidance_for(kind) if task.guidance_scale is None else task.guidance_scale
    options: dict[str, Any] = {
        "num_inference_steps": planned.total,
        family.guidance_option: guidance,
        "num_images_per_prompt": len(run.seeds),
        "generator": [torch.Generator("cpu").manual_seed(seed) for seed in run.seeds],
        "output_type": output,
    }
    glimpses = Glimpses(desk, run.bounds, run.extent, first, latent_colours_of(desk))
    with (
        tuned(desk, task, pipeline),
        seeing(desk, task, pipeline) as references,
        torch.inference_mode(),
        listening(desk, pipeline, planned.start, run.phase),
        glimpses.watching(denoising_part(pipeline)),
    ):
        options |= call_options(desk, task, pipeline, guidance)
        options |= picture_options(desk, run, kind, pipeline, planned.run)
        options |= control_options(task, kind, run.conditions) | references
        step = _step(desk, glimpses, softener_of(desk, run, pipeline))
        options |= {
            "callback_on_step_end": step,
            "prior_callback_on_step_end": _prior_step(desk),
            "callback_steps": None,  # of the older kind of callback
        }
        taken = taken_by(pipeline)
        given = pipeline(**{name: value for name, value in options.items() if name in taken})
    _note(desk, run, pipeline, planned.total, guidance, glimpses.taken_after)
    note_flags(desk, run.seeds, getattr(given, "nsfw_content_detected", None))
    return list(given.images)


def _step_count(desk: Desk, task: Task) -> int:
    """Return how many steps the schedule has: what was asked for, below what was trained.

    With all of the trained steps, schedulers whose steps are offset ask for one beyond the last.
    """
    if task.options.timesteps is not None:
        return len(task.options.timesteps)
    wanted = task.steps or desk.model.family.steps
    most = desk.model.trained_steps - 1
    if wanted > most:
        desk.notes.notice(f"This model has no more than {most} steps, so {most} were taken.")
    return min(wanted, most)


def _step(
    desk: Desk, glimpses: Glimpses, soft: Softener | None
) -> Callable[[Pipeline, int, Any, dict[str, Any]], dict[str, Any]]:
    """Return the callback of one run: cancels, puts back, tells, shows, and ends it where taken.

    A pipeline that is interrupted skips its further steps and decodes: what the scheduler expects
    at their end is put in the place of the latents, which are full of noise still.
    """

    def step(pipeline: Pipeline, index: int, _when: Any, given: dict[str, Any]) -> dict[str, Any]:
        desk.token.raise_if_cancelled()
        steps = int(pipeline.num_timesteps)
        latents = given["latents"]
        if soft is not None:
            latents = soft.put_back(pipeline, index, latents)
        desk.progress.step(index + 1, steps, DENOISING_SHARE)
        glimpses.show(pipeline, index, latents, soft)
        if desk.token.taken and hasattr(pipeline, "interrupt") and index + 1 < steps:
            pipeline._interrupt = True
            glimpses.taken_after = index + 1
            latents = glimpses.expected(pipeline, index, latents, soft)
        return {"latents": latents}

    return step


def _prior_step(desk: Desk) -> Callable[..., dict[str, Any]]:
    """Return the callback of a prior, which gives no picture yet: it can be cancelled."""

    def step(_pipeline: Pipeline, _index: int, _when: Any, given: dict[str, Any]) -> dict[str, Any]:
        desk.token.raise_if_cancelled()
        return given

    return step


def latent_colours_of(desk: Desk) -> torch.Tensor | None:
    """Return the map from a model's latents to colours, float32 [C + 1, 3]; None without one."""
    model = desk.model
    vae = model.components.get("vae", model.components.get("movq"))
    if model.latent_map is None and vae is not None:
        if model.entry.origin == "bundled":
            shipped = latent_colours()
            model.latent_map = torch.tensor((*shipped.factors, shipped.bias))
        else:
            model.latent_map = latent_map(model.family, vae)
    return model.latent_map


def _batch_size(desk: Desk, run: Run) -> int:
    """Return how many variants are painted at once: fewer, the larger the picture.

    Counted from sizes alone, never from what is free just now, so that the same job has the same
    batches and the same pixels.
    """
    most = MAX_BATCH.get(desk.device.place.type, 1) if desk.model.family.in_batches else 1
    native = desk.model.native.square_side**2
    return min(max(most * native // run.extent.area, 1), most)


def _note(
    desk: Desk, run: Run, pipeline: Pipeline, steps: int, guidance: float, taken_after: int | None
) -> None:
    notes, wanted = desk.notes, int(denoising_part(pipeline).num_timesteps)
    notes.scheduler = type(pipeline.scheduler).__name__
    notes.steps, notes.guidance_scale = steps, guidance
    if taken_after is not None:
        notes.taken_after = taken_after
        notes.notice(f"Taken after step {taken_after} of {wanted}, as you asked.")
    done = Pass(extent=run.extent, steps=taken_after or wanted, strength=run.strength)
    if done not in notes.passes:
        notes.passes.append(done)
