"""Parameters as InvokeAI writes them into pictures: of today, and of its two older forms."""

import re
import shlex
from typing import Any

import msgspec

from scumble_editor.generation import foreign
from scumble_editor.generation.found import Found
from scumble_protocol.geometry import Extent
from scumble_protocol.tasks import Lora

KEYWORD = "invokeai_metadata"
OLDER = "sd-metadata"
OLDEST = ("dream", "Dream")

_NEGATIVE = re.compile(r"\[([^\[\]]*)\]")
_LONGEST = 64 << 10
_SWITCHES = {"-s": "steps", "-S": "seed", "-C": "cfg", "-A": "sampler", "-f": "strength"}
_SIZES = {"-W": "width", "-H": "height"}


def read(text: str) -> Found | None:
    """Return what the metadata of version 3 and later ask for, None where they are none."""
    data = _object(text)
    if data is None or "positive_prompt" not in data:
        return None
    sampler = str(data.get("scheduler") or "")
    return _found(
        str(data["positive_prompt"]),
        str(data.get("negative_prompt") or ""),
        {
            "steps": data.get("steps"),
            "seed": data.get("seed"),
            "cfg": data.get("cfg_scale"),
            "strength": data.get("strength"),
            "sampler": sampler.removesuffix("_k") + (" karras" if sampler.endswith("_k") else ""),
            "width": data.get("width"),
            "height": data.get("height"),
        },
        model=_name(data.get("model")),
        loras=_loras(data.get("loras")),
        clip_skip=data.get("clip_skip"),
    )


def read_older(text: str) -> Found | None:
    """Return what the metadata of version 2 ask for, None where they are none."""
    data = _object(text)
    image = data.get("image") if data else None
    if data is None or not isinstance(image, dict):
        return None
    prompt, negative = _split(_joined(image.get("prompt")))
    given = {name: image.get(name) for name in ("steps", "seed", "sampler", "width", "height")}
    weights = data.get("model_weights")
    return _found(
        prompt,
        negative,
        {**given, "cfg": image.get("cfg_scale"), "strength": image.get("strength")},
        model=weights if isinstance(weights, str) else None,
    )


def read_oldest(text: str) -> Found | None:
    """Return what the command of version 1 asks for, such as `"a fox" -s50 -S1 -C7.5 -A k_lms`."""
    try:
        words = shlex.split(text[:_LONGEST])
    except ValueError:
        return None
    given: dict[str, Any] = {}
    plain: list[str] = []
    switches = _SWITCHES | _SIZES
    rest = iter(words)
    for word in rest:
        name = switches.get(word[:2])
        if name is None:
            plain.append(word)
        else:
            given[name] = word[2:] or next(rest, None)
    if not plain or not given:
        return None
    return _found(*_split(" ".join(plain)), given, model=None)


def _found(
    prompt: str,
    negative: str,
    given: dict[str, Any],
    *,
    model: str | None,
    loras: tuple[Lora, ...] = (),
    clip_skip: Any = None,
) -> Found:
    named = str(given.get("sampler") or "")
    sampler = foreign.scheduler(named)
    settings = foreign.fitted(
        prompt=prompt,
        negative_prompt=negative,
        steps=given.get("steps"),
        guidance_scale=given.get("cfg"),
        seed=given.get("seed"),
        strength=given.get("strength"),
        sampler=sampler,
        loras=loras,
        clip_skip=clip_skip,
    )
    width, height = foreign.number(given.get("width")), foreign.number(given.get("height"))
    sized = width is not None and height is not None and min(width, height) >= 1
    return Found(
        source="InvokeAI",
        settings=settings,
        model=model,
        size=Extent(int(width or 1), int(height or 1)) if sized else None,
        unknown_sampler=named if named and not sampler else None,
    )


def _object(text: str) -> dict[str, Any] | None:
    try:
        data = msgspec.json.decode(text.encode())
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return None
    return data if isinstance(data, dict) else None


def _joined(prompt: Any) -> str:
    """Return a prompt that is a text, or a list of parts with weights."""
    if isinstance(prompt, list):
        parts = [part.get("prompt") for part in prompt if isinstance(part, dict)]
        return " ".join(str(part) for part in parts if part)
    return str(prompt or "")


def _split(prompt: str) -> tuple[str, str]:
    """Return prompt and negative prompt, which older versions write in brackets within it."""
    against = ", ".join(words.strip() for words in _NEGATIVE.findall(prompt))
    return re.sub(r"\s{2,}", " ", _NEGATIVE.sub("", prompt)).strip(), against


def _name(model: Any) -> str | None:
    if not isinstance(model, dict):
        return None
    name = model.get("name") or model.get("model_name")
    return str(name) if name else None


def _loras(loras: Any) -> tuple[Lora, ...]:
    found = []
    for entry in loras if isinstance(loras, list) else ():
        if not isinstance(entry, dict):
            continue
        name = _name(entry.get("model") or entry.get("lora"))
        weight = foreign.number(entry.get("weight", 1))
        if name and weight is not None:
            found.append(foreign.lora(name[:128], weight))
    return tuple(found[:16])
