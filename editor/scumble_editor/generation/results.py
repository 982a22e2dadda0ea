"""From a finished job to one edit of its document: a layer, a group of variants, or a selection."""

from dataclasses import dataclass, replace

import msgspec

from scumble_editor.document import tree
from scumble_editor.document.document import Document
from scumble_editor.document.edits.results import Result
from scumble_editor.document.edits.selection import select
from scumble_editor.document.errors import DocumentError, NoSuchLayerError
from scumble_editor.document.layer import Group, Layer
from scumble_editor.document.selection import Selection
from scumble_editor.generation.settings import Settings
from scumble_protocol.jobs import Job
from scumble_protocol.painted import Painted
from scumble_protocol.tasks import Depth, DiffEditSelect

LONGEST_NAME = 48


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Finished:
    """A job that was painted, with everything that was asked and everything that came.

    above: the layer it was asked from, above which it goes.
    """

    job: Job
    settings: Settings
    painted: Painted
    above: str | None = None


def with_result(document: Document, finished: Finished) -> Document:
    """Return the document with a result in it, as one edit.

    Paint becomes a layer with its own mask and recipe, or a group of variants of which the first
    is shown, above the layer it was asked from; a found place becomes the selection.
    """
    layers = finished.painted.layers
    if not layers:
        raise DocumentError("The model gave nothing back; nothing was changed. Paint once more.")
    if isinstance(finished.job.task, DiffEditSelect):
        first = layers[0]
        found = Selection.of(first.pixels, first.bounds.origin)
        return select(document, found)
    variants = as_layers(finished)
    if len(variants) == 1:
        return _put(document, variants[0], variants[0].id, finished.above)
    children = tuple(replace(layer, visible=layer is variants[0]) for layer in reversed(variants))
    group = Group(name=name_of(finished.job), children=children, isolated=False)
    return _put(document, group, variants[0].id, finished.above)


def as_layers(finished: Finished) -> tuple[Layer, ...]:
    """Return every variant as a layer, the first of them first."""
    layers = finished.painted.layers
    return tuple(
        Result(
            pixels=layer.pixels,
            at=layer.bounds.origin,
            mask=layer.mask,
            name=name_of(finished.job, number, len(layers)),
            recipe=recipe_of(finished.job, finished.settings, layer.seed),
        ).as_layer()
        for number, layer in enumerate(layers)
    )


def recipe_of(job: Job, settings: Settings, seed: int) -> str:
    """Return the JSON text of the job that paints one variant again, with what was asked beside.

    Who reads jobs reads it as a job; the field `settings` is for this editor.
    """
    task = msgspec.structs.replace(job.task, seed=seed, variants=1)
    text = msgspec.to_builtins(msgspec.structs.replace(job, task=task))
    asked = msgspec.structs.replace(settings, seed=seed, variants=1)
    return msgspec.json.encode({**text, "settings": msgspec.to_builtins(asked)}).decode()


def name_of(job: Job, number: int = 0, count: int = 1) -> str:
    """Return the name of a result: its prompt, cut short, and a number where there are several."""
    otherwise = "Depth" if isinstance(job.task, Depth) else "Painted"
    words = " ".join(job.task.prompt.split()) or otherwise
    if len(words) > LONGEST_NAME:
        words = words[: LONGEST_NAME - 1].rstrip() + "…"
    return f"{words} ({number + 1} of {count})" if count > 1 else words


def _put(document: Document, node: Layer | Group, active: str, above: str | None) -> Document:
    try:
        layers = tree.inserted(document.layers, (node,), above or document.active_id)
    except NoSuchLayerError:  # it was deleted meanwhile
        layers = tree.inserted(document.layers, (node,), document.active_id)
    return replace(document, layers=layers, active_id=active)
