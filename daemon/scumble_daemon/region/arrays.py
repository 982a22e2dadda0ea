"""The array types of the region mathematics, and the way between bytes, floats and sizes."""

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from scumble_protocol.geometry import Extent

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]
Flags = NDArray[np.bool_]


def floats(values: Any) -> Floats:
    """Return values as float32 without a copy where they are already."""
    return np.asarray(values, dtype=np.float32)


def unit(pixels: Bytes) -> Floats:
    """Return uint8 values as float32 in 0..1."""
    return floats(pixels) / np.float32(255)


def quantised(values: Floats) -> Bytes:
    """Return float32 values in 0..1 as uint8, clipped, halves to even.

    The same rule as `VaeImageProcessor.numpy_to_pil` in diffusers, so a picture that only passes
    through keeps every byte that the bare pipeline would have given.
    """
    return np.asarray(np.rint(np.clip(values, 0, 1) * np.float32(255)), dtype=np.uint8)


def resized(values: Floats, extent: Extent) -> Floats:
    """Return a picture or mask [H, W] or [H, W, C] at another size, clipped to 0..1.

    By area where it shrinks on both axes, by an 8 × 8 Lanczos window where it grows. The input
    itself comes back where nothing changes.
    """
    before = Extent.of(values)
    if before == extent:
        return values
    shrinks = extent.width <= before.width and extent.height <= before.height
    method = cv2.INTER_AREA if shrinks else cv2.INTER_LANCZOS4
    return np.clip(_resize(values, extent, method), 0, 1)


def resized_mask(mask: Floats, extent: Extent) -> Floats:
    """Return a mask [H, W] at another size: by area where it shrinks, linearly where it grows.

    Neither method rings, so 0 stays 0 and 1 stays 1 away from edges.
    """
    before = Extent.of(mask)
    if before == extent:
        return mask
    shrinks = extent.width <= before.width and extent.height <= before.height
    return np.clip(_resize(mask, extent, cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR), 0, 1)


def stretched(field: Floats, extent: Extent) -> Floats:
    """Return a smooth field [H, W] or [H, W, C] of any range at another size, linearly."""
    return field if Extent.of(field) == extent else _resize(field, extent, cv2.INTER_LINEAR)


def averaged(field: Floats, extent: Extent) -> Floats:
    """Return a field [H, W] or [H, W, C] of any range at a smaller size, by area."""
    return field if Extent.of(field) == extent else _resize(field, extent, cv2.INTER_AREA)


def box_blurred(values: Floats, width_px: int) -> Floats:
    """Return the running mean over a square of odd width, edges repeated."""
    return floats(cv2.blur(values, (width_px, width_px), borderType=cv2.BORDER_REPLICATE))


def gaussian_blurred(values: Floats, sigma_px: float) -> Floats:
    """Return a Gaussian blur, edges repeated."""
    border = cv2.BORDER_REPLICATE
    return floats(cv2.GaussianBlur(values, (0, 0), sigma_px, borderType=border))


def distance_to(target: Flags) -> Floats:
    """Return the Euclidean distance in px of every pixel [H, W] to the nearest true one.

    The canvas ends where the array ends: nothing is assumed beyond. Very large (over 1e6) where
    no pixel is true. The same target gives the same bits, wherever it lies in memory: OpenCV's own
    transform is used, as the last bits of Intel's (IPP) depend on how its arrays are aligned.
    """
    if not target.any():
        return np.full(target.shape, 1e9, dtype=np.float32)
    away = np.logical_not(target).astype(np.uint8)
    cv2.ipp.setUseIPP(False)  # for the calling thread
    return floats(cv2.distanceTransform(away, cv2.DIST_L2, cv2.DIST_MASK_PRECISE))


def block_max(values: Floats, factor: int) -> Floats:
    """Return the greatest value of every factor × factor block of [H, W], the last ones cut."""
    height, width = values.shape
    padded = np.pad(values, ((0, -height % factor), (0, -width % factor)))
    rows, columns = padded.shape[0] // factor, padded.shape[1] // factor
    return floats(padded.reshape(rows, factor, columns, factor).max(axis=(1, 3)))


def smoothstep(values: Floats) -> Floats:
    """Return 3t² − 2t³ of values clipped to 0..1: level at both ends."""
    t = np.clip(values, 0, 1)
    return floats(t * t * (3 - 2 * t))


def _resize(values: Floats, extent: Extent, method: int) -> Floats:
    size: Sequence[int] = (extent.width, extent.height)
    return floats(cv2.resize(values, size, interpolation=method))
