"""The mathematics of blending: every mode on planes of premultiplied colour, in NumPy.

Formulas are those of W3C Compositing and Blending Level 1 (https://www.w3.org/TR/compositing-1/),
sections 5, 9 and 10. This is the definition that exports and the command line use; whatever
paints a canvas faster must agree with it within 1/255 a layer.

Planes are float [4, H, W]: red, green, blue and alpha, 0 to 1, colour premultiplied. Planar, so
that NumPy's inner loops run over whole images and not over three channels.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scumble_editor.document.modes import BlendMode

Planes = NDArray[np.floating[Any]]
"""Premultiplied colour and alpha: float32 or float64 [4, H, W], 0 to 1."""

Colour = NDArray[np.floating[Any]]
"""Straight colour: float [3, H, W], 0 to 1."""


def blend(backdrop: Planes, source: Planes, mode: BlendMode) -> Planes:
    """Return a source laid over a backdrop in a mode. The memory of both may be used for it."""
    operator = _PORTER_DUFF.get(mode)
    if operator is not None:
        return operator(backdrop, source)
    return _mixed(backdrop, source, _MIXES[mode])


def blend_onto_nothing(source: Planes, mode: BlendMode) -> Planes | None:
    """Return a source laid over a transparent backdrop; None where nothing is left of it."""
    vanishing = (BlendMode.DST_IN, BlendMode.DST_OUT, BlendMode.SRC_ATOP)
    return None if mode in vanishing else source


def straight(planes: Planes) -> Colour:
    """Return the colour of premultiplied planes, 0 where they are transparent."""
    alpha = planes[3]
    reciprocal = np.divide(1, alpha, out=np.zeros_like(alpha), where=alpha > 0)
    result: Planes = np.minimum(planes[:3] * reciprocal, 1)
    return result


def _mixed(backdrop: Planes, source: Planes, mix: Callable[[Colour, Colour], Colour]) -> Planes:
    """Mix colours where both have paint, and cover as source-over does (W3C section 5)."""
    source_alpha, backdrop_alpha = source[3], backdrop[3]
    both = mix(straight(backdrop), straight(source)) * (source_alpha * backdrop_alpha)
    both += source[:3] * (1 - backdrop_alpha)
    both += backdrop[:3] * (1 - source_alpha)
    alpha = source_alpha + backdrop_alpha * (1 - source_alpha)
    return np.concatenate([both, alpha[None]])


def _over(backdrop: Planes, source: Planes) -> Planes:
    backdrop *= 1 - source[3]
    backdrop += source
    return backdrop


def _plus(backdrop: Planes, source: Planes) -> Planes:
    backdrop += source
    return np.minimum(backdrop, 1, out=backdrop)


def _destination_in(backdrop: Planes, source: Planes) -> Planes:
    backdrop *= source[3]
    return backdrop


def _destination_out(backdrop: Planes, source: Planes) -> Planes:
    backdrop *= 1 - source[3]
    return backdrop


def _source_atop(backdrop: Planes, source: Planes) -> Planes:
    result: Planes = source * backdrop[3] + backdrop * (1 - source[3])
    return result


def _destination_atop(backdrop: Planes, source: Planes) -> Planes:
    result: Planes = backdrop * source[3] + source * (1 - backdrop[3])
    return result


_PORTER_DUFF: dict[BlendMode, Callable[[Planes, Planes], Planes]] = {
    BlendMode.NORMAL: _over,
    BlendMode.PLUS: _plus,
    BlendMode.DST_IN: _destination_in,
    BlendMode.DST_OUT: _destination_out,
    BlendMode.SRC_ATOP: _source_atop,
    BlendMode.DST_ATOP: _destination_atop,
}


def _multiply(backdrop: Colour, source: Colour) -> Colour:
    return backdrop * source


def _screen(backdrop: Colour, source: Colour) -> Colour:
    return backdrop + source - backdrop * source


def _hard_light(backdrop: Colour, source: Colour) -> Colour:
    doubled = 2 * source
    lit = _screen(backdrop, doubled - 1)
    return np.where(source <= 0.5, backdrop * doubled, lit)


def _overlay(backdrop: Colour, source: Colour) -> Colour:
    return _hard_light(source, backdrop)


def _color_dodge(backdrop: Colour, source: Colour) -> Colour:
    rest = 1 - source
    brighter = np.divide(backdrop, rest, out=np.ones_like(backdrop), where=rest > 0)
    return np.where(backdrop <= 0, 0, np.minimum(brighter, 1))


def _color_burn(backdrop: Colour, source: Colour) -> Colour:
    darker = np.divide(1 - backdrop, source, out=np.ones_like(backdrop), where=source > 0)
    return np.where(backdrop >= 1, 1, 1 - np.minimum(darker, 1))


def _soft_light(backdrop: Colour, source: Colour) -> Colour:
    root = np.sqrt(backdrop)
    curve = np.where(backdrop <= 0.25, ((16 * backdrop - 12) * backdrop + 4) * backdrop, root)
    doubled = 2 * source - 1
    step = np.where(source <= 0.5, backdrop * (1 - backdrop), curve - backdrop)
    return backdrop + doubled * step


def _difference(backdrop: Colour, source: Colour) -> Colour:
    return np.abs(backdrop - source)


def _luminosity_of(colour: Colour) -> Colour:
    result: Planes = 0.3 * colour[0] + 0.59 * colour[1] + 0.11 * colour[2]
    return result


def _clipped(colour: Colour) -> Colour:
    """Bring colour back into range around its luminosity (ClipColor in W3C section 10.2)."""
    luminosity = _luminosity_of(colour)
    lowest, highest = colour.min(axis=0), colour.max(axis=0)
    below, above = lowest < 0, highest > 1
    ones = np.ones_like(luminosity)
    scale = np.divide(luminosity, luminosity - lowest, out=ones.copy(), where=below)
    colour = luminosity + (colour - luminosity) * scale
    scale = np.divide(1 - luminosity, highest - luminosity, out=ones, where=above)
    result: Planes = luminosity + (colour - luminosity) * scale
    return result


def _with_luminosity(colour: Colour, luminosity: Colour) -> Colour:
    return _clipped(colour + (luminosity - _luminosity_of(colour)))


def _saturation_of(colour: Colour) -> Colour:
    return np.asarray(colour.max(axis=0) - colour.min(axis=0))


def _with_saturation(colour: Colour, saturation: Colour) -> Colour:
    """Stretch the channels between their least and greatest (SetSat in W3C section 10.2)."""
    lowest, spread = colour.min(axis=0), _saturation_of(colour)
    scale = np.divide(saturation, spread, out=np.zeros_like(spread), where=spread > 0)
    result: Planes = (colour - lowest) * scale
    return result


def _hue(backdrop: Colour, source: Colour) -> Colour:
    return _with_luminosity(
        _with_saturation(source, _saturation_of(backdrop)), _luminosity_of(backdrop)
    )


def _saturation(backdrop: Colour, source: Colour) -> Colour:
    return _with_luminosity(
        _with_saturation(backdrop, _saturation_of(source)), _luminosity_of(backdrop)
    )


def _color(backdrop: Colour, source: Colour) -> Colour:
    return _with_luminosity(source, _luminosity_of(backdrop))


def _luminosity(backdrop: Colour, source: Colour) -> Colour:
    return _with_luminosity(backdrop, _luminosity_of(source))


_MIXES: dict[BlendMode, Callable[[Colour, Colour], Colour]] = {
    BlendMode.MULTIPLY: _multiply,
    BlendMode.SCREEN: _screen,
    BlendMode.OVERLAY: _overlay,
    BlendMode.DARKEN: np.minimum,
    BlendMode.LIGHTEN: np.maximum,
    BlendMode.COLOR_DODGE: _color_dodge,
    BlendMode.COLOR_BURN: _color_burn,
    BlendMode.HARD_LIGHT: _hard_light,
    BlendMode.SOFT_LIGHT: _soft_light,
    BlendMode.DIFFERENCE: _difference,
    BlendMode.HUE: _hue,
    BlendMode.SATURATION: _saturation,
    BlendMode.COLOR: _color,
    BlendMode.LUMINOSITY: _luminosity,
}
