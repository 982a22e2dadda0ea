"""Styles: named presets of words, model and sampler, kept as JSON files that can be shared."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import msgspec

from scumble_editor.generation.settings import Settings
from scumble_protocol.endpoint import folders
from scumble_protocol.tasks import Guidance, Lora, Name, Steps

SUFFIX = ".style.json"
LARGEST_FILE = 64 << 10
MOST_STYLES = 500

Words = Annotated[str, msgspec.Meta(max_length=2048)]


class Style(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a preset adds to a wish. None leaves a value as the panel has it."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    before: Words = ""  # words put before the prompt
    after: Words = ""
    negative_prompt: Words = ""
    model: Name | None = None
    steps: Steps | None = None
    guidance_scale: Guidance | None = None
    scheduler: Name | None = None
    loras: Annotated[tuple[Lora, ...], msgspec.Meta(max_length=16)] = ()

    def chosen(self, settings: Settings) -> Settings:
        """Return settings with the style's model and sampler, as the panel then shows them."""
        given: dict[str, Any] = {
            name: value
            for name in ("model", "steps", "guidance_scale", "scheduler")
            if (value := getattr(self, name)) is not None
        }
        if self.loras:
            given["options"] = msgspec.structs.replace(settings.options, loras=self.loras)
        return msgspec.structs.replace(settings, **given)

    def worded(self, settings: Settings) -> Settings:
        """Return settings with the style's words around the painter's own, as they are sent."""
        return msgspec.structs.replace(
            settings,
            prompt=joined(self.before, settings.prompt, self.after),
            negative_prompt=joined(settings.negative_prompt, self.negative_prompt),
        )


BUNDLED = (
    Style(
        name="Miniature, in a photograph",
        after="in a photograph",
        model="miniature",
        steps=20,
        guidance_scale=4,
    ),
    Style(
        name="Miniature, hills at night",
        after="on a grass hill under a night sky",
        model="miniature",
        steps=20,
        guidance_scale=4,
    ),
    Style(
        name="Miniature, snow at sunset",
        after="on a snowy mountain under a sunset sky",
        model="miniature",
        steps=20,
        guidance_scale=4,
    ),
    Style(
        name="Miniature, plain white ground",
        after="on a plain white background",
        model="miniature",
        steps=20,
        guidance_scale=4,
    ),
    Style(name="A quick try", steps=8),
    Style(name="With patience", steps=50),
)
"""Styles that come with Scumble. Miniature's words are those it was trained on."""


def joined(*parts: str) -> str:
    """Return words put together with commas between; empty ones are left out."""
    return ", ".join(part for one in parts if (part := one.strip().strip(",").strip()))


def folder() -> Path:
    """Return where this user's styles are kept."""
    return folders().config / "styles"


def load(where: Path) -> tuple[Style, ...]:
    """Return the bundled styles and those in a folder, by name; a file replaces a bundled one."""
    found = {style.name: style for style in BUNDLED}
    files: Iterable[Path] = sorted(where.glob(f"*{SUFFIX}"))[:MOST_STYLES] if where.is_dir() else ()
    for file in files:
        style = read(file)
        if style is not None:
            found[style.name] = style
    return tuple(found.values())


def read(file: Path) -> Style | None:
    """Return the style in a file, None where it is damaged, too large or no style."""
    try:
        if file.stat().st_size > LARGEST_FILE:
            return None
        return msgspec.json.decode(file.read_bytes(), type=Style)
    except (OSError, msgspec.DecodeError):
        return None


def save(style: Style, where: Path) -> Path:
    """Write a style, whole or not at all, and return its file; raises OSError."""
    where.mkdir(parents=True, exist_ok=True)
    file = file_of(style.name, where)
    fresh = file.with_name(file.name + ".new")
    fresh.write_bytes(msgspec.json.format(msgspec.json.encode(style)))
    fresh.replace(file)
    return file


def delete(name: str, where: Path) -> None:
    """Remove a style's file; a bundled style comes back as it was."""
    for file in where.glob(f"*{SUFFIX}"):
        style = read(file)
        if style is not None and style.name == name:
            file.unlink(missing_ok=True)


def file_of(name: str, where: Path) -> Path:
    """Return the file for a style: the one it has already, or a free one named after it."""
    plain = re.sub(r"[^\w-]+", "-", name.lower()).strip("-")[:60] or "style"
    for number in range(MOST_STYLES):
        file = where / f"{plain}{f'-{number + 1}' if number else ''}{SUFFIX}"
        known = read(file)
        if known is None or known.name == name:
            return file
    return where / f"{plain}{SUFFIX}"
