"""Schedulers by name, as classes of diffusers and their options. Never loads torch."""

from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from scumble_protocol.errors import ErrorCode, RemoteError


@dataclass(frozen=True, slots=True)
class SchedulerChoice:
    """A class of `diffusers.schedulers` and what its config is changed to."""

    class_name: str
    options: dict[str, Any] = field(default_factory=dict)
    flow: bool = False  # for flow-matching families alone; the others are for the rest alone


_KARRAS = {"use_karras_sigmas": True}
_TRAILING = {"timestep_spacing": "trailing"}
_DPM_SDE = {"algorithm_type": "sde-dpmsolver++"}

SCHEDULERS: dict[str, SchedulerChoice] = {
    "ddim": SchedulerChoice("DDIMScheduler"),
    "ddim-trailing": SchedulerChoice("DDIMScheduler", _TRAILING),
    "ddpm": SchedulerChoice("DDPMScheduler"),
    "pndm": SchedulerChoice("PNDMScheduler"),
    "lms": SchedulerChoice("LMSDiscreteScheduler"),
    "lms-karras": SchedulerChoice("LMSDiscreteScheduler", _KARRAS),
    "euler": SchedulerChoice("EulerDiscreteScheduler"),
    "euler-karras": SchedulerChoice("EulerDiscreteScheduler", _KARRAS),
    "euler-trailing": SchedulerChoice("EulerDiscreteScheduler", _TRAILING),
    "euler-a": SchedulerChoice("EulerAncestralDiscreteScheduler"),
    "heun": SchedulerChoice("HeunDiscreteScheduler"),
    "dpm++2m": SchedulerChoice("DPMSolverMultistepScheduler"),
    "dpm++2m-karras": SchedulerChoice("DPMSolverMultistepScheduler", _KARRAS),
    "dpm++2m-sde": SchedulerChoice("DPMSolverMultistepScheduler", _DPM_SDE),
    "dpm++2m-sde-karras": SchedulerChoice("DPMSolverMultistepScheduler", _DPM_SDE | _KARRAS),
    "dpm++sde": SchedulerChoice("DPMSolverSinglestepScheduler"),
    "dpm++sde-karras": SchedulerChoice("DPMSolverSinglestepScheduler", _KARRAS),
    "unipc": SchedulerChoice("UniPCMultistepScheduler"),
    "deis": SchedulerChoice("DEISMultistepScheduler"),
    "lcm": SchedulerChoice("LCMScheduler"),
    "tcd": SchedulerChoice("TCDScheduler"),
    "flow-euler": SchedulerChoice("FlowMatchEulerDiscreteScheduler", flow=True),
}
"""Every scheduler a job may name."""


class UnknownSchedulerError(RemoteError):
    """There is no scheduler of this name, or it does not go with the model."""


def fitting_schedulers(*, flow: bool) -> tuple[str, ...]:
    """Return the names of those that drive models that were trained by flow matching, or others."""
    return tuple(name for name, choice in SCHEDULERS.items() if choice.flow == flow)


def scheduler_choice(name: str, *, flow: bool) -> SchedulerChoice:
    """Return what a name stands for.

    flow: whether the model was trained by flow matching. Raises UnknownSchedulerError, naming
    near ones, and where the scheduler cannot drive such a model.
    """
    choice = SCHEDULERS.get(name)
    if choice is None:
        near = get_close_matches(name, SCHEDULERS, n=3, cutoff=0.4)
        hint = (
            f"Did you mean {' or '.join(near)}?" if near else f"Known are {', '.join(SCHEDULERS)}."
        )
        raise UnknownSchedulerError(
            ErrorCode.BAD_REQUEST, f"There is no scheduler “{name}”. {hint} Nothing was painted."
        )
    if choice.flow != flow:
        fitting = ", ".join(fitting_schedulers(flow=flow))
        raise UnknownSchedulerError(
            ErrorCode.BAD_REQUEST,
            f"The scheduler “{name}” does not go with this model: {fitting} do. "
            "Nothing was painted.",
        )
    return choice
