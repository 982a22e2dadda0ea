"""A job's options put on a pipeline for the time of its call, and told where it knows them not."""

import inspect
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from math import isfinite
from typing import Any

from scumble_daemon.models.additions import WornLora
from scumble_daemon.models.catalog import Entry
from scumble_daemon.models.performance import (
    ATTENTION_SLICING,
    FUSED_QKV,
    SWITCHES,
    VAE_TILING,
)
from scumble_daemon.models.pipeline_classes import Pipeline
from scumble_daemon.tasks.desk import Desk
from scumble_daemon.tasks.weighting import is_long, is_weighted, weighted_embeddings
from scumble_protocol.errors import ErrorCode, RemoteError
from scumble_protocol.jobs import Task

WEIGHTED_FAMILIES = frozenset(
    {"sd15", "sd15-inpaint", "sd2", "sd2-inpaint", "sd2-depth", "sdxl", "sdxl-inpaint"}
)
"""Those whose prompts can be weighted."""
VAE_FAMILIES = WEIGHTED_FAMILIES | {"sdxl-refiner", "sd3", "flux", "flux-fill", "z-image"}
"""Those that take another VAE in the place of their own."""
JOB_SWITCHES = {VAE_TILING: "tiles for its VAE", ATTENTION_SLICING: "slices of attention"}
"""Which of `performance.SWITCHES` a job's options have, and how they are called in a notice."""


@contextmanager
def tuned(desk: Desk, task: Task, pipeline: Pipeline) -> Iterator[None]:
    """Let a pipeline wear what a job asks for during a `with`.

    Raises ModelError where a LoRA or an embedding does not fit.
    """
    options = task.options
    with ExitStack() as switched:
        switched.enter_context(desk.model.additions.with_vae(pipeline, _vae(desk, task)))
        _switch(desk, task, pipeline, switched)
        _wear(desk, task, pipeline, switched)
        freeu = options.freeu
        if freeu is not None and not hasattr(pipeline, "enable_freeu"):
            desk.notes.notice("This model knows no FreeU, so it was painted without.")
        elif freeu is not None:
            pipeline.enable_freeu(s1=freeu.s1, s2=freeu.s2, b1=freeu.b1, b2=freeu.b2)
            switched.callback(pipeline.disable_freeu)
        yield


def _wear(desk: Desk, task: Task, pipeline: Pipeline, switched: ExitStack) -> None:
    options = task.options
    loras = [WornLora(desk.entry(lora.name), lora.weight) for lora in options.loras]
    embeddings = [desk.entry(name) for name in options.embeddings]
    if loras and not hasattr(pipeline, "load_lora_weights"):
        desk.notes.notice(f"{desk.model.family.title} wears no LoRAs: it was painted without.")
        loras = []
    if embeddings and not hasattr(pipeline, "load_textual_inversion"):
        desk.notes.notice("This model learns no words for this task: they were read as written.")
        embeddings = []
    desk.model.additions.wear(pipeline, loras, embeddings)
    if loras and options.fuse_loras and desk.model.is_offloaded:
        desk.notes.notice("The LoRAs were not fused, as the model waits in host memory in parts.")
    elif loras and options.fuse_loras:
        switched.enter_context(desk.model.additions.fused(pipeline))
    if options.clip_skip is not None:
        _name_text_model(pipeline)


def _switch(desk: Desk, task: Task, pipeline: Pipeline, switched: ExitStack) -> None:
    """Turn on for this job what it asks for; off what would not go with it."""
    if task.options.loras or task.options.references:
        # both are worn by the parts that fused ones stand in for
        switched.enter_context(desk.model.switched_to(FUSED_QKV, on=False))
    for name, title in JOB_SWITCHES.items():
        if not getattr(task.options, name):
            continue
        was_on = name in desk.model.switched
        switched.enter_context(desk.model.switched_to(name, on=True))
        if not SWITCHES[name](pipeline, True):  # it may have parts of its own, such as a VAE
            desk.notes.notice(f"This model knows no {title}, so it was painted without.")
        switched.callback(SWITCHES[name], pipeline, was_on)


