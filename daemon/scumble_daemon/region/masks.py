"""What a model may change and what a painter sees of it: masks feathered, grown and softened."""

import math

import numpy as np

from scumble_daemon.region.arrays import (
    Floats,
    block_max,
    box_blurred,
    distance_to,
    floats,
    smoothstep,
    stretched,
)
from scumble_daemon.region.bounds import Margins
from scumble_daemon.region.morphology import grow
from scumble_protocol.geometry import Bounds, Extent
from scumble_protocol.jobs import Direction

SHOWN_FULLY_AT = 0.5
"""Inside a soft selection the result is opaque from this grey on."""
EDGE_PX = 4.0
"""Within this distance of the selection's edge its greys are coverage and stay as they are."""
HARD_FROM = 0.5
THICKNESS_GRID = 512
_NOTHING, _ALL = 1 / 1024, 0.99


def denoise_mask(selection: Floats, margins: Margins, *, soft: bool = True) -> Floats:
    """Return how much the model may change: the selection, grown and feathered about that edge.

    selection: float32 [H, W] in 0..1, of which the margins' reach must lie inside the array or
    beyond the canvas. Larger than the selection, so that what is seen of the result lies wholly
    where the model was free; never below it; 0 beyond `margins.reach_px` (√½ of the feather more
    along diagonals). Values over 0.99 are 1. Greys inside the selection stay what they are: only
    its edge is grown, as strong as it is there, so white does not flow over the grey beside it.
    With `soft` off the mask is 0 or 1: the selection from grey 0.5 on, grown.
    """
    if np.all(selection == 1):
        return selection
    if not soft:
        return grow(_hard(selection), margins.grow_px)
    wide, feather_px = margins.grow_px, margins.feather_px
    if np.all((selection == 0) | (selection == 1)):
        grown = _blurred(grow(selection, wide), feather_px)
        return _settled(np.maximum(grown, selection))
    deep = _depth_share(selection)
    edge = np.where(deep < 1, selection, np.float32(0))
    # Under the feather the edge goes on inwards, or the blur would take it for a thin line.
    inward = np.where(selection > 0, grow(edge, feather_px / 2), np.float32(0))
    grown = _blurred(np.maximum(grow(edge, wide), inward), feather_px)
    return _settled(np.maximum(grown * (1 - deep), selection))


def fading_mask(
    selection: Floats, margins: Margins, direction: Direction = Direction.INSIDE
) -> Floats:
    """Return how much the model may change where it paints anew: as far as its paint is seen.

    New paint that ends beyond the visible fade ends in nothing that was there before, and the fade
    then shows two unrelated pictures through each other. Given the fade itself, the model is held
    to the original ever longer towards the edge (see `soften`) and paints the way out of it.
    Nowhere above the selection with direction inside, so greys stay what they are.
    """
    if np.all(selection == 1):
        return selection
    return feather(selection, margins.blend_px, direction)


def shown_mask(
    selection: Floats,
    margins: Margins,
    direction: Direction = Direction.INSIDE,
    *,
    soft: bool = True,
) -> Floats:
    """Return how much of the result is seen: the mask that the new layer carries.

    With direction inside it is exactly 0 wherever the selection is 0. With `soft` off the
    selection is taken as hard from grey 0.5 on.

    Greys of a soft selection already hold the model back (see `soften`); to show its paint through
    the same greys again would lay two versions of one thing over each other. So deep inside the
    selection the result is opaque from grey 0.5 on and fades below that; within 4 px of the edge a
    grey is the coverage of an edge pixel and stays.
    """
    if np.all(selection == 1):
        return selection
    if not soft:
        return feather(_hard(selection), margins.blend_px, direction)
    opaque = np.minimum(selection / np.float32(SHOWN_FULLY_AT), 1)
    lifted = selection + (opaque - selection) * _depth_share(selection)
    return feather(lifted, margins.blend_px, direction)


