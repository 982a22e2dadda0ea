"""How paint meets the pixels beneath a stroke: colour, eraser, grey, or a copy from elsewhere.

Each takes base pixels of a window, coverage: float32 [h, w], 0 to 1, and the window's rectangle
in the plane, and returns new pixels of the same format. Colour is mixed in sRGB, straight alpha,
by source-over (W3C Compositing 1, section 9.1.4).
"""

from collections.abc import Callable
from dataclasses import dataclass

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
        return laid(base, np.array(self.rgb, np.float32), coverage, self.alpha_locked)


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
        return laid(base, pixels[..., :3].astype(np.float32), alpha, self.alpha_locked)


def laid(base: Pixels, colour: Pixels, alpha: Pixels, alpha_locked: bool = False) -> Pixels:
    """Return colour, float32 0 to 255, laid over rgba: uint8 [h, w, 4] by alpha: float32 [h, w]."""
    result = np.empty_like(base)
    under = base[..., :3].astype(np.float32)
    if alpha_locked or int(base[..., 3].min()) == 255:
        under += (colour - under) * alpha[..., None]
        result[..., :3] = under + np.float32(0.5)
        result[..., 3] = base[..., 3]
        return result
    beneath = base[..., 3] * np.float32(1 / 255)
    total = alpha + beneath * (1 - alpha)
    share = np.divide(alpha, total, out=np.zeros_like(alpha), where=total > 0)
    under += (colour - under) * share[..., None]
    result[..., :3] = under + np.float32(0.5)
    result[..., 3] = total * 255 + np.float32(0.5)
    return result
