"""A number for how visible the edge of a result is."""

import numpy as np

from scumble_daemon.region.arrays import Floats

_FLOOR = 1 / 255
"""Added to both gradients: below one step of a byte, smooth is smooth."""


def seam_score(composed: Floats, original: Floats, mask: Floats) -> float | None:
    """Return how rough the picture is across the mask's edge, against the original there.

    composed, original: float32 [H, W, 3] in 0..1; mask: float32 [H, W] in 0..1, as shown. Over
    all pairs of neighbours p, q along rows and columns, with w = |mask p − mask q|:

        Σ w·(|composed p − composed q| + 1/255) / Σ w·(|original p − original q| + 1/255)

    where |·| is the mean over the channels. The weight is the slope of the mask, so a hard edge
    counts at its one step and a feathered one over its width. 1 is as smooth as the original,
    less is smoother, 2 is twice as rough. None where the mask has no edge.
    """
    rough, before, weight = 0.0, 0.0, 0.0
    for axis in (0, 1):
        slope = np.abs(np.diff(mask, axis=axis))
        weight += float(slope.sum(dtype=np.float64))
        rough += _across(composed, slope, axis)
        before += _across(original, slope, axis)
    if weight == 0:
        return None
    return (rough + _FLOOR * weight) / (before + _FLOOR * weight)


def _across(picture: Floats, slope: Floats, axis: int) -> float:
    step = np.abs(np.diff(picture, axis=axis)).mean(axis=2)
    return float((slope * step).sum(dtype=np.float64))
