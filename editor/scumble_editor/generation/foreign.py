"""What other programs call what is asked for here: schedulers, seeds, strengths, made to fit."""

import math
import re
from typing import Any

import msgspec

from scumble_editor.generation.settings import Settings
from scumble_protocol.tasks import Lora, Options

SCHEDULERS = {
    "ddim": "ddim",
    "ddpm": "ddpm",
    "plms": "pndm",
    "pndm": "pndm",
    "lms": "lms",
    "euler": "euler",
    "eulera": "euler-a",
    "eulerancestral": "euler-a",
    "heun": "heun",
    "dpmpp2m": "dpm++2m",
    "dpmppmulti": "dpm++2m",
    "dpmpp2msde": "dpm++2m-sde",
    "dpmppmultisde": "dpm++2m-sde",
    "unipc": "unipc",
    "deis": "deis",
    "lcm": "lcm",
    "tcd": "tcd",
}
"""Our schedulers by the names of others, small letters and digits alone, `+` written as p."""

KARRAS = frozenset({"lms", "euler", "dpm++2m", "dpm++2m-sde"})
"""Schedulers that have a form with Karras sigmas."""

_LORA = re.compile(r"<(?:lora|lyco):([^<>:]{1,128})(?::(-?\d*\.?\d+))?[^<>]*>")
_MOST_LORAS = 16


def scheduler(name: str, schedule: str = "") -> str | None:
    """Return our name of a sampler, and of the schedule of its noise; None where there is none."""
    plain = re.sub(r"[^a-z0-9]", "", f"{name} {schedule}".lower().replace("+", "p"))
    karras = "karras" in plain
    plain = plain.replace("karras", "").replace("automatic", "").removeprefix("k")
    plain = plain.removesuffix("k") if plain.removesuffix("k") in SCHEDULERS else plain
    found = SCHEDULERS.get(plain)
    if found is None or not karras or found not in KARRAS:
        return found
    return f"{found}-karras"


def number(value: Any) -> float | None:
    """Return a number that was written as one, None for anything else."""
    try:
        found = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def without_loras(prompt: str) -> tuple[str, tuple[Lora, ...]]:
    """Return a prompt without its `<lora:name:0.8>`, and what those ask for."""
    loras: dict[str, Lora] = {}
    for name, weight in _LORA.findall(prompt):
        loras[name] = lora(name, float(weight or 1))
    rest = re.sub(r"\s{2,}", " ", _LORA.sub("", prompt)).strip(" ,\n")
    return rest, tuple(loras.values())[:_MOST_LORAS]


def lora(name: str, weight: float) -> Lora:
    """Return a LoRA at a weight within what the protocol takes."""
    return Lora(name=name, weight=min(max(weight, -4.0), 4.0))


def fitted(
    *,
    prompt: str,
    negative_prompt: str = "",
    steps: Any = None,
    guidance_scale: Any = None,
    seed: Any = None,
    strength: Any = None,
    sampler: str | None = None,
    loras: tuple[Lora, ...] = (),
    clip_skip: Any = None,
) -> Settings:
    """Return settings of values from elsewhere; those that no job may have are left out."""
    skipped = number(clip_skip)
    options = Options(
        loras=loras, clip_skip=int(skipped) if skipped and 1 <= skipped <= 11 else None
    )
    found: dict[str, Any] = {
        "prompt": prompt[:8192],
        "negative_prompt": negative_prompt[:8192],
        "scheduler": sampler,
        "options": msgspec.to_builtins(options),
    }
    wanted = {
        "steps": _whole(steps),
        "guidance_scale": number(guidance_scale),
        "seed": _whole(seed),
        "strength": number(strength),
    }
    for name, value in wanted.items():
        try:
            msgspec.convert({name: value}, Settings)
        except msgspec.ValidationError:
            continue
        found[name] = value
    return msgspec.convert(found, Settings)


def _whole(value: Any) -> int | None:
    found = number(value)
    return None if found is None else round(found)
