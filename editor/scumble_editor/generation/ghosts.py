"""Previews as layers: small pictures stretched to their place, under the mask they will have."""

from dataclasses import replace

import cv2
import numpy as np

from scumble_editor.document import tree
from scumble_editor.document.document import Document
from scumble_editor.document.edits.results import with_alpha
from scumble_editor.document.errors import NoSuchLayerError
from scumble_editor.document.formats import Pixels
from scumble_editor.document.layer import Layer, Mask, new_id
from scumble_editor.document.selection import Selection
from scumble_editor.document.tiles import Tiles
from scumble_editor.generation.placing import top_of
from scumble_protocol.geometry import Bounds
from scumble_protocol.painted import Glance


def ghost_of(
    glance: Glance, canvas: Bounds, within: Selection | None, layer_id: str
) -> Layer | None:
    """Return a preview as the layer that it may become; None where it lies beside the canvas.

    within: nothing is shown outside it, to the pixel; None leaves that to the preview's own mask,
    which is coarser.
    """
    bounds = glance.bounds.intersection(canvas)
    if bounds is None:
        return None
    window = bounds.relative_to(glance.bounds).slices
    pixels = _stretched(glance.pixels, glance.bounds)[window]
    mask = None if glance.mask is None else _stretched(glance.mask, glance.bounds)[window]
    if within is not None:
        inside = within.read(bounds)
        mask = inside if mask is None else np.minimum(mask, inside)
    return Layer(
        id=layer_id,
        name="Preview",
        pixels=Tiles.of(with_alpha(np.ascontiguousarray(pixels)), bounds.origin),
        mask=None if mask is None else Mask.of(np.ascontiguousarray(mask), bounds.origin),
    )


def with_ghosts(
    document: Document, ghosts: tuple[Layer, ...], above: str | None, behind: tuple[str, ...] = ()
) -> Document:
    """Return a document with previews where their result will be: see `top_of`."""
    try:
        place = document.active_id if above is None else top_of(document, above, behind)
        layers = tree.inserted(document.layers, ghosts, place)
    except NoSuchLayerError:
        layers = (*document.layers, *ghosts)
    return replace(document, layers=layers)


def with_previews(
    document: Document, ghosts: tuple[Layer, ...], above: str | None, behind: tuple[str, ...] = ()
) -> Document:
    """Return a document in which previews have become layers of their own; the last is active."""
    layers = tuple(replace(ghost, id=new_id()) for ghost in ghosts)
    return replace(with_ghosts(document, layers, above, behind), active_id=layers[-1].id)


def _stretched(pixels: Pixels, bounds: Bounds) -> Pixels:
    size = (bounds.width, bounds.height)
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_LINEAR), np.uint8)
