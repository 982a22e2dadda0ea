"""What each family can do, task by task and option by option, told from the code that does it."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass

from scumble_daemon.models.families import (
    CHAIN,
    DEPTH,
    DIFFEDIT_TASKS,
    FAMILIES,
    GUIDED_FAMILIES,
    IMG2IMG,
    REFERENCED_FAMILIES,
    UPSCALE,
    UPSCALER,
)
from scumble_daemon.models.pipeline_classes import pipeline_class
from scumble_daemon.tasks.tuning import JOB_SWITCHES, VAE_FAMILIES, WEIGHTED_FAMILIES

Test = Callable[[type, frozenset[str], str], bool]


def _in_call(name: str) -> Test:
    return lambda _cls, parameters, _family: name in parameters


def _by_method(name: str) -> Test:
    return lambda cls, _parameters, _family: hasattr(cls, name)


def _by_part(name: str) -> Test:
    return lambda cls, _parameters, _family: name in inspect.signature(cls).parameters


OPTIONS: dict[str, Test] = {
    "loras": _by_method("load_lora_weights"),
    "fuse_loras": _by_method("fuse_lora"),
    "embeddings": _by_method("load_textual_inversion"),
    "vae": lambda _cls, _parameters, family: family in VAE_FAMILIES,
    "weighting": lambda _cls, _parameters, family: family in WEIGHTED_FAMILIES,
    "clip_skip": _in_call("clip_skip"),
    "guidance_rescale": _in_call("guidance_rescale"),
    "eta": _in_call("eta"),
    "timesteps": _in_call("timesteps"),
    "freeu": _by_method("enable_freeu"),
    "vae_tiling": _by_part("vae"),
    "attention_slicing": _by_part("unet"),
    "controls": lambda _cls, _parameters, family: family in GUIDED_FAMILIES,
    "references": lambda cls, _parameters, family: (
        family in REFERENCED_FAMILIES and hasattr(cls, "load_ip_adapter")
    ),
}
"""How it is told of each option of the protocol whether a pipeline knows it."""


@dataclass(frozen=True, slots=True)
class Ability:
    """One task of one family, and the options that it knows."""

    family: str
    task: str
    options: frozenset[str]


def abilities() -> tuple[Ability, ...]:
    """Return what every family can do, in the order of the table of families."""
    return tuple(
        Ability(family.name, task, _options(family.name, task))
        for family in FAMILIES.values()
        for task in family.tasks
    )


def _options(family: str, task: str) -> frozenset[str]:
    if family == UPSCALER or task in (
        CHAIN,
        DEPTH,
    ):  # a chain's are those of its stages; an estimate has none
        return frozenset()
    if task in DIFFEDIT_TASKS:  # its own loops take what the model wears and nothing of the call
        return frozenset({"loras", "fuse_loras", "embeddings", "vae", "freeu", *JOB_SWITCHES})
    painted = IMG2IMG if task == UPSCALE else task  # its refinement is painted over
    cls = pipeline_class(FAMILIES[family], painted)
    parameters = frozenset(inspect.signature(cls.__call__).parameters)
    return frozenset(name for name, test in OPTIONS.items() if test(cls, parameters, family))
