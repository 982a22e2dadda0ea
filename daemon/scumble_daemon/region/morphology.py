"""Growing and shrinking of soft masks by a Euclidean distance: grey-level dilation by a disc."""

import math

import numpy as np

from scumble_daemon.region.arrays import Floats, block_max, distance_to, floats, stretched
from scumble_protocol.geometry import Bounds, Extent

EXACT_RADIUS_PX = 64
"""Soft masks are grown exactly up to here; beyond, on a grid coarser by radius / this."""
STRIP_ROWS = 512
_ROUNDING = 1e-4  # px, below any gap between distances on the grid at these radii


def grow(mask: Floats, radius_px: float) -> Floats:
    """Return a mask [H, W] in 0..1 grown by a distance, soft edges kept as they are.

    Every pixel takes the greatest value within `radius_px` (Euclidean, between pixel centres):
    grey-level dilation by a disc. A hard mask is grown by its exact distance transform. A soft one
    is grown exactly up to 64 px; above, on a grid coarser by radius / 64, so that its outline may
    be off by two cells of that grid. Never below the mask itself.
    """
    bounds = Bounds.of_mask(mask)
    if radius_px < 1 or bounds is None:
        return mask
    window = bounds.padded(math.ceil(radius_px)).clamped(Extent.of(mask))
    inside = mask[window.slices]
    grown = np.zeros_like(mask)
    if np.all((inside == 0) | (inside == 1)):
        near = distance_to(inside > 0) <= radius_px + _ROUNDING
        grown[window.slices] = near
    else:
        grown[window.slices] = _grow_soft(inside, radius_px)
    return grown


def shrink(mask: Floats, radius_px: float) -> Floats:
    """Return a mask [H, W] in 0..1 shrunk by a distance, soft edges kept as they are.

    The dual of `grow`: every pixel takes the least value within `radius_px`. The canvas edge is
    no edge of the selection, so nothing shrinks away from it.
    """
    return floats(np.minimum(1 - grow(1 - mask, radius_px), mask))


def _grow_soft(mask: Floats, radius_px: float) -> Floats:
    factor = math.ceil(radius_px / EXACT_RADIUS_PX)
    if factor == 1:
        return _dilated(mask, radius_px)
    # Half a cell more, as a block counts from its centre: errors fall on both sides alike.
    coarse = _dilated(block_max(mask, factor), radius_px / factor + 0.5)
    # The blocks at the right and bottom may be cut, so stretch to whole blocks first.
    whole = Extent(coarse.shape[1] * factor, coarse.shape[0] * factor)
    fine = stretched(coarse, whole)[: mask.shape[0], : mask.shape[1]]
    return np.maximum(fine, mask)


def _dilated(mask: Floats, radius_px: float) -> Floats:
    """Return the exact dilation by a disc, in strips to bound the memory it takes."""
    reach = math.floor(radius_px + _ROUNDING)
    padded = np.pad(mask, reach)
    height = mask.shape[0]
    strips = [
        _dilated_strip(padded[top : min(top + STRIP_ROWS, height) + 2 * reach], reach, radius_px)
        for top in range(0, height, STRIP_ROWS)
    ]
    return np.concatenate(strips)


def _dilated_strip(padded: Floats, reach: int, radius_px: float) -> Floats:
    """Return the dilation of the middle of an array that has `reach` px more on each side.

    A disc is a stack of rows; the maximum along a row of any length is that of two overlapping
    windows of a power of two (a sparse table), so the cost grows with the radius, not its square.
    """
    windows = [padded]  # windows[k][y, x] is the greatest of padded[y, x : x + 2**k]
    while (2 << (len(windows) - 1)) <= 2 * reach + 1:
        step = 1 << (len(windows) - 1)
        windows.append(np.maximum(windows[-1][:, :-step], windows[-1][:, step:]))
    height, width = padded.shape[0] - 2 * reach, padded.shape[1] - 2 * reach
    grown = np.zeros((height, width), dtype=np.float32)
    for dy in range(reach + 1):
        half = math.floor(math.sqrt(max((radius_px + _ROUNDING) ** 2 - dy * dy, 0)))
        half = min(half, reach)
        k = (2 * half + 1).bit_length() - 1
        left, right = reach - half, reach + half + 1 - (1 << k)
        window = windows[k]
        rows = np.maximum(window[:, left : left + width], window[:, right : right + width])
        np.maximum(grown, rows[reach - dy : reach - dy + height], out=grown)
        np.maximum(grown, rows[reach + dy : reach + dy + height], out=grown)
    return grown
