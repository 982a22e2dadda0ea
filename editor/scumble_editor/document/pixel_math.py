"""Arithmetic on pixels in place: mixing through a coverage, and colour laid over colour."""

import numpy as np

from scumble_editor.document.formats import Pixels

Colour = tuple[int, int, int]
"""Red, green and blue, 0 to 255, sRGB."""


def through(before: Pixels, after: Pixels, coverage: Pixels | None) -> Pixels:
    """Return pixels that change by as much as a coverage says; uint8 rgba and gray.

    Exactly `before` where it is 0 and exactly `after` where it is 255.
    """
    if coverage is None:
        return after
    low, high = int(coverage.min(initial=255)), int(coverage.max(initial=0))
    if low == 255:
        return after
    if high == 0:
        return before
    part = coverage[..., None].astype(np.float32) / 255
    old, new = premultiplied(before), premultiplied(after)
    mixed = straight(old + (new - old) * part)
    mixed = np.where(coverage[..., None] == 0, before, mixed)
    return np.where(coverage[..., None] == 255, after, mixed)


def painted(rgba: Pixels, coverage: Pixels, colour: Colour, opacity: float) -> Pixels:
    """Return a colour laid over rgba: uint8 [H, W, 4] through a coverage: uint8 [H, W]."""
    part = coverage.astype(np.float32) * (opacity / 255)
    alpha = rgba[..., 3].astype(np.float32) / 255
    below = alpha * (1 - part)
    whole = part + below
    share = np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)
    out = np.empty_like(rgba)
    for channel in range(3):
        old = rgba[..., channel].astype(np.float32)
        out[..., channel] = old + (colour[channel] - old) * share + 0.5
    out[..., 3] = whole * 255 + 0.5
    return np.where((coverage == 0)[..., None], rgba, out)


def premultiplied(rgba: Pixels) -> Pixels:
    """Return rgba as float32 [H, W, 4], 0 to 255, colour premultiplied."""
    floats = rgba.astype(np.float32)
    floats[..., :3] *= floats[..., 3:] / 255
    return floats


def straight(floats: Pixels) -> Pixels:
    """Return premultiplied float32 [H, W, 4] as rgba: uint8, straight alpha."""
    alpha = floats[..., 3:]
    scale = np.divide(255, alpha, out=np.zeros_like(alpha), where=alpha > 0)
    rgba = np.concatenate([floats[..., :3] * scale, alpha], axis=2)
    return without_hidden_colour((np.clip(rgba, 0, 255) + 0.5).astype(np.uint8))


def without_hidden_colour(rgba: Pixels) -> Pixels:
    """Return rgba with the colour of transparent pixels set to 0, so that tiles can be dropped."""
    return np.where(rgba[..., 3:] == 0, 0, rgba).astype(np.uint8)
