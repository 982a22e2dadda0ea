"""Recipes: the job that painted a layer, read back as what was asked, as JSON and as words."""

from typing import Any

import msgspec

from scumble_editor.generation.actions import ABOUT, PaintAction
from scumble_editor.generation.settings import Settings
from scumble_protocol.errors import ScumbleError
from scumble_protocol.jobs import Job
from scumble_protocol.tasks import Fill, Region

LONGEST = 1 << 20
"""Characters of a recipe; longer texts are none."""

_ACTIONS = {
    "inpaint": PaintAction.FILL,
    "img2img": PaintAction.WHOLE,
    "text2image": PaintAction.WHOLE,
    "depth2img": PaintAction.DEPTH,
    "diffedit": PaintAction.EDIT,
    "upscale": PaintAction.UPSCALE,
}


class NoRecipeError(ScumbleError):
    """A text that should be a recipe is none."""


def job_of(recipe: str) -> Job:
    """Return the job of a recipe; raises NoRecipeError."""
    try:
        if len(recipe) > LONGEST:
            raise NoRecipeError("This is no recipe: it is far too long.")
        return msgspec.json.decode(recipe.encode(), type=Job)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError) as error:
        raise NoRecipeError("This is no recipe that Scumble knows; nothing was changed.") from error


def settings_of(recipe: str) -> Settings:
    """Return what a recipe asks for; raises NoRecipeError.

    Recipes of this editor hold it beside the job; of others it is told from the job alone.
    """
    job = job_of(recipe)
    try:
        raw = msgspec.json.decode(recipe.encode(), type=dict[str, Any])
        asked = msgspec.convert(raw["settings"], Settings)
    except (KeyError, msgspec.ValidationError):
        return _told_from(job)
    return msgspec.structs.replace(asked, model=job.model, seed=job.task.seed, variants=1)


def words_of(recipe: str) -> str:
    """Return a recipe in plain words, a line each; raises NoRecipeError."""
    job, settings = job_of(recipe), settings_of(recipe)
    lines = [
        ("Prompt", settings.prompt),
        ("Without", settings.negative_prompt),
        ("Was there", settings.source_prompt),
        ("Task", ABOUT[settings.action].title),
        ("Model", job.model),
        ("Seed", str(job.task.seed)),
        ("Strength", _share(settings)),
        ("Steps", _number(settings.steps)),
        ("Guidance", _number(settings.guidance_scale)),
        ("Scheduler", settings.scheduler or ""),
        ("LoRAs", ", ".join(f"{one.name} {one.weight:g}" for one in settings.options.loras)),
        ("Feather", "" if settings.feather is None else f"{settings.feather:g} px"),
    ]
    return "\n".join(f"{name}: {value}" for name, value in lines if value)


def _share(settings: Settings) -> str:
    if ABOUT[settings.action].strength is None:
        return ""
    return f"{round(settings.strength_used * 100)} %"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _told_from(job: Job) -> Settings:
    task = job.task
    tag = str(task.__struct_config__.tag)
    selected = getattr(task, "selection", None) is not None
    action = _ACTIONS.get(tag, PaintAction.WHOLE)
    if tag == "img2img" and selected:
        action = PaintAction.REFINE
    region: Region = getattr(task, "region", Region())
    strength = getattr(task, "strength", getattr(task, "inpaint_strength", None))
    fill = None if region.fill in (Fill.NEUTRAL, Fill.ORIGINAL) else region.fill
    return Settings(
        action=action,
        prompt=task.prompt,
        negative_prompt=task.negative_prompt,
        source_prompt=getattr(task, "source_prompt", ""),
        model=job.model,
        strength=strength,
        seed=task.seed,
        steps=task.steps,
        guidance_scale=task.guidance_scale,
        scheduler=task.scheduler,
        feather=region.feather,
        grow=region.grow,
        context=region.context,
        fill=fill,
        direction=region.direction,
        soft=region.soft,
        match_colour=region.match_colour,
        options=task.options,
    )
