"""Operations on soft masks as arrays: gray uint8 [H, W], 255 selected, grey by that much.

What lies beyond the edges of an array counts as being like its edge.
"""

import cv2
import numpy as np

from scumble_editor.document.formats import Pixels

_LARGEST_DISC_PX = 16


def grown(mask: Pixels, px: int) -> Pixels:
    """Return the mask with everything within `px` of a value raised to it (Euclidean)."""
    for radius in _radii(px):
        mask = np.asarray(cv2.dilate(mask, _disc(radius)))
    return mask


def shrunk(mask: Pixels, px: int) -> Pixels:
    """Return the mask with everything within `px` of a value lowered to it (Euclidean)."""
    for radius in _radii(px):
        mask = np.asarray(cv2.erode(mask, _disc(radius)))
    return mask


def feathered(mask: Pixels, px: float) -> Pixels:
    """Return the mask with its edges softened: a Gaussian whose deviation is half of `px`."""
    if px <= 0:
        return mask
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), px / 2, borderType=cv2.BORDER_REPLICATE))


def bordered(mask: Pixels, px: int) -> Pixels:
    """Return a band of width `px` along the edges of the mask, half of it on either side."""
    outer = grown(mask, (px + 1) // 2)
    return np.asarray(cv2.subtract(outer, shrunk(mask, px // 2)))


def like_colour(rgba: Pixels, colour: Pixels, tolerance: int, softness: int = 0) -> Pixels:
    """Return where a picture is like one colour, rgba: uint8 [H, W, 4] and [4].

    The distance is the largest difference of any channel, 0 to 255; up to `tolerance` selects in
    full, and over `softness` levels more it falls to nothing.
    """
    distance = np.asarray(cv2.absdiff(rgba, np.broadcast_to(colour, rgba.shape).copy()).max(axis=2))
    both_clear = (rgba[..., 3] == 0) & bool(colour[3] == 0)
    beyond = distance.astype(np.float32) - tolerance
    mask = np.clip(1 - beyond / (softness + 1), 0, 1) * 255
    mask = np.where(beyond <= 0, 255, mask if softness else 0)
    return np.where(both_clear, 255, mask).astype(np.uint8)


def connected(alike: Pixels, seed: tuple[int, int], gap_px: int = 0) -> Pixels:
    """Return the part of a mask that hangs together with one place, (column, row).

    Openings no wider than `gap_px` are not passed through, as a painter closes gaps in lines.
    """
    passable = shrunk(alike, (gap_px + 1) // 2) if gap_px > 0 else alike
    column, row = seed
    if passable[row, column] == 0:
        passable = alike
    fill = np.zeros((alike.shape[0] + 2, alike.shape[1] + 2), np.uint8)
    binary = np.where(passable > 0, 255, 0).astype(np.uint8)
    flags = 4 | cv2.FLOODFILL_MASK_ONLY | (255 << 8)
    cv2.floodFill(binary, fill, (column, row), (255,), flags=flags)
    reached = fill[1:-1, 1:-1]
    if gap_px > 0:
        reached = grown(reached, (gap_px + 1) // 2)
    return np.minimum(alike, reached)


def _radii(px: int) -> list[int]:
    """Split a radius: discs added to each other make a larger one, and small ones are fast."""
    whole, rest = divmod(max(px, 0), _LARGEST_DISC_PX)
    return [_LARGEST_DISC_PX] * whole + ([rest] if rest else [])


def _disc(radius: int) -> Pixels:
    across = np.arange(-radius, radius + 1)
    inside = across[:, None] ** 2 + across[None] ** 2 <= (radius + 0.5) ** 2
    return inside.astype(np.uint8)
