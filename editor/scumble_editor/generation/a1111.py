"""Parameters as the web UI of Automatic1111 and its kin write them into pictures."""

import re

from scumble_editor.generation import foreign
from scumble_editor.generation.found import Found
from scumble_protocol.geometry import Extent

KEYWORD = "parameters"
_NEGATIVE = "Negative prompt:"
_FIELD = re.compile(r'\s*([A-Za-z][\w /-]{0,60}):\s*("(?:\\.|[^"\\])*"|[^,]*)(?:,|$)')
_LONGEST = 64 << 10


def read(text: str) -> Found | None:
    """Return what such a text asks for, None where it is no such text.

    Its form: the prompt over any number of lines, `Negative prompt: …` likewise, and a last line
    `Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1, Size: 512x768, Model: name, …`.
    """
    lines = text[:_LONGEST].strip().split("\n")
    fields = _fields(lines[-1])
    if not {"steps", "seed", "sampler"} & fields.keys():
        return None
    words, _, against = "\n".join(lines[:-1]).partition(_NEGATIVE)
    prompt, loras = foreign.without_loras(words)
    negative, _ = foreign.without_loras(against)
    sampler = foreign.scheduler(fields.get("sampler", ""), fields.get("schedule type", ""))
    skip = foreign.number(fields.get("clip skip"))
    settings = foreign.fitted(
        prompt=prompt,
        negative_prompt=negative,
        steps=fields.get("steps"),
        guidance_scale=fields.get("cfg scale"),
        seed=fields.get("seed"),
        strength=fields.get("denoising strength"),
        sampler=sampler,
        loras=loras,
        clip_skip=None if skip is None else skip - 1,  # there 1 is the last layer itself
    )
    return Found(
        source="A1111",
        settings=settings,
        model=fields.get("model"),
        size=_size(fields.get("size", "")),
        unknown_sampler=None if sampler or "sampler" not in fields else fields["sampler"],
    )


def _fields(line: str) -> dict[str, str]:
    return {name.lower(): value.strip('"').strip() for name, value in _FIELD.findall(line)}


def _size(text: str) -> Extent | None:
    match = re.fullmatch(r"(\d{1,5})x(\d{1,5})", text)
    return None if match is None else Extent(int(match[1]), int(match[2]))
