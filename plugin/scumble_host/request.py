"""From a command and a document's pixels to the message that asks the bridge for paint."""

import random
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scumble_host.commands import Command, Giving, Selecting
from scumble_host.fields import FACTOR, LARGEST_SEED, PROMPT, SEED, Value, nested
from scumble_host.pipe import Buffer


class RefusedError(Exception):
    """The command cannot be done on this document; the message is fit for a painter."""


@dataclass(frozen=True)
class Canvas:
    """A document as it is seen, and what of it is selected.

    pixels: 8 bits a channel, sRGB, straight alpha, rows from the top; None where not asked for.
    layout: ``rgba8`` or ``bgra8``.
    selection: one byte a pixel, white where it may change; None where nothing is selected.
    depth: a layer of the canvas' size, laid out as the pixels; None where it is to be estimated.
    """

    width: int
    height: int
    pixels: Buffer | None = None
    layout: str = "rgba8"
    selection: Buffer | None = None
    depth: Buffer | None = None


@dataclass(frozen=True)
class Limits:
    """The largest picture that the daemon takes."""

    side: int
    pixels: int


def new_id() -> str:
    """Return a fresh id for a job: 22 characters, 128 random bits."""
    return secrets.token_urlsafe(16)


def check(
    command: Command,
    size: tuple[int, int],
    *,
    selected: bool,
    values: Mapping[str, Value],
    limits: Limits | None = None,
) -> None:
    """Refuse what cannot work before any pixel is read. Raises RefusedError with the reason.

    limits: of the daemon, where it was reached already.
    """
    if command.selecting is Selecting.NEEDED and not selected:
        raise RefusedError(
            "Nothing is selected, so there is no place to paint in. Nothing was changed; select "
            "where new paint may go, or use Refine for the whole picture."
        )
    if command.needs_words and not _words(values):
        asked = next(f.label for f in command.fields if f.name == PROMPT.name).replace("_", "")
        raise RefusedError(
            f"“{asked}” is empty, so there is nothing to go by. Nothing was changed; say it in a "
            "few words."
        )
    width, height = size
    if command.expands:
        left, top, right, bottom = edges(values)
        if not (left or top or right or bottom):
            raise RefusedError(
                "The canvas would stay as it is: give at least one side some pixels."
            )
        width, height = width + left + right, height + top + bottom
    instead = "crop it or scale it down first"
    if command.giving is Giving.SCALED:
        width, height = enlarged((width, height), values)
        instead = "choose a smaller factor"
    if limits and (max(width, height) > limits.side or width * height > limits.pixels):
        raise RefusedError(
            f"A canvas of {width} × {height} pixels is larger than Scumble takes "
            f"({limits.side} a side, {limits.pixels // 1_000_000} million pixels). Nothing was "
            f"changed; {instead}."
        )


def painted_without_words(command: Command, values: Mapping[str, Value]) -> bool:
    """Tell whether new paint was asked for without a word of what it shall be."""
    return command.giving is Giving.LAYERS and not command.expands and not _words(values)


def _words(values: Mapping[str, Value]) -> str:
    return str(values.get(PROMPT.name, "")).strip()


def edges(values: Mapping[str, Value]) -> tuple[int, int, int, int]:
    """Return how far the canvas grows: left, top, right, bottom, in pixels."""
    left, top, right, bottom = (int(values.get(s, 0)) for s in ("left", "top", "right", "bottom"))
    return left, top, right, bottom


def enlarged(size: tuple[int, int], values: Mapping[str, Value]) -> tuple[int, int]:
    """Return the width and height that an upscaled picture will have."""
    factor = float(values.get(FACTOR.name, FACTOR.default))
    width, height = (max(side, round(side * factor)) for side in size)
    return width, height


def submission(
    command: Command, values: Mapping[str, Value], canvas: Canvas, job_id: str
) -> tuple[dict[str, Any], tuple[Buffer, ...]]:
    """Return the header and the buffers that submit a job; a seed is drawn where none is given."""
    fields = nested(command.fields, values)
    model = fields.pop("model", None)
    expand = fields.pop("expand", None)
    for own in ("depth_layer", "factor"):  # what the plug-in itself makes something of
        fields.pop(own, None)
    if SEED in command.fields:
        fields.setdefault("seed", random.randrange(LARGEST_SEED))  # noqa: S311 - no secret
    if command.sends_size:
        fields |= {"width": canvas.width, "height": canvas.height}
    if command.giving is Giving.SCALED:
        width, height = enlarged((canvas.width, canvas.height), values)
        fields |= {"width": width, "height": height}
    pictures: list[dict[str, Any]] = []
    buffers: list[Buffer] = []

    def add(role: str, layout: str, pixels: Buffer) -> None:
        size = {"width": canvas.width, "height": canvas.height}
        pictures.append({"role": role, "layout": layout, "buffer": len(buffers), **size})
        buffers.append(pixels)

    if command.sends_picture and canvas.pixels is not None:
        add("image", canvas.layout, canvas.pixels)
    if command.selecting is not Selecting.IGNORED and canvas.selection is not None:
        add("selection", "gray8", canvas.selection)
    if canvas.depth is not None:
        add("depth_map", canvas.layout, canvas.depth)
    header: dict[str, Any] = {
        "type": "submit",
        "request": job_id,
        "job": job_id,
        "task": command.task,
        "model": model,
        "fields": fields,
        "pictures": pictures,
        "expand": expand if command.expands else None,
    }
    return header, tuple(buffers)
