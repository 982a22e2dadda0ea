"""What guides a model besides words: ControlNets and references, each looking at a layer."""

import msgspec
import numpy as np

from scumble_editor.document.document import Document
from scumble_editor.document.errors import DocumentError, NoSuchLayerError
from scumble_editor.document.layer import Layer
from scumble_editor.generation.settings import Settings
from scumble_protocol.images import Image, Pictures
from scumble_protocol.tasks import Control, Options, Reference


def guided(document: Document, settings: Settings, pictures: Pictures) -> Options:
    """Return the options of a job, with the pictures that its guides look at added.

    Raises DocumentError where a layer that is looked at is gone or empty.
    """
    controls = tuple(
        Control(
            name=guide.name,
            condition=guide.condition,
            image=None if guide.layer is None else _whole(document, guide.layer, pictures),
            weight=guide.weight,
            start=guide.start,
            end=guide.end,
        )
        for guide in settings.controls
    )
    references = tuple(
        Reference(
            name=likeness.name,
            image=_painted(document, likeness.layer, pictures),
            weight=likeness.weight,
        )
        for likeness in settings.references
    )
    return msgspec.structs.replace(settings.options, controls=controls, references=references)


def _whole(document: Document, layer_id: str, pictures: Pictures) -> Image:
    """Add a layer's pixels over the canvas, on black where it has none."""
    rgba = _layer(document, layer_id).read(document.bounds)
    over_black = rgba[..., :3].astype(np.uint16) * rgba[..., 3:] // 255
    return pictures.add(over_black.astype(np.uint8))


def _painted(document: Document, layer_id: str, pictures: Pictures) -> Image:
    """Add the part of a layer that has paint."""
    layer = _layer(document, layer_id)
    bounds = layer.content_bounds()
    if bounds is None:
        raise DocumentError(
            f"“{layer.name}” is a reference but has no paint. Nothing was sent; choose another."
        )
    return pictures.add(layer.read(bounds))


def _layer(document: Document, layer_id: str) -> Layer:
    try:
        return document.layer(layer_id)
    except NoSuchLayerError as error:
        raise DocumentError(
            "A layer that guides the model is gone. Nothing was sent; choose another one under "
            "More in the Generate panel."
        ) from error
