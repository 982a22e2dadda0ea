"""What stands in the selection before denoising starts."""

import cv2
import numpy as np

from scumble_daemon.region.arrays import (
    Floats,
    averaged,
    floats,
    gaussian_blurred,
    quantised,
    resized_mask,
    stretched,
    unit,
)
from scumble_daemon.region.bounds import full_strength_share
from scumble_protocol.geometry import Bounds, Extent
from scumble_protocol.jobs import Fill

BLUR_SHARE = 0.1
"""Width of the blur, as a share of the mean side of the masked area."""
BLUR_SIGMA_PX = (10.0, 48.0)
BORDER_SIDE_PX = 192
"""Colours are carried in from the border on a picture no larger than this."""
BORDER_RADIUS_PX = 3.0
MOST_FREE = 0.5


def filled(
    picture: Floats, mask: Floats, mode: Fill, *, strength: float = 1.0, seed: int = 0
) -> Floats:
    """Return a picture whose masked part is replaced, mixed in by the mask.

    picture: float32 [H, W, 3] in 0..1; mask: float32 [H, W] in 0..1. Bit-identical where the mask
    is 0. Neutral: mid grey. Blur: what is there, blurred until only its colours are left. Border:
    colours of the surroundings carried inwards (Navier-Stokes inpainting of OpenCV; Bertalmio,
    Bertozzi and Sapiro 2001). Original: as it is. Noise: Gaussian noise with the mean and spread
    of the surroundings, the same again for the same seed and size.

    Neutral stands for nothing being there, which holds at strength 1 alone: from there down to
    strength 0.8 it gives way to the picture. The other modes hold at every strength.
    """
    bounds = Bounds.of_mask(mask)
    if mode is Fill.ORIGINAL or bounds is None:
        return picture
    share = full_strength_share(strength) if mode is Fill.NEUTRAL else 1.0
    weight = mask[bounds.slices][..., None] * np.float32(share)
    before = picture[bounds.slices]
    mixed = before + (_content(picture, mask, bounds, mode, seed) - before) * weight
    result = np.array(picture)
    result[bounds.slices] = np.where(weight > 0, np.clip(mixed, 0, 1), before)
    return result


def _content(picture: Floats, mask: Floats, bounds: Bounds, mode: Fill, seed: int) -> Floats:
    """Return what goes into the bounds of the mask, unmasked, float32 [h, w, 3]."""
    if mode is Fill.BLUR:
        return _blurred(picture, bounds)
    if mode is Fill.BORDER:
        return _from_border(picture, mask)[bounds.slices]
    if mode is Fill.NOISE:
        return _noise(picture, mask, bounds.extent, seed)
    return np.full((bounds.height, bounds.width, 3), 0.5, dtype=np.float32)


def _blurred(picture: Floats, bounds: Bounds) -> Floats:
    side = (bounds.width + bounds.height) / 2
    sigma = min(max(BLUR_SHARE * side, BLUR_SIGMA_PX[0]), BLUR_SIGMA_PX[1])
    around = bounds.padded(round(3 * sigma)).clamped(Extent.of(picture))
    return gaussian_blurred(picture[around.slices], sigma)[bounds.relative_to(around).slices]


def _from_border(picture: Floats, mask: Floats) -> Floats:
    """Return the picture with its masked part painted from its border, blurred and free of detail.

    Where nothing is left to paint from, the mean of the picture.
    """
    full = Extent.of(picture)
    small = full.scaled(min(1.0, BORDER_SIDE_PX / full.longest_side))
    hole = resized_mask((mask > 0).astype(np.float32), small) > 0
    if hole.all():
        return np.broadcast_to(picture.mean(axis=(0, 1)), picture.shape)
    flags = hole.astype(np.uint8)
    source = quantised(averaged(picture, small))
    painted = cv2.inpaint(source, flags, BORDER_RADIUS_PX, cv2.INPAINT_NS)
    soft = gaussian_blurred(unit(np.asarray(painted, dtype=np.uint8)), 1.5)
    return stretched(soft, full)


def _noise(picture: Floats, mask: Floats, extent: Extent, seed: int) -> Floats:
    around = picture[mask < MOST_FREE]
    if around.shape[0] < 2:
        mean, spread = np.full(3, 0.5, np.float32), np.full(3, 0.25, np.float32)
    else:
        mean, spread = around.mean(axis=0), np.maximum(around.std(axis=0), np.float32(0.05))
    shape = (extent.height, extent.width, 3)
    drawn = np.random.default_rng(seed).standard_normal(shape, dtype=np.float32)
    return floats(np.clip(mean + drawn * spread, 0, 1))
