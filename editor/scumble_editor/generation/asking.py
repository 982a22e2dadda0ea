"""From a document and a painter's settings to a job: the task, and the pictures it names."""

from dataclasses import dataclass, replace
from typing import TypedDict

import msgspec
import numpy as np

from scumble_editor.document.composite import composite
from scumble_editor.document.document import Document
from scumble_editor.document.errors import DocumentError
from scumble_editor.document.formats import Pixels
from scumble_editor.document.layer import AnyNode, Group
from scumble_editor.generation.actions import PaintAction, is_blank, lacking
from scumble_editor.generation.comparing import hiding
from scumble_editor.generation.expanding import feather_px
from scumble_editor.generation.guiding import guided
from scumble_editor.generation.settings import Settings, drawn_seed
from scumble_protocol.geometry import Bounds
from scumble_protocol.images import Image, Pictures
from scumble_protocol.tasks import (
    AnyTask,
    DepthToImage,
    DiffEdit,
    Fill,
    ImageToImage,
    Inpaint,
    Options,
    TextToImage,
    Upscale,
)

USUAL_FILL = {
    PaintAction.FILL: Fill.NEUTRAL,
    PaintAction.BACKGROUND: Fill.NEUTRAL,
    PaintAction.REMOVE: Fill.BORDER,
    PaintAction.EXPAND: Fill.BORDER,
}
"""What stands in the selection before painting starts; where not named, what is there."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Asked:
    """A job that may be sent: everything that a daemon needs.

    settings: as asked for, with the seed that was drawn.
    """

    task: AnyTask
    pictures: Pictures
    settings: Settings

    @property
    def model(self) -> str:
        """The model that paints it."""
        return self.settings.model


def ask(document: Document, settings: Settings) -> Asked:
    """Return the job for a document as it is, seen up to its active layer.

    Composites the canvas and names it by its content, so call it off the GUI thread. For an
    expanded canvas the document has been grown already, by `expanding.expanded`.
    Raises DocumentError where something is lacking, with a sentence that says what.
    """
    wanting = lacking(document, settings.action)
    if wanting:
        raise DocumentError(wanting)
    if settings.seed is None:
        settings = msgspec.structs.replace(settings, seed=drawn_seed())
    pictures = Pictures()
    task = _task(document, settings, pictures)
    try:
        within: AnyTask = msgspec.convert(msgspec.to_builtins(task), type=AnyTask)
    except msgspec.ValidationError as error:
        raise DocumentError(
            f"No model takes this: {error}. Nothing was sent; choose another value."
        ) from error
    return Asked(task=within, pictures=pictures, settings=settings)


def beneath(document: Document) -> Document:
    """Return what a result will lie on: the document without what is above its active layer."""
    if document.active_id is None:
        return document
    return replace(document, layers=_up_to(document.layers, document.active_id))


def seen(document: Document, pictures: Pictures) -> Image:
    """Add what a document shows to a job's pictures, without alpha where it is opaque."""
    rgba = composite(document)
    opaque = int(rgba[..., 3].min()) == 255
    return pictures.add(np.ascontiguousarray(rgba[..., :3]) if opaque else rgba)


def maps_of(settings: Settings) -> frozenset[str]:
    """Return the ids of layers that say how to paint, and are no part of what is seen."""
    depth = settings.depth_layer if settings.action is PaintAction.DEPTH else None
    guides = (guide.layer for guide in settings.controls)
    maps = (settings.strength_layer, depth, *guides)
    return frozenset(layer for layer in maps if layer is not None)


def coverage(document: Document, action: PaintAction) -> Pixels | None:
    """Return what may change: uint8 [H, W], 255 entirely; None where everything may."""
    selection = document.selection
    if selection is None or selection.empty or action is PaintAction.WHOLE:
        return None
    inside = selection.clamped(document.bounds)
    if action is PaintAction.BACKGROUND:
        inside = inside.inverted(document.bounds)
    return inside.read(document.bounds)


