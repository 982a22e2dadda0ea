"""Edits of the selection: shapes combined, edges moved and softened, by colour, from alpha."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from scumble_editor.document import soft_masks
from scumble_editor.document.composite import composite
from scumble_editor.document.document import Document
from scumble_editor.document.errors import DocumentError
from scumble_editor.document.formats import Pixels
from scumble_editor.document.layer import Layer
from scumble_editor.document.selection import Combine, Selection
from scumble_protocol.geometry import Point

_FARTHEST_PX = 2000


def select(document: Document, selection: Selection, how: Combine = Combine.REPLACE) -> Document:
    """Combine a selection with the one that is there; what lies off the canvas is cut away."""
    fresh = selection.clamped(document.bounds)
    if document.selection is not None:
        fresh = document.selection.combined(fresh, how)
    elif how is Combine.SUBTRACT:
        fresh = Selection.of_rectangle(document.bounds).minus(fresh)
    return replace(document, selection=fresh)


def select_all(document: Document) -> Document:
    """Select the whole canvas."""
    return replace(document, selection=Selection.of_rectangle(document.bounds))


def deselect(document: Document) -> Document:
    """Drop the selection: edits then reach everything."""
    return document if document.selection is None else replace(document, selection=None)


def invert(document: Document) -> Document:
    """Select what is not selected, and nothing where everything was."""
    selection = document.selection
    if selection is None:
        return replace(document, selection=Selection())
    return replace(document, selection=selection.inverted(document.bounds))


def grow(document: Document, px: int) -> Document:
    """Enlarge the selection by a distance on every side."""
    return _reshaped(document, px, lambda mask: soft_masks.grown(mask, px))


def shrink(document: Document, px: int) -> Document:
    """Make the selection smaller on every side but those along the canvas's edge."""
    return _reshaped(document, px, lambda mask: soft_masks.shrunk(mask, px))


def feather(document: Document, px: float) -> Document:
    """Soften the edge of the selection over a distance on either side of it."""
    return _reshaped(document, int(2 * px) + 1, lambda mask: soft_masks.feathered(mask, px))


def border(document: Document, px: int) -> Document:
    """Select a band along the edge of the selection."""
    return _reshaped(document, px, lambda mask: soft_masks.bordered(mask, px))


def move_selection(document: Document, dx: int, dy: int) -> Document:
    """Move the selection over the canvas, not what is selected."""
    moved = _existing(document).moved(dx, dy).clamped(document.bounds)
    return replace(document, selection=moved)


def select_colour(
    document: Document,
    colour: tuple[int, int, int, int],
    tolerance: int,
    *,
    softness: int = 0,
    layer_id: str | None = None,
    how: Combine = Combine.REPLACE,
) -> Document:
    """Select all that is like a colour (rgba, 0 to 255), in a layer or, for None, in the picture.

    `tolerance` and `softness` are levels of a channel, 0 to 255.
    """
    rgba = _picture(document, layer_id)
    alike = soft_masks.like_colour(rgba, _rgba(colour), tolerance, softness)
    return select(document, Selection.of(alike), how)


def wand(
    document: Document,
    at: Point,
    tolerance: int,
    *,
    gap_px: int = 0,
    layer_id: str | None = None,
    how: Combine = Combine.REPLACE,
) -> Document:
    """Select what is like a pixel and hangs together with it; see `region_at`."""
    return select(
        document, region_at(document, at, tolerance, gap_px=gap_px, layer_id=layer_id), how
    )


def region_at(
    document: Document, at: Point, tolerance: int, *, gap_px: int = 0, layer_id: str | None = None
) -> Selection:
    """Return what is like a pixel of the canvas and hangs together with it.

    Looks at one layer, or at the merged picture for None. Openings up to `gap_px` wide are not
    passed through. Nothing is selected from a place off the canvas.
    """
    if not (0 <= at.x < document.size.width and 0 <= at.y < document.size.height):
        return Selection()
    rgba = _picture(document, layer_id)
    alike = soft_masks.like_colour(rgba, rgba[at.y, at.x], tolerance)
    return Selection.of(soft_masks.connected(alike, (at.x, at.y), gap_px))


def select_alpha(document: Document, layer_id: str, how: Combine = Combine.REPLACE) -> Document:
    """Select a layer's paint, by how much it covers."""
    layer = document.layer(layer_id)
    return select(document, Selection.of(_picture(document, layer.id)[..., 3]), how)


def select_mask(document: Document, node_id: str, how: Combine = Combine.REPLACE) -> Document:
    """Select what a node's mask shows; raises DocumentError where it has none."""
    mask = document.find(node_id).mask
    if mask is None:
        raise DocumentError("This layer has no mask to select from.")
    return select(document, Selection.of(mask.read(document.bounds)), how)


def _reshaped(document: Document, reach_px: int, change: Callable[[Pixels], Pixels]) -> Document:
    """Change the selection by a function of an array that reaches a little past what it holds."""
    if not 0 <= reach_px <= _FARTHEST_PX:
        raise DocumentError(f"A distance lies between 0 and {_FARTHEST_PX} pixels.")
    selection = _existing(document)
    inside = selection.bounds
    area = None if inside is None else inside.padded(reach_px + 1).intersection(document.bounds)
    if area is None:
        return document
    changed = change(selection.read(area))
    return replace(document, selection=Selection.of(changed, Point(area.x, area.y)))


def _existing(document: Document) -> Selection:
    if document.selection is None:
        raise DocumentError("Nothing is selected; select something first.")
    return document.selection


def _picture(document: Document, layer_id: str | None) -> Pixels:
    if layer_id is None:
        return composite(document)
    layer: Layer = document.layer(layer_id)
    return layer.read(document.bounds)


def _rgba(colour: tuple[int, int, int, int]) -> Pixels:

    return np.array(colour, np.uint8)
