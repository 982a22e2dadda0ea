"""A smooth field through scattered known values: the membrane that removes slow differences."""

import math

import numpy as np

from scumble_daemon.region.arrays import (
    Flags,
    Floats,
    averaged,
    floats,
    gaussian_blurred,
    stretched,
)
from scumble_protocol.geometry import Extent

GRID_SIDE = 128
SWEEPS = 48
_LEAST_WEIGHT = 1e-3


def membrane(values: Floats, known: Flags, smoothing_px: float) -> Floats:
    """Return the smoothest field that follows known values in their slow course.

    values: float32 [H, W, C]; known: bool [H, W]. Known values are averaged with a Gaussian of
    `smoothing_px` among themselves, so their noise and detail do not count; the rest solves
    Laplace's equation between them, level across the ends of the array, as a membrane stretched
    over them would (Farbman et al. 2009, "Coordinates for Instant Image Cloning", for the use;
    Perez et al. 2003, "Poisson Image Editing", for the equation). It never leaves the range of the
    known values. All 0 where nothing is known. Computed on a grid of at most 128 cells a side.
    """
    full = Extent.of(values)
    if not known.any():
        return np.zeros_like(values)
    grid = full.scaled(min(1.0, GRID_SIDE / full.longest_side))
    weight = known.astype(np.float32)
    share = averaged(weight, grid)
    total = averaged(values * weight[..., None], grid)
    sigma = max(smoothing_px * grid.longest_side / full.longest_side, 0.5)
    near, spread = gaussian_blurred(share, sigma), gaussian_blurred(total, sigma)
    fixed = share > _LEAST_WEIGHT
    smooth = np.where(fixed[..., None], spread / np.maximum(near, 1e-6)[..., None], 0)
    return stretched(_relaxed(floats(smooth), fixed), full)


def _relaxed(values: Floats, fixed: Flags) -> Floats:
    """Return Laplace's equation solved between fixed cells, from coarse grids to fine ones."""
    extent = Extent.of(values)
    start = values
    if extent.longest_side > 4 and not fixed.all():
        half = Extent(math.ceil(extent.width / 2), math.ceil(extent.height / 2))
        weight = fixed.astype(np.float32)
        share = averaged(weight, half)
        mean = averaged(values * weight[..., None], half) / np.maximum(share, 1e-6)[..., None]
        start = stretched(_relaxed(floats(mean), share > _LEAST_WEIGHT), extent)
    elif fixed.any():
        start = np.broadcast_to(values[fixed].mean(axis=0), values.shape)
    held = fixed[..., None]
    field = np.where(held, values, start)
    for _ in range(SWEEPS):
        edge = np.pad(field, ((1, 1), (1, 1), (0, 0)), mode="edge")
        mean = (edge[:-2, 1:-1] + edge[2:, 1:-1] + edge[1:-1, :-2] + edge[1:-1, 2:]) / 4
        field = np.where(held, values, mean)
    return floats(field)