def changeable(document: Document, settings: Settings) -> Pixels | None:
    """Return how much each place may change: uint8 [H, W]; None where everything may, entirely.

    What is selected, and in it as much as the strength map says, where a layer was chosen as one.
    """
    place = coverage(document, settings.action)
    chosen = settings.strength_layer
    if chosen is None or not _holds(document.layers, chosen):
        return place
    most = greys(document, chosen)
    return most if place is None else (place.astype(np.uint16) * most // 255).astype(np.uint8)


def _task(document: Document, settings: Settings, pictures: Pictures) -> AnyTask:
    action = settings.action
    ground = hiding(beneath(document), maps_of(settings))
    if action is PaintAction.EXPAND and settings.feather is None:
        fade = feather_px(document, settings.sides)
        settings = msgspec.structs.replace(settings, feather=fade)
    usual = settings.region(USUAL_FILL.get(action, Fill.ORIGINAL))
    fields = _fields(settings, guided(document, settings, pictures))
    if action is PaintAction.WHOLE and settings.strength_layer is None and shows_nothing(ground):
        width, height = document.size.width, document.size.height
        return TextToImage(width=width, height=height, **fields)
    if action is PaintAction.UPSCALE:
        larger = document.size.scaled(settings.factor)
        return Upscale(
            image=seen(document, pictures),
            width=larger.width,
            height=larger.height,
            upscaler=settings.upscaler,
            refine=settings.refine,
            **fields,
        )
    image = seen(ground, pictures)
    place = changeable(document, settings)
    selection = None if place is None else pictures.add(place)
    strength = settings.strength_used
    match action:
        case PaintAction.WHOLE | PaintAction.REFINE:
            return ImageToImage(
                image=image, selection=selection, strength=strength, region=usual, **fields
            )
        case PaintAction.DEPTH:
            depth = settings.depth_layer
            return DepthToImage(
                image=image,
                selection=selection,
                depth_map=None if depth is None else pictures.add(greys(document, depth)),
                strength=strength,
                region=usual,
                **fields,
            )
        case PaintAction.EDIT:
            return DiffEdit(
                image=image,
                selection=selection,
                source_prompt=settings.source_prompt,
                inpaint_strength=strength,
                region=usual,
                **fields,
            )
    if selection is None:
        raise DocumentError("Nothing is selected, so nothing was painted. Select a place first.")
    return Inpaint(image=image, selection=selection, strength=strength, region=usual, **fields)


def shows_nothing(document: Document) -> bool:
    """Tell whether a document has no paint, or one colour all over: no picture as yet."""
    if is_blank(document):
        return True
    corner = composite(document, Bounds(0, 0, 1, 1))
    middle = composite(document, Bounds(document.size.width // 2, document.size.height // 2, 1, 1))
    return np.array_equal(corner, middle) and bool(np.all(composite(document) == corner))


def greys(document: Document, layer_id: str) -> Pixels:
    """Return a layer's brightness over the canvas, uint8 [H, W]; black where it has no paint."""
    rgba = document.layer(layer_id).read(document.bounds).astype(np.uint16)
    grey = (rgba[..., 0] * 77 + rgba[..., 1] * 150 + rgba[..., 2] * 29) // 256
    return (grey * rgba[..., 3] // 255).astype(np.uint8)


class _Fields(TypedDict):
    prompt: str
    negative_prompt: str
    steps: int | None
    guidance_scale: float | None
    scheduler: str | None
    seed: int
    variants: int
    options: Options


def _fields(settings: Settings, options: Options) -> _Fields:
    """Return the fields that every task has."""
    assert settings.seed is not None
    return {
        "prompt": settings.prompt,
        "negative_prompt": settings.negative_prompt,
        "steps": settings.steps,
        "guidance_scale": settings.guidance_scale,
        "scheduler": settings.scheduler,
        "seed": settings.seed,
        "variants": settings.variants,
        "options": options,
    }


def _up_to(nodes: tuple[AnyNode, ...], node_id: str) -> tuple[AnyNode, ...]:
    """Return a stack up to a node, groups cut off within where it lies inside one."""
    kept: list[AnyNode] = []
    for node in nodes:
        if node.id == node_id:
            return (*kept, node)
        if isinstance(node, Group) and _holds(node.children, node_id):
            return (*kept, replace(node, children=_up_to(node.children, node_id)))
        kept.append(node)
    return tuple(kept)


def _holds(nodes: tuple[AnyNode, ...], node_id: str) -> bool:
    return any(
        node.id == node_id or (isinstance(node, Group) and _holds(node.children, node_id))
        for node in nodes
    )