def feather(mask: Floats, width_px: float, direction: Direction) -> Floats:
    """Return a mask [H, W] in 0..1 with an edge that fades over a width, on one side of it or both.

    Inside: `feather_inside`. Outside: full wherever the mask was, fading beyond it. Centred: half
    of the width on either side; thin parts keep full strength along their middle. The canvas edge
    is no edge of the mask.
    """
    if direction is Direction.INSIDE:
        return feather_inside(mask, width_px)
    if direction is Direction.OUTSIDE:
        wide = _blurred(grow(mask, width_px / 2), width_px)
        return _settled(np.maximum(wide, mask))
    middle = feather_inside(mask, width_px / 2)
    return _settled(np.maximum(_blurred(mask, width_px), middle))


def feather_inside(mask: Floats, width_px: float) -> Floats:
    """Return a mask [H, W] in 0..1 that fades to its edge without ever reaching over it.

    `min(mask, smoothstep(distance to the nearest 0 / width))`: nowhere above the mask, so 0 where
    the mask is 0, and a soft edge wider than the feather stays as it was drawn. The width is at
    most half of the local half-thickness, so small and thin parts reach full strength too.
    """
    support = Bounds.of_mask(mask)
    if width_px <= 0.5 or support is None:
        return mask
    window = support.padded(1).clamped(Extent.of(mask)).slices
    feathered = np.zeros_like(mask)
    depth = distance_to(mask[window] <= 0)
    width = np.clip(_half_thickness(depth, 2 * width_px) / 2, 0.5, width_px)
    ramp = smoothstep(floats((depth - np.float32(0.5)) / width))
    feathered[window] = np.minimum(mask[window], ramp)
    return feathered


def _half_thickness(depth: Floats, limit_px: float) -> Floats:
    """Return about how thick a shape is around each pixel: the radius of discs that fit near it.

    depth: float32 [H, W], distance to the nearest pixel outside the shape. A pixel takes the
    largest radius up to the limit such that discs of it and of every smaller one (in steps of √2)
    fit into the shape with their centres within 1.6 radii. That takes in the corners of
    rectangles, while a thin tail does not count as thick for the body it hangs on. Found on a grid
    of at most 512 cells a side and smoothed, as a width that jumps would show.
    """
    fine = Extent.of(depth)
    factor = math.ceil(fine.longest_side / THICKNESS_GRID)
    coarse = block_max(np.minimum(depth, np.float32(4 * limit_px)), factor)
    thickness = np.ones_like(coarse)
    thick = coarse > 0
    radius = limit_px / math.sqrt(2) ** max(math.floor(2 * math.log2(max(limit_px, 1))), 0)
    while radius <= limit_px * 1.001 and thick.any():
        thick &= distance_to(coarse >= radius) * factor <= 1.6 * radius + factor
        thickness[thick] = radius
        radius *= math.sqrt(2)
    inside = (coarse > 0).astype(np.float32)
    width = _odd(limit_px / 8 / factor)
    weight = np.maximum(box_blurred(inside, width), np.float32(1e-6))
    mean = floats(box_blurred(thickness * inside, width) / weight)
    smooth = np.minimum(mean, 2 * thickness)  # a body beside a thin part does not thicken it
    whole = Extent(coarse.shape[1] * factor, coarse.shape[0] * factor)
    return stretched(smooth, whole)[: fine.height, : fine.width]


def _blurred(mask: Floats, width_px: float) -> Floats:
    """Return a mask whose hard edges became ramps of a width, by two box blurs (a tent)."""
    width = _odd(width_px / 2)
    return mask if width == 1 else box_blurred(box_blurred(mask, width), width)


def _odd(px: float) -> int:
    return 2 * round(max(px - 1, 0) / 2) + 1


def _depth_share(selection: Floats) -> Floats:
    """Return 0 at the edge pixels of a selection and outside, 1 from 4 px further in."""
    depth = distance_to(selection <= 0)
    return floats(np.clip((depth - 1) / np.float32(EDGE_PX), 0, 1))


def _hard(mask: Floats) -> Floats:
    return (mask >= HARD_FROM).astype(np.float32)


def _settled(mask: Floats) -> Floats:
    """Return a mask with what no eye can see cut off at both ends."""
    settled = np.where(mask > np.float32(_ALL), np.float32(1), mask)
    settled[settled < np.float32(_NOTHING)] = 0
    return settled
