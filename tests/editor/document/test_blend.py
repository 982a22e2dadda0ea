"""Blending against the formulas of W3C Compositing and Blending, written out in float64."""

import colorsys
import math
from collections.abc import Callable
from itertools import product

import numpy as np
import pytest

from scumble_editor.document.blend import blend, blend_onto_nothing
from scumble_editor.document.modes import BlendMode

Colour = tuple[float, float, float]
Pixel = tuple[float, float, float, float]  # straight


def soft_light(b: float, s: float) -> float:
    if s <= 0.5:
        return b - (1 - 2 * s) * b * (1 - b)
    d = ((16 * b - 12) * b + 4) * b if b <= 0.25 else math.sqrt(b)
    return b + (2 * s - 1) * (d - b)


def hard_light(b: float, s: float) -> float:
    return b * 2 * s if s <= 0.5 else b + (2 * s - 1) - b * (2 * s - 1)


def color_dodge(b: float, s: float) -> float:
    if b == 0:
        return 0
    return 1 if s == 1 else min(1, b / (1 - s))


def color_burn(b: float, s: float) -> float:
    if b == 1:
        return 1
    return 0 if s == 0 else 1 - min(1, (1 - b) / s)


SEPARABLE: dict[BlendMode, Callable[[float, float], float]] = {
    BlendMode.NORMAL: lambda _, s: s,
    BlendMode.MULTIPLY: lambda b, s: b * s,
    BlendMode.SCREEN: lambda b, s: b + s - b * s,
    BlendMode.OVERLAY: lambda b, s: hard_light(s, b),
    BlendMode.DARKEN: min,
    BlendMode.LIGHTEN: max,
    BlendMode.COLOR_DODGE: color_dodge,
    BlendMode.COLOR_BURN: color_burn,
    BlendMode.HARD_LIGHT: hard_light,
    BlendMode.SOFT_LIGHT: soft_light,
    BlendMode.DIFFERENCE: lambda b, s: abs(b - s),
}


def lum(c: Colour) -> float:
    return 0.3 * c[0] + 0.59 * c[1] + 0.11 * c[2]


def clip_color(c: Colour) -> Colour:
    luminosity, low, high = lum(c), min(c), max(c)
    if low < 0:
        c = tuple(luminosity + (v - luminosity) * luminosity / (luminosity - low) for v in c)  # type: ignore[assignment]
    if high > 1:
        c = tuple(luminosity + (v - luminosity) * (1 - luminosity) / (high - luminosity) for v in c)  # type: ignore[assignment]
    return c


def set_lum(c: Colour, luminosity: float) -> Colour:
    d = luminosity - lum(c)
    return clip_color((c[0] + d, c[1] + d, c[2] + d))


def set_sat(c: Colour, saturation: float) -> Colour:
    result = [0.0, 0.0, 0.0]
    low, middle, high = sorted(range(3), key=lambda channel: c[channel])
    if c[high] > c[low]:
        result[middle] = (c[middle] - c[low]) * saturation / (c[high] - c[low])
        result[high] = saturation
    return (result[0], result[1], result[2])


def sat(c: Colour) -> float:
    return max(c) - min(c)


NON_SEPARABLE: dict[BlendMode, Callable[[Colour, Colour], Colour]] = {
    BlendMode.HUE: lambda b, s: set_lum(set_sat(s, sat(b)), lum(b)),
    BlendMode.SATURATION: lambda b, s: set_lum(set_sat(b, sat(s)), lum(b)),
    BlendMode.COLOR: lambda b, s: set_lum(s, lum(b)),
    BlendMode.LUMINOSITY: lambda b, s: set_lum(b, lum(s)),
}

PORTER_DUFF: dict[BlendMode, Callable[[float, float], tuple[float, float]]] = {
    BlendMode.DST_IN: lambda _, a_s: (0, a_s),
    BlendMode.DST_OUT: lambda _, a_s: (0, 1 - a_s),
    BlendMode.SRC_ATOP: lambda a_b, a_s: (a_b, 1 - a_s),
    BlendMode.DST_ATOP: lambda a_b, a_s: (1 - a_b, a_s),
    BlendMode.PLUS: lambda *_: (1, 1),
}
"""Factors of source and backdrop (section 9.1)."""


def expected(b: Pixel, s: Pixel, mode: BlendMode) -> Pixel:
    """Return the premultiplied result for one pixel, by the book."""
    a_b, a_s = b[3], s[3]
    if mode in PORTER_DUFF:
        f_a, f_b = PORTER_DUFF[mode](a_b, a_s)
        red, green, blue = (min(1, a_s * f_a * s[i] + a_b * f_b * b[i]) for i in range(3))
        return (red, green, blue, min(1, a_s * f_a + a_b * f_b))
    if mode in SEPARABLE:
        mixed = tuple(SEPARABLE[mode](b[i], s[i]) for i in range(3))
    else:
        mixed = NON_SEPARABLE[mode](b[:3], s[:3])
    source = [(1 - a_b) * s[i] + a_b * mixed[i] for i in range(3)]
    red, green, blue = (a_s * source[i] + (1 - a_s) * a_b * b[i] for i in range(3))
    return (red, green, blue, a_s + a_b * (1 - a_s))


def cases() -> tuple[list[Pixel], list[Pixel]]:
    """Return pixels of 8-bit values: corners, greys, and many at random."""
    levels = (0.0, 1 / 255, 0.25, 0.5, 128 / 255, 254 / 255, 1.0)
    corners = list(product((0.0, 0.5, 1.0), (0.0, 1.0), levels, (0.0, 0.4, 1.0)))
    random = np.random.default_rng(3).integers(0, 256, (2, 2000, 4)) / 255
    some, others = ([(p[0], p[1], p[2], p[3]) for p in half] for half in random.tolist())
    return corners + some, corners[::-1] + others


def premultiplied(pixels: list[Pixel]) -> "np.typing.NDArray[np.float32]":
    straight = np.array(pixels).T
    straight[:3] *= straight[3]
    return straight[:, None, :].astype(np.float32)


@pytest.mark.parametrize("mode", BlendMode)
def test_every_mode_is_the_formula_of_the_specification(mode: BlendMode) -> None:
    backdrops, sources = cases()
    found = blend(premultiplied(backdrops), premultiplied(sources), mode)[:, 0].T
    wanted = np.array([expected(b, s, mode) for b, s in zip(backdrops, sources, strict=True)])
    assert found.dtype == np.float32
    assert np.abs(found - wanted).max() < 0.25 / 255


@pytest.mark.parametrize("mode", BlendMode)
def test_over_nothing_every_mode_gives_what_it_gives_over_transparency(mode: BlendMode) -> None:
    _, sources = cases()
    nothing = np.zeros((4, 1, len(sources)), np.float32)
    whole = blend(nothing, premultiplied(sources), mode)
    short = blend_onto_nothing(premultiplied(sources), mode)
    assert np.allclose(whole, 0 if short is None else short, atol=1e-6)


def test_luminosity_keeps_the_hue_of_the_backdrop() -> None:
    backdrop = premultiplied([(0.8, 0.2, 0.4, 1.0)])
    found = blend(backdrop.copy(), premultiplied([(0.3, 0.3, 0.3, 1.0)]), BlendMode.LUMINOSITY)
    before = colorsys.rgb_to_hsv(*backdrop[:3, 0, 0].tolist())
    after = colorsys.rgb_to_hsv(*found[:3, 0, 0].tolist())
    assert abs(before[0] - after[0]) < 1e-3
