"""Models distilled to paint in few steps: how they are known, and what they want. Never torch.

What a checkpoint's configs say counts first; LoRAs and single files have none, so their names and
the titles that trainers wrote into them are taken at their word.
"""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

_ABBREVIATED_WORDS = re.compile(r"(?<=[a-z])(?=[A-Z])")
_STEPS = re.compile(r"(?<!\d)(\d{1,2})[-_ ]?steps?(?![a-z])")


class FewSteps(msgspec.Struct, frozen=True):
    """What a distilled model wants where a job says nothing."""

    kind: str
    steps: int
    guidance_scale: float | None = None  # None is without guidance
    scheduler: str | None = None  # a name of `schedulers`; None is the checkpoint's own


KINDS = {
    few.kind: few
    for few in (
        FewSteps("lcm", 4, None, "lcm"),
        FewSteps("tcd", 4, None, "tcd"),
        FewSteps("lightning", 4, None, "euler-trailing"),
        FewSteps("hyper", 8, None, "ddim-trailing"),
        FewSteps("schnell", 4),
        FewSteps("turbo", 4),
    )
}
"""As the cards of the published models advise."""
EMBEDDED_GUIDANCE = 8.5
"""Of consistency models that were told the guidance while they were trained."""
HYPER_GUIDANCE = 5.0
"""Of the kind of Hyper that kept its guidance, which says CFG in its name."""


def few_steps_of_name(*names: str) -> FewSteps | None:
    """Return what a model of these names wants, None where none says that it needs few steps."""
    for name in names:
        words = re.split(r"[^a-z]+", _ABBREVIATED_WORDS.sub("-", name).lower())
        found = next((few for kind, few in KINDS.items() if kind in words), None)
        if found is None:
            continue
        told = _STEPS.search(name.lower())
        steps = int(told[1]) if told else found.steps
        guided = found.kind == "hyper" and "cfg" in words
        return FewSteps(
            found.kind,
            max(steps, 1),
            HYPER_GUIDANCE if guided else found.guidance_scale,
            found.scheduler,
        )
    return None


def few_steps_of_configs(
    family: str, chief: Mapping[str, Any], scheduler: Mapping[str, Any]
) -> FewSteps | None:
    """Return what a checkpoint wants by the configs of its chief part and its scheduler."""
    if chief.get("time_cond_proj_dim") is not None:
        return FewSteps("lcm", 4, EMBEDDED_GUIDANCE, "lcm")
    if family == "flux" and chief.get("guidance_embeds") is False:
        return KINDS["schnell"]
    made = str(scheduler.get("_class_name", ""))
    if made in ("LCMScheduler", "TCDScheduler"):
        return KINDS[made[:3].lower()]
    if made.startswith("Euler") and scheduler.get("timestep_spacing") == "trailing":
        return KINDS["turbo"]
    return None
