"""A result's mask made anew from where it was painted, without running anything."""

from dataclasses import replace

import cv2
import numpy as np

from scumble_editor.document.errors import DocumentError
from scumble_editor.document.formats import Pixels
from scumble_editor.document.layer import Layer, Mask
from scumble_editor.document.selection import Selection
from scumble_protocol.geometry import Bounds
from scumble_protocol.tasks import Direction

_HARD = 0.5  # px over which an edge without feather is smooth


def refeathered(
    layer: Layer, selection: Selection | None, feather_px: float, direction: Direction
) -> Layer:
    """Return a layer whose mask fades over a width at the edge of the place it was painted in.

    selection: that place; None takes the mask that is there, from grey one half on.
    Inside, nothing shows beyond the place; centred, half of the width lies on either side; outside,
    all of the place shows in full. Beyond the paint there is none to show.
    Raises DocumentError where there is neither selection nor mask.
    """
    paint = layer.content_bounds()
    if paint is None:
        raise DocumentError("There is no paint on this layer; nothing was changed.")
    around = paint.padded(1)
    place = _place(layer, selection, around)
    coverage = faded(place, feather_px, direction)
    inside = paint.relative_to(around).slices
    return replace(layer, mask=Mask.of(np.ascontiguousarray(coverage[inside]), paint.origin))


def faded(place: Pixels, feather_px: float, direction: Direction) -> Pixels:
    """Return a soft mask, uint8 [H, W], from a place of the same form.

    A smooth step (3t² - 2t³) over the signed distance to where the place is half selected, or
    selected at all where it is nowhere more. Inside, it is never above the place.
    """
    signed = _distance(place)
    width = max(feather_px, _HARD)
    shift = {Direction.INSIDE: 0.0, Direction.CENTRED: 0.5, Direction.OUTSIDE: 1.0}[direction]
    ramp = np.clip(signed / width + shift, 0, 1)
    smooth = ramp * ramp * (3 - 2 * ramp) * 255
    if direction is Direction.INSIDE:
        smooth = np.minimum(smooth, place)
    return (smooth + 0.5).astype(np.uint8)


def _place(layer: Layer, selection: Selection | None, around: Bounds) -> Pixels:
    if selection is not None:
        return selection.read(around)
    if layer.mask is None:
        raise DocumentError("All of this layer shows; it has no mask whose edge could be softened.")
    shown = layer.mask.read(around)
    return np.where(shown >= 128, np.uint8(255), np.uint8(0))


def _distance(place: Pixels) -> Pixels:
    """Return how far inside (positive) or outside of the place each pixel lies, in px."""
    half = min(128, max(int(place.max()), 1))
    selected = (place >= half).astype(np.uint8)
    precise = cv2.DIST_MASK_PRECISE
    inside = np.asarray(cv2.distanceTransform(selected, cv2.DIST_L2, precise))
    outside = np.asarray(cv2.distanceTransform(1 - selected, cv2.DIST_L2, precise))
    return np.where(selected == 1, inside - 0.5, 0.5 - outside)
