"""Edits of layer masks: add, paint, apply, and their traffic with the selection."""

from dataclasses import replace

import numpy as np

from scumble_editor.document.document import Document
from scumble_editor.document.errors import DocumentError, LockedLayerError
from scumble_editor.document.formats import GRAY8, Pixels
from scumble_editor.document.layer import AnyNode, Mask
from scumble_editor.document.pixel_math import without_hidden_colour
from scumble_editor.document.tiles import Tiles
from scumble_protocol.geometry import Bounds, Point


def add_mask(document: Document, node_id: str, *, shows_all: bool = True) -> Document:
    """Give a node a mask: white, or in the shape of the selection, or black to hide it.

    With a selection the mask shows what is selected; `shows_all` of False turns either round.
    """
    node = _unlocked(document, node_id)
    if node.mask is not None:
        raise DocumentError(f"“{node.name}” has a mask already.")
    if document.selection is None:
        return _with_mask(document, node_id, Mask(Tiles(GRAY8, default=255 if shows_all else 0)))
    selection = document.selection
    shown = selection if shows_all else selection.inverted(document.bounds)
    return _with_mask(document, node_id, Mask(shown.pixels))


def mask_from_alpha(document: Document, layer_id: str) -> Document:
    """Give a layer a mask with the shape of its own paint."""
    layer = document.layer(layer_id)
    _unlocked(document, layer_id)
    inside = layer.content_bounds()
    tiles = Tiles(GRAY8)
    if inside is not None:
        tiles = tiles.written(layer.read(inside)[..., 3], Point(inside.x, inside.y))
    return _with_mask(document, layer_id, Mask(tiles))


def delete_mask(document: Document, node_id: str) -> Document:
    """Take a node's mask off; all of it shows again."""
    _existing(document, node_id)
    return _with_mask(document, node_id, None)


def set_mask_enabled(document: Document, node_id: str, enabled: bool) -> Document:
    """Let a mask work or set it aside."""
    mask = _existing(document, node_id)
    return _with_mask(document, node_id, replace(mask, enabled=enabled))


def invert_mask(document: Document, node_id: str) -> Document:
    """Show what a mask hides and hide what it shows."""
    mask = _existing(document, node_id)
    tiles = Tiles(GRAY8, default=255 - mask.pixels.default)
    fresh = tiles.replaced({key: 255 - tile for key, tile in mask.pixels.mapping.items()})
    return _with_mask(document, node_id, replace(mask, pixels=fresh))


def paint_mask(
    document: Document,
    node_id: str,
    coverage: Pixels,
    at: Point,
    value: int,
    *,
    opacity: float = 1.0,
    base: Mask | None = None,
) -> Document:
    """Bring a mask towards a grey value through a coverage: uint8 [H, W], within the selection.

    `base` is the mask from before the stroke, where the coverage is that of a whole stroke.
    """
    mask = _existing(document, node_id)
    source = mask if base is None else base
    area = Bounds(at.x, at.y, int(coverage.shape[1]), int(coverage.shape[0]))

    def lay(view: Pixels, place: Bounds) -> None:
        on_canvas = place.moved(mask.offset.x, mask.offset.y)
        part = coverage[on_canvas.relative_to(area).slices].astype(np.float32) * (opacity / 255)
        if document.selection is not None:
            part *= document.selection.read(on_canvas) * np.float32(1 / 255)
        before = source.read(on_canvas)
        view[...] = before + (value - before.astype(np.float32)) * part + 0.5

    fresh = mask.pixels.edited(area.relative_to(mask.offset), lay)
    if fresh is mask.pixels:
        return document
    return _with_mask(document, node_id, replace(mask, pixels=fresh))


def set_mask(document: Document, node_id: str, mask: Mask | None) -> Document:
    """Give a node another mask, or none."""
    _unlocked(document, node_id)
    return _with_mask(document, node_id, mask)


def apply_mask(document: Document, layer_id: str) -> Document:
    """Make a mask's effect a part of the layer's pixels and take the mask off."""
    mask = _existing(document, layer_id)
    layer = document.layer(layer_id)

    def cut(tile: Pixels, place: Bounds) -> Pixels:
        values = mask.read(place.moved(layer.offset.x, layer.offset.y))
        product = tile[..., 3].astype(np.uint16) * values
        alpha = ((product + 127) // 255).astype(np.uint8)
        return without_hidden_colour(np.dstack([tile[..., :3], alpha]))

    pixels = layer.pixels.mapped(cut) if mask.enabled else layer.pixels
    return document.changed(layer_id, lambda _: replace(layer, pixels=pixels, mask=None))


def _existing(document: Document, node_id: str) -> Mask:
    node = _unlocked(document, node_id)
    if node.mask is None:
        raise DocumentError(f"“{node.name}” has no mask; add one first.")
    return node.mask


def _unlocked(document: Document, node_id: str) -> AnyNode:
    node = document.find(node_id)
    if node.locked:
        raise LockedLayerError.for_name(node.name)
    return node


def _with_mask(document: Document, node_id: str, mask: Mask | None) -> Document:
    return document.changed(node_id, lambda node: replace(node, mask=mask))
