"""Colour of a result brought to that of the original, measured on unchanged pixels alone."""

from dataclasses import dataclass

import cv2
import numpy as np

from scumble_daemon.region.arrays import Flags, Floats, box_blurred, distance_to, floats
from scumble_daemon.region.membrane import membrane

RING_PX = 32.0
GAIN_LIMITS = (0.8, 1.25)
OFFSET_LIMITS = (30.0, 20.0, 20.0)  # L*, a*, b*
RESIDUAL_LIMIT = 0.2  # of the range 0..1
ENOUGH_PIXELS = 256
"""With fewer ring pixels the spread is not trusted and the shift only in part."""
DETAIL_PX = (5, 33)
_NOISE_FLOOR = 0.5  # L*a*b* units: spreads below this say nothing about contrast


@dataclass(frozen=True, slots=True)
class ColourTransfer:
    """A shift and a gain of each L*a*b* channel about the mean of the result."""

    mean: tuple[float, float, float]
    gain: tuple[float, float, float]
    shift: tuple[float, float, float]

    def applied(self, picture: Floats) -> Floats:
        """Return a picture, float32 [H, W, 3] in 0..1, with this transfer."""
        lab = _lab(picture)
        mean, gain, shift = (floats(v) for v in (self.mean, self.gain, self.shift))
        moved = (lab - mean) * gain + mean + shift
        # Only the difference is taken over: the way to L*a*b* and back is not exact in OpenCV.
        return np.clip(picture + (_rgb(moved) - _rgb(lab)), 0, 1)


def ring(mask: Floats, width_px: float = RING_PX) -> Flags:
    """Return the unchanged pixels within a distance of those that may change, bool [H, W].

    mask: float32 [H, W], 0 where nothing may change.
    """
    changes = mask > 0
    if not changes.any():
        return np.zeros(mask.shape, dtype=np.bool_)
    return np.logical_and(~changes, distance_to(changes) <= width_px)


def match_colour(
    result: Floats, original: Floats, mask: Floats, ring_px: float = RING_PX
) -> Floats:
    """Return the result in the colours of the original.

    result, original: float32 [H, W, 3] in 0..1; mask: float32 [H, W], 0 where nothing may change.
    Two steps, both measured on the ring of unchanged pixels around the mask and on nothing else:
    a transfer of mean and spread in L*a*b* (Reinhard et al. 2001, "Color Transfer between Images",
    with D65 L*a*b* in place of lαβ), then the slow difference that is left, taken out by a
    membrane. The result comes back as it is where there is no ring, and where it equals the
    original on the whole ring.
    """
    around = ring(mask, ring_px)
    if not around.any() or np.array_equal(result[around], original[around]):
        return result
    matched = measured_transfer(result, original, around).applied(result)
    return _levelled(matched, original, around, ring_px)


def measured_transfer(result: Floats, original: Floats, around: Flags) -> ColourTransfer:
    """Return the transfer that brings a result to the original's mean and spread.

    result, original: float32 [H, W, 3] in 0..1; around: bool [H, W], the pixels to measure, not
    empty. The shift is the difference of means. The gain is the ratio of the spreads of middling
    detail (what a 5 px mean keeps and a 33 px mean does not): finer detail is grain, which a model
    loses or adds, and slower differences are shading, which the membrane takes. It is held in
    0.8..1.25 and trusted by the squared correlation of both: where the model painted something
    else on the ring, or only noise, contrast says nothing. Few pixels are trusted in part.
    """
    trust = min(int(around.sum()) / ENOUGH_PIXELS, 1.0)
    ours, theirs = _lab(result), _lab(original)
    mean, target = ours[around].mean(axis=0), theirs[around].mean(axis=0)
    ours, theirs = _detail(ours, around), _detail(theirs, around)
    spread, wanted = ours.std(axis=0), theirs.std(axis=0)
    together = ((ours - ours.mean(axis=0)) * (theirs - theirs.mean(axis=0))).mean(axis=0)
    floor = np.float32(_NOISE_FLOOR**2)
    alike = np.clip(together / np.maximum(spread * wanted, floor), 0, 1) ** 2
    ratio = np.sqrt((wanted**2 + floor) / (spread**2 + floor))
    gain = np.clip(1 + trust * alike * (ratio - 1), *GAIN_LIMITS)
    limits = floats(OFFSET_LIMITS)
    shift = trust * np.clip(target - mean, -limits, limits)
    return ColourTransfer(_triple(mean), _triple(gain), _triple(shift))


def _detail(lab: Floats, around: Flags) -> Floats:
    """Return middling detail of the chosen pixels, of those pixels alone, float32 [N, 3]."""
    weight = around.astype(np.float32)
    means = []
    for width in DETAIL_PX:
        total = box_blurred(lab * weight[..., None], width)[around]
        means.append(total / np.maximum(box_blurred(weight, width)[around], 1e-6)[:, None])
    return floats(means[0] - means[1])


def _levelled(result: Floats, original: Floats, around: Flags, ring_px: float) -> Floats:
    """Return the result without the slow differences to the original on the ring."""
    difference = np.clip(original - result, -RESIDUAL_LIMIT, RESIDUAL_LIMIT)
    return floats(np.clip(result + membrane(difference, around, ring_px / 4), 0, 1))


def _lab(picture: Floats) -> Floats:
    return floats(cv2.cvtColor(np.ascontiguousarray(picture), cv2.COLOR_RGB2Lab))


def _rgb(lab: Floats) -> Floats:
    return floats(cv2.cvtColor(np.ascontiguousarray(lab, dtype=np.float32), cv2.COLOR_Lab2RGB))


def _triple(values: Floats) -> tuple[float, float, float]:
    first, second, third = (float(v) for v in values)
    return first, second, third