def _vae(desk: Desk, task: Task) -> Entry | None:
    """Return the VAE that a job asks for; None where it asks for none or none can be taken."""
    name = task.options.vae
    if name is not None and desk.model.family.name not in VAE_FAMILIES:
        desk.notes.notice(f"{desk.model.family.title} takes no other VAE: its own was used.")
        return None
    return None if name is None else desk.entry(name)


def call_options(desk: Desk, task: Task, pipeline: Pipeline, guidance: float) -> dict[str, Any]:
    """Return what a job's options add to the call of a pipeline, its prompts among it."""
    wanted = task.options
    own: dict[str, Any] = {}
    if wanted.clip_skip is not None:
        own["clip_skip"] = wanted.clip_skip
    if wanted.guidance_rescale:
        own["guidance_rescale"] = wanted.guidance_rescale
    if wanted.eta:
        own["eta"] = wanted.eta
    if wanted.timesteps is not None:
        _check_timesteps(pipeline)
        own["timesteps"] = list(wanted.timesteps)
    taken = inspect.signature(type(pipeline).__call__).parameters
    for name in own.keys() - taken.keys():
        desk.notes.notice(f"This model knows no {name.replace('_', ' ')} for this task.")
    step = inspect.signature(pipeline.scheduler.step).parameters
    if "eta" in own.keys() & taken.keys() and "eta" not in step:
        name = type(pipeline.scheduler).__name__
        desk.notes.notice(f"The scheduler {name} knows no eta, which is DDIM's: it had no say.")
    return own | _prompts(desk, task, pipeline, guidance)


def _prompts(desk: Desk, task: Task, pipeline: Pipeline, guidance: float) -> dict[str, Any]:
    family = desk.model.family
    negative = task.negative_prompt or family.empty_negative
    if guidance <= family.negatives_above:
        if task.negative_prompt:
            when = f" at a guidance of {guidance:g}" if isfinite(family.negatives_above) else ""
            desk.notes.notice(f"{family.title} knows no negative prompt{when}: it was left out.")
        negative = None
    plain = {"prompt": task.prompt, "negative_prompt": negative}
    prompts = f"{task.prompt} {task.negative_prompt}"
    weighted = task.options.weighting and is_weighted(prompts)
    long = hasattr(pipeline, "maybe_convert_prompt") and _is_long(pipeline, task)
    if not weighted and not long:
        return plain
    reason = _unreadable(desk, task, weighted=weighted)
    if reason is not None:
        desk.notes.notice(reason)
        return plain
    learnt = bool(task.options.embeddings)
    return weighted_embeddings(pipeline, task.prompt, task.negative_prompt, learnt=learnt)


def _is_long(pipeline: Pipeline, task: Task) -> bool:
    return any(is_long(pipeline, prompt) for prompt in (task.prompt, task.negative_prompt))


def _unreadable(desk: Desk, task: Task, *, weighted: bool) -> str | None:
    """Return why prompts with weights, or long ones, cannot be read as they are meant."""
    left_out = "weights of words" if weighted else "what is beyond the length it reads"
    if desk.model.family.name not in WEIGHTED_FAMILIES:
        if weighted:
            return "This model knows no weights of words: they were read as written."
        return f"The prompt is too long for this model: {left_out} was left out."
    if task.options.clip_skip is not None:
        return f"With clip skip, {left_out} had no say: they do not go together."
    if not task.options.weighting:
        return f"Without weighting the prompt is too long: {left_out} was left out."
    return None


def _name_text_model(pipeline: Pipeline) -> None:
    """Let a text encoder be found under the name that the pipelines look for.

    Transformers 5 has taken away the level that was called `text_model`, whose last normalisation
    they need for clip skip. Set past torch, which would take it for a part of itself.
    """
    encoder = getattr(pipeline, "text_encoder", None)
    if hasattr(encoder, "final_layer_norm") and not hasattr(encoder, "text_model"):
        object.__setattr__(encoder, "text_model", encoder)


def _check_timesteps(pipeline: Pipeline) -> None:
    if "timesteps" not in inspect.signature(pipeline.scheduler.set_timesteps).parameters:
        raise RemoteError(
            ErrorCode.BAD_REQUEST,
            f"The scheduler {type(pipeline.scheduler).__name__} takes no timesteps of one's own. "
            "Nothing was painted; choose another, such as euler, or leave them out.",
        )
