"""How paint meets the pixels beneath a stroke: colour, eraser, grey, or a copy from elsewhere.

Each takes base pixels of a window, coverage: float32 [h, w], 0 to 1, and the window's rectangle
in the plane, and returns new pixels of the same format. Colour is mixed in sRGB, straight alpha,
by source-over (W3C Compositing 1, section 9.1.4).
"""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from scumble_editor.document.formats import Pixels
from scumble_editor.document.tiles import Tiles
from scumble_editor.tools.stage import Rgb
from scumble_protocol.geometry import Bounds

Paint = Callable[[Pixels, Pixels, Bounds], Pixels]


@dataclass(frozen=True, slots=True)
class Colour:
    """One colour; with `alpha_locked` only what is covered already takes it."""

    rgb: Rgb
    alpha_locked: bool = False

    def __call__(self, base: Pixels, coverage: Pixels, place: Bounds) -> Pixels:
        """Lay the colour over the base."""
        del place
        return laid(base, self.rgb, coverage, self.alpha_locked)


@dataclass(frozen=True, slots=True)
class Eraser:
    """Takes paint away; on a layer whose alpha is locked it paints the second colour instead."""

    def __call__(self, base: Pixels, coverage: Pixels, place: Bounds) -> Pixels:
        """Lower the base's alpha."""
        del place
        result = base.copy()
        result[..., 3] = base[..., 3] * (1 - coverage) + 0.5
        return result


@dataclass(frozen=True, slots=True)
class Grey:
    """One value on a mask or a selection."""

    value: int

    def __call__(self, base: Pixels, coverage: Pixels, place: Bounds) -> Pixels:
        """Mix the value into the base."""
        del place
        mixed = base + (np.float32(self.value) - base) * coverage
        return (mixed + np.float32(0.5)).astype(base.dtype)


@dataclass(frozen=True, slots=True)
class Copy:
    """Pixels of another place of a plane, `dx` and `dy` away from where they are laid."""

    source: Tiles
    dx: int
    dy: int
    alpha_locked: bool = False

    def __call__(self, base: Pixels, coverage: Pixels, place: Bounds) -> Pixels:
        """Lay the copied pixels over the base."""
        pixels = self.source.read(place.moved(self.dx, self.dy))
        if base.ndim == 2:
            mixed = base + (pixels.astype(np.float32) - base) * coverage
            return (mixed + np.float32(0.5)).astype(base.dtype)
        alpha = coverage * (pixels[..., 3] * np.float32(1 / 255))
        return laid(base, pixels, alpha, self.alpha_locked)


def laid(base: Pixels, colour: Rgb | Pixels, alpha: Pixels, alpha_locked: bool = False) -> Pixels:
    """Return one colour, or the rgb of rgba: uint8 [h, w, 4], laid over rgba of the same shape.

    `alpha`: float32 [h, w], 0 to 1. Plane by plane, which OpenCV does several times as fast as
    NumPy does with interleaved channels.
    """
    opaque = cv2.extractChannel(base, 3)
    share, covered = alpha, opaque
    if not alpha_locked and int(opaque.min()) < 255:
        total = opaque * np.float32(1 / 255)
        total *= 1 - alpha
        total += alpha
        share = alpha / np.maximum(total, _TINY)
        covered = cv2.convertScaleAbs(total, alpha=255)
    rest = 1 - share
    planes = []
    for channel in range(3):
        plane = cv2.extractChannel(base, channel).astype(np.float32)
        plane *= rest
        if isinstance(colour, tuple):
            cv2.scaleAdd(share, float(colour[channel]), plane, plane)
        else:
            plane += share * colour[..., channel]
        planes.append(cv2.convertScaleAbs(plane))
    return cv2.merge([*planes, covered])


_TINY = np.float32(1e-9)
