"""From a finished job to one edit of its document: a layer, a group of variants, or a selection."""

from dataclasses import dataclass, replace

import msgspec

from scumble_editor.document import tree
from scumble_editor.document.document import Document
from scumble_editor.document.edits.canvas import Resampling, scale
from scumble_editor.document.edits.results import Result
from scumble_editor.document.edits.selection import select
from scumble_editor.document.errors import DocumentError, NoSuchLayerError
from scumble_editor.document.layer import Group, Layer
from scumble_editor.document.paintings import Painting
from scumble_editor.document.selection import Combine, Selection
from scumble_editor.generation.placing import top_of
from scumble_editor.generation.settings import Settings
from scumble_protocol.geometry import Extent
from scumble_protocol.images import Image, Pictures
from scumble_protocol.jobs import Job, Report
from scumble_protocol.painted import Painted
from scumble_protocol.tasks import Depth, DiffEditSelect, Upscale

LONGEST_NAME = 48


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Finished:
    """A job that was painted, with everything that was asked and everything that came.

    above: the layer it was asked from, above which it goes.
    behind: ids of jobs that were under way from there, above whose results it goes.
    pictures: what was sent along; None where an earlier editor sent it.
    instead_of: an earlier result that is hidden when this one is there.
    how: how a place that was found meets the selection.
    """

    job: Job
    settings: Settings
    painted: Painted
    above: str | None = None
    pictures: Pictures | None = None
    instead_of: str | None = None
    behind: tuple[str, ...] = ()
    how: Combine = Combine.REPLACE


def with_result(document: Document, finished: Finished) -> Document:
    """Return the document with a result in it, as one edit.

    Paint becomes a layer with its own mask and recipe, or a group of variants of which the first
    is shown, above the layer it was asked from; a found place becomes the selection. An enlarged
    picture lies on top of everything, and the canvas becomes as large as it is, unless its size
    was changed meanwhile.
    """
    layers = finished.painted.layers
    if not layers:
        raise DocumentError("The model gave nothing back; nothing was changed. Paint once more.")
    if isinstance(finished.job.task, DiffEditSelect):
        first = layers[0]
        found = Selection.of(first.pixels, first.bounds.origin)
        return select(document, found, finished.how)
    document = _hidden(document, finished.instead_of)
    above = finished.above
    if isinstance(task := finished.job.task, Upscale):
        if document.size == task.extent:
            document = scale(document, Extent(task.width, task.height), Resampling.LANCZOS)
        above = document.layers[-1].id if document.layers else None
    variants = as_layers(finished)
    if len(variants) == 1:
        return _put(document, variants[0], variants[0].id, above, finished.behind)
    children = tuple(replace(layer, visible=layer is variants[0]) for layer in reversed(variants))
    group = Group(name=name_of(finished.job), children=children, isolated=False)
    return _put(document, group, variants[0].id, above, finished.behind)


def elsewhere(finished: Finished, document: Document) -> str:
    """Return what is to be said where a canvas is not as it was asked for; "" where it is."""
    then, now = finished.job.task.extent, document.size
    if then == now:
        return ""
    return (
        f"The canvas was {then.width} × {then.height} px when “{name_of(finished.job)}” was asked "
        f"for, and is {now.width} × {now.height} px now. The result lies as far from its upper "
        "left corner as it did then; move it where it belongs."
    )


def as_layers(finished: Finished) -> tuple[Layer, ...]:
    """Return every variant as a layer, the first of them first."""
    layers = finished.painted.layers
    return tuple(
        Result(
            pixels=layer.pixels,
            at=layer.bounds.origin,
            mask=layer.mask,
            name=name_of(finished.job, number, len(layers)) + _taken(finished.painted.report),
            recipe=recipe_of(
                finished.job, finished.settings, layer.seed, finished.painted.report.taken_after
            ),
        ).as_layer()
        for number, layer in enumerate(layers)
    )


def recipe_of(job: Job, settings: Settings, seed: int, taken_after: int | None = None) -> str:
    """Return the JSON text of the job that paints one variant again, with what was asked beside.

    Who reads jobs reads it as a job; the field `settings` is for this editor. `taken_after` says
    that the paint is that of an earlier step: done again, the job is finished.
    """
    task = msgspec.structs.replace(job.task, seed=seed, variants=1)
    text = msgspec.to_builtins(msgspec.structs.replace(job, task=task))
    asked = msgspec.structs.replace(settings, seed=seed, variants=1)
    beside = {"settings": msgspec.to_builtins(asked)}
    if taken_after is not None:
        beside["taken_after"] = taken_after
    return msgspec.json.encode({**text, **beside}).decode()


def _taken(report: Report) -> str:
    return "" if report.taken_after is None else f" (taken at step {report.taken_after})"


def name_of(job: Job, number: int = 0, count: int = 1) -> str:
    """Return the name of a result: its prompt, cut short, and a number where there are several."""
    otherwise = "Depth" if isinstance(job.task, Depth) else "Painted"
    words = " ".join(job.task.prompt.split()) or otherwise
    if len(words) > LONGEST_NAME:
        words = words[: LONGEST_NAME - 1].rstrip() + "…"
    return f"{words} ({number + 1} of {count})" if count > 1 else words


def painting_of(finished: Finished, document: Document, seconds: float) -> Painting | None:
    """Return a result as the gallery keeps it; None where it is no paint.

    Its layers are those of a document where it is in one, so that nothing is in memory twice.
    """
    if isinstance(finished.job.task, DiffEditSelect):
        return None
    mark = f'"{finished.job.id}"'
    nodes = [node for node in document.walk() if isinstance(node, Layer)]
    there = {node.recipe: node for node in nodes if node.recipe and mark in node.recipe}
    count = len(finished.painted.layers)
    layers = tuple(there.values()) if len(there) == count else as_layers(finished)
    return Painting(
        layers=tuple(sorted(layers, key=_seed_of)), seconds=seconds, selection=_selected(finished)
    )


def _seed_of(layer: Layer) -> int:
    return 0 if layer.recipe is None else msgspec.json.decode(layer.recipe, type=Job).task.seed


def _selected(finished: Finished) -> Selection | None:
    """Return where it was let paint; None where that was everywhere, or is not known."""
    image: Image | None = getattr(finished.job.task, "selection", None)
    pictures = finished.pictures
    if image is None or pictures is None or image.hash not in pictures:
        return None
    return Selection.of(pictures[image.hash])


def _hidden(document: Document, node_id: str | None) -> Document:
    if node_id is None:
        return document
    try:
        return document.changed(node_id, lambda node: replace(node, visible=False))
    except NoSuchLayerError:
        return document


def _put(
    document: Document, node: Layer | Group, active: str, above: str | None, behind: tuple[str, ...]
) -> Document:
    try:
        place = document.active_id if above is None else top_of(document, above, behind)
        layers = tree.inserted(document.layers, (node,), place)
    except NoSuchLayerError:  # it was deleted meanwhile
        layers = tree.inserted(document.layers, (node,), document.active_id)
    return replace(document, layers=layers, active_id=active)
