"""Selections as the command line describes them, made into masks: white where paint may come."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from scumble_cli.failures import BadUseError
from scumble_cli.pictures import open_grey
from scumble_protocol.geometry import Bounds, Extent
from scumble_protocol.images import Pixels


@dataclass(frozen=True, slots=True, kw_only=True)
class Selecting:
    """What the options say: one of mask, rectangle or ellipse, and how soft its edge is made."""

    mask: Path | None = None
    rectangle: str | None = None  # as typed, such as "10,20,100,80"
    ellipse: str | None = None
    soft_edge_px: float = 0.0

    def coverage(self, canvas: Extent) -> Pixels | None:
        """Return the mask for a canvas: uint8 [H, W], 255 selects; None where none is asked for.

        Raises BadUseError where more than one is, where it does not fit the canvas or is empty.
        """
        asked = [way for way in (self.mask, self.rectangle, self.ellipse) if way is not None]
        if len(asked) > 1:
            raise BadUseError(
                "A selection is one of --mask, --select and --ellipse, not several. Nothing was "
                "painted; give one."
            )
        if not asked:
            return None
        return soft_edged(self._drawn(canvas), self.soft_edge_px)

    def _drawn(self, canvas: Extent) -> Pixels:
        if self.mask is not None:
            return _of_file(self.mask, canvas)
        if self.rectangle is not None:
            return rectangle(_placed("--select", self.rectangle, canvas), canvas)
        assert self.ellipse is not None
        return ellipse(_placed("--ellipse", self.ellipse, canvas), canvas)


def rectangle(bounds: Bounds, canvas: Extent) -> Pixels:
    """Return the mask of a rectangle: uint8 [H, W], 0 or 255."""
    mask = np.zeros((canvas.height, canvas.width), np.uint8)
    mask[bounds.clamped(canvas).slices] = 255
    return mask


def ellipse(bounds: Bounds, canvas: Extent) -> Pixels:
    """Return the mask of the ellipse that fills a rectangle: uint8 [H, W], smooth at the edge.

    A pixel is covered by the part of it that lies inside, taken from the first-order distance
    f / |∇f| of its centre to the curve f = 0.
    """
    inside = bounds.clamped(canvas)
    mask = np.zeros((canvas.height, canvas.width), np.uint8)
    (x, y), rx, ry = bounds.center, bounds.width / 2, bounds.height / 2
    u = (np.arange(inside.left, inside.right) + 0.5 - x)[np.newaxis, :] / rx
    v = (np.arange(inside.top, inside.bottom) + 0.5 - y)[:, np.newaxis] / ry
    gradient = 2 * np.hypot(u / rx, v / ry)
    distance_px = (1 - u**2 - v**2) / np.maximum(gradient, 1e-9)
    mask[inside.slices] = np.rint(np.clip(distance_px + 0.5, 0, 1) * 255)
    return mask


def soft_edged(mask: Pixels, soft_edge_px: float) -> Pixels:
    """Return a mask that rises from nothing at its edge to its own values `soft_edge_px` inside.

    The border of the picture is no edge: a selection that reaches it stays full there.
    """
    if soft_edge_px == 0:
        return mask
    cv2.ipp.setUseIPP(False)  # its distances differ in the last bits from one run to the next
    depth_px: NDArray[np.float32] = cv2.distanceTransform(
        (mask > 0).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE
    ).astype(np.float32)
    rise = np.clip(depth_px / (soft_edge_px + 1), 0, 1)
    softened: Pixels = np.rint(mask * rise).astype(np.uint8)
    return softened


def _of_file(file: Path, canvas: Extent) -> Pixels:
    mask = open_grey(file)
    if Extent.of(mask) != canvas:
        raise BadUseError(
            f"The mask “{file.name}” is {mask.shape[1]} × {mask.shape[0]} pixels, but the picture "
            f"is {canvas.width} × {canvas.height}. Nothing was painted; make them the same size."
        )
    if not mask.any():
        raise BadUseError(
            f"The mask “{file.name}” is black everywhere, so nothing is selected. Nothing was "
            "painted; make it white where the picture may change."
        )
    return mask


def _placed(option: str, text: str, canvas: Extent) -> Bounds:
    """Return a rectangle as typed. Raises BadUseError where it is none or misses the canvas."""
    try:
        x, y, width, height = (int(part) for part in text.split(","))
    except ValueError:
        raise BadUseError(
            f"“{option} {text}” is no rectangle. Nothing was painted; write four whole numbers, "
            f"such as {option} 40,30,200,150 (left, top, width, height in px)."
        ) from None
    bounds = Bounds(x, y, width, height)
    if width < 1 or height < 1 or canvas.bounds.intersection(bounds) is None:
        raise BadUseError(
            f"“{option} {text}” selects nothing of the picture, which is {canvas.width} × "
            f"{canvas.height} pixels. Nothing was painted; choose a place inside it."
        )
    return bounds
