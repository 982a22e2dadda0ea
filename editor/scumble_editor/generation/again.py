"""Painting again from a recipe: its pictures found in the document, its seed and steps changeable.

A recipe names its pictures by content. Where the document still shows what the recipe was painted
on, the same job gives the same pixels; where it does not, what is there now is taken, and said.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import msgspec
import numpy as np

from scumble_editor.document.document import Document
from scumble_editor.document.errors import DocumentError, NoSuchLayerError
from scumble_editor.document.formats import Pixels
from scumble_editor.document.layer import AnyNode, Group, Layer
from scumble_editor.document.selection import Selection
from scumble_editor.generation.asking import Asked, beneath, changeable, greys, maps_of, seen
from scumble_editor.generation.comparing import hiding
from scumble_editor.generation.guiding import guided
from scumble_editor.generation.recipes import job_of, settings_of
from scumble_editor.generation.settings import Settings
from scumble_protocol.images import Image, Pictures, describe
from scumble_protocol.jobs import Job, Region

_OTHER_GROUND = "What lies beneath has changed since; it was painted over what is there now."
_OTHER_PLACE = "The selection it was painted in is not known any more; its mask was taken."
_NO_DEPTH = "The depth layer it was painted with is gone; the depths are estimated anew."


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Again:
    """A job that paints a result once more, and what is different about it, in sentences."""

    asked: Asked
    notices: tuple[str, ...]


def ask_again(
    document: Document,
    layer: Layer,
    selection: Selection | None = None,
    **changes: Any,
) -> Again:
    """Return the job of a layer's recipe, with pictures found in a document.

    layer: the result, whether it is in the document or not.
    selection: where it was painted, as the gallery keeps it.
    changes: of `Settings`, such as seed, steps and variants.
    Composites the canvas, so call it off the GUI thread. Raises ScumbleError.
    """
    if layer.recipe is None:
        raise DocumentError("No model painted this layer, so there is no recipe to paint again.")
    job = job_of(layer.recipe)
    settings = msgspec.structs.replace(settings_of(layer.recipe), **changes)
    pictures = Pictures()
    notices: list[str] = []
    fields: dict[str, Any] = _changed_fields(job, changes)
    ground = _ground(document, job, layer, pictures, notices)
    if ground is not None:
        fields["image"] = ground
    wanted: Image | None = getattr(job.task, "selection", None)
    if wanted is not None:
        place = _place(document, settings, layer, selection, wanted, notices)
        fields["selection"] = pictures.add(place)
    depth: Image | None = getattr(job.task, "depth_map", None)
    if depth is not None:
        grey = _depth(document, settings, notices)
        fields["depth_map"] = None if grey is None else pictures.add(grey)
    if settings.controls or settings.references:
        fields["options"] = guided(document, settings, pictures)
    task = msgspec.structs.replace(job.task, **fields)
    return Again(
        asked=Asked(task=task, pictures=pictures, settings=settings), notices=tuple(notices)
    )


def without_results(document: Document, job: Job) -> Document:
    """Return a document without the layers that a job painted."""
    return replace(document, layers=_without(document.layers, job.id))


def _changed_fields(job: Job, changes: dict[str, Any]) -> dict[str, Any]:
    """Return what changes of settings mean for a task: its own fields, and those of its region."""
    fields = {name: value for name, value in changes.items() if hasattr(job.task, name)}
    region: Region | None = getattr(job.task, "region", None)
    if region is not None:
        inside = {name: value for name, value in changes.items() if hasattr(region, name)}
        fields["region"] = msgspec.structs.replace(region, **inside)
    return fields


def _ground(
    document: Document, job: Job, layer: Layer, pictures: Pictures, notices: list[str]
) -> Image | None:
    """Add what the recipe was painted on, or what is there now, and return its description."""
    wanted: Image | None = getattr(job.task, "image", None)
    if wanted is None:
        return None
    first: Pictures | None = None
    for candidate in _candidates(document, job, layer):
        shown = Pictures()
        image = seen(candidate, shown)
        if image == wanted:
            pictures.add(shown[image.hash])
            return image
        first = first or shown
        if first is shown:
            usual = image
    assert first is not None
    notices.append(_OTHER_GROUND)
    return pictures.add(first[usual.hash])


def _candidates(document: Document, job: Job, layer: Layer) -> Iterator[Document]:
    """Yield what may have been seen when a result was asked for, the likeliest first."""
    asked = settings_of(layer.recipe or "")
    document = hiding(document, maps_of(asked))
    bare = without_results(document, job)
    if any(node.id == layer.id for node in document.walk()):
        yield replace(bare, layers=_below(document.layers, layer.id, job.id), active_id=None)
    yield beneath(bare) if _has_active(bare) else bare
    yield bare
    yield beneath(document)


def _place(
    document: Document,
    settings: Settings,
    layer: Layer,
    selection: Selection | None,
    wanted: Image,
    notices: list[str],
) -> Pixels:
    """Return where it may paint: uint8 [H, W]; as it was, or by the result's mask."""
    found: list[Pixels] = []
    if selection is not None:
        found.append(selection.clamped(document.bounds).read(document.bounds))
    now = changeable(document, settings)
    if now is not None:
        found.append(now)
    for place in found:
        if describe(place) == wanted:
            return place
    if selection is not None:
        return found[0]
    if layer.mask is None:
        raise DocumentError(
            "The selection it was painted in is not known any more. Select the place, and paint "
            "with the words of its recipe."
        )
    notices.append(_OTHER_PLACE)
    shown = layer.mask.read(document.bounds)
    return np.where(shown > 0, np.uint8(255), np.uint8(0))


def _depth(document: Document, settings: Settings, notices: list[str]) -> Pixels | None:
    """Return the depth layer as it is now; None where it is gone."""
    if settings.depth_layer is not None:
        try:
            return greys(document, settings.depth_layer)
        except NoSuchLayerError:
            pass
    notices.append(_NO_DEPTH)
    return None


def _has_active(document: Document) -> bool:
    return any(node.id == document.active_id for node in document.walk())


def _is_of(node: AnyNode, job_id: str) -> bool:
    """Tell whether a job painted a node: a layer of its recipe, or a group of nothing else."""
    if isinstance(node, Group):
        return bool(node.children) and all(_is_of(child, job_id) for child in node.children)
    return node.recipe is not None and f'"{job_id}"' in node.recipe


def _without(nodes: tuple[AnyNode, ...], job_id: str) -> tuple[AnyNode, ...]:
    kept: list[AnyNode] = []
    for node in nodes:
        if _is_of(node, job_id):
            continue
        if isinstance(node, Group):
            node = replace(node, children=_without(node.children, job_id))
        kept.append(node)
    return tuple(kept)


def _below(nodes: tuple[AnyNode, ...], layer_id: str, job_id: str) -> tuple[AnyNode, ...]:
    """Return what lies beneath a result, groups cut off within where it lies inside one."""
    kept: list[AnyNode] = []
    for node in nodes:
        inside = isinstance(node, Group) and any(one.id == layer_id for one in _flat(node.children))
        if node.id == layer_id or (inside and _is_of(node, job_id)):
            return tuple(kept)
        if isinstance(node, Group) and inside:
            return (*kept, replace(node, children=_below(node.children, layer_id, job_id)))
        if not _is_of(node, job_id):
            kept.append(node)
    return tuple(kept)


def _flat(nodes: tuple[AnyNode, ...]) -> Iterator[AnyNode]:
    for node in nodes:
        yield node
        if isinstance(node, Group):
            yield from _flat(node.children)
