"""How far a selection reaches: margins, the bounds of its mask, and the context the model sees."""

from dataclasses import dataclass

from scumble_protocol.geometry import Bounds, Extent

GROW_PX = 4.0
"""Grown by this much before half of the feather is added."""
BLEND_LIMIT_PX = 25.0
"""The result fades over no more than this, unless the painter chose a feather."""
PADDING_SHARE = 0.06
"""Of the selection's diagonal, added around what the mask needs."""
MASK_MIN_SIDE_PX = 256
CONTEXT_NATIVE_PX = 512
"""The context's padding is meant for models of this native side; smaller ones see less of it."""
FULL_STRENGTH_FROM = 0.8
"""From here to strength 1 a job turns from repainting what is there to painting anew."""


@dataclass(frozen=True, slots=True)
class Margins:
    """Distances in px on the canvas around one selection."""

    feather_px: float  # width of the ramp of the denoise mask
    grow_px: float  # how far the denoise mask is grown before it is feathered
    blend_px: float  # width of the ramp of the mask that the painter sees
    padding_px: float  # from the selection to the bounds of its mask

    @property
    def reach_px(self) -> float:
        """How far from the selection the denoise mask falls to 0."""
        return self.grow_px + self.feather_px / 2


def margins_of(
    selection: Extent,
    strength: float,
    *,
    feather_px: float | None = None,
    grow_px: float | None = None,
) -> Margins:
    """Return the margins of a selection of a size, for a strength over 0 to 1.

    Defaults follow krita-ai-diffusion (`model.py`, `settings.py`): feather max(0.10·s·d, 32·s),
    grow 4 + feather/2, blend min(25, grow + feather/2), padding feather + 4 + 0.06·d, with d the
    diagonal. A feather of the painter's own is also the width of the visible ramp, uncapped: it is
    what they asked to see. The padding always holds the whole denoise mask.
    """
    diagonal = selection.diagonal
    feather = max(0.10 * strength * diagonal, 32 * strength) if feather_px is None else feather_px
    grow = GROW_PX + feather / 2 if grow_px is None else grow_px
    blend = min(BLEND_LIMIT_PX, grow + feather / 2) if feather_px is None else feather_px
    reach = max(feather + GROW_PX, grow + feather / 2)
    return Margins(feather, grow, blend, reach + PADDING_SHARE * diagonal)


def mask_bounds(
    selection: Bounds,
    margins: Margins,
    canvas: Extent,
    *,
    multiple: int = 8,
    native_side: int = MASK_MIN_SIDE_PX,
) -> Bounds:
    """Return the selection padded for its mask.

    At least 256 px a side (or a smaller model's native side), sides rounded up to the latent
    multiple, shifted to stay inside the canvas and cut only where the canvas itself is smaller.
    """
    padded = selection.padded(_ceil(margins.padding_px)).clamped(canvas)
    least = min(MASK_MIN_SIDE_PX, native_side)
    return fitted(padded, Extent(least, least), canvas, multiple)


def context_bounds(
    mask: Bounds,
    canvas: Extent,
    strength: float,
    native_side: int,
    *,
    multiple: int = 8,
    context_px: float | None = None,
) -> Bounds:
    """Return what the model sees: mask bounds, widened at high strength.

    At strength 1 the padding is max(longest canvas side / 16, half the mean side of the mask
    bounds), the sides are at least the model's native one, and up to half of the long axis'
    padding moves to the short axis to make the context square (krita-ai-diffusion,
    `resolution.py`). Up to strength 0.8 the context is the mask bounds. In between the padding
    grows linearly: with a switch at 1, strengths 0.99 and 1.0 would show the model two different
    pictures. A model of a native side below 512 gets that much less padding, or it would have to
    paint the selection in a few of its few pixels. A padding of the painter's own holds at every
    strength and exactly.
    """
    if context_px is not None:
        padded = mask.padded(_ceil(context_px)).clamped(canvas)
        return fitted(padded, Extent(1, 1), canvas, multiple)
    share = full_strength_share(strength)
    if share == 0:
        return mask
    mean_side = (mask.width + mask.height) / 2
    padding = share * max(canvas.longest_side / 16, mean_side / 2)
    padding *= min(native_side / CONTEXT_NATIVE_PX, 1.0)
    excess = (mask.width - mask.height) / 2
    pad_x = max(padding / 2, padding - max(0.0, excess))
    pad_y = max(padding / 2, padding - max(0.0, -excess))
    grown = Extent(mask.width + 2 * _ceil(pad_x), mask.height + 2 * _ceil(pad_y))
    side = round(share * native_side)
    return fitted(centred(mask, grown), Extent(side, side), canvas, multiple)


def full_strength_share(strength: float) -> float:
    """Return how much of what holds at strength 1 alone holds at a strength: 0 up to 0.8."""
    return min(max((strength - FULL_STRENGTH_FROM) / (1 - FULL_STRENGTH_FROM), 0.0), 1.0)


def fitted(bounds: Bounds, least: Extent, canvas: Extent, multiple: int) -> Bounds:
    """Return bounds widened about their centre to a least size and a multiple, inside a canvas."""
    widened = Extent(max(bounds.width, least.width), max(bounds.height, least.height))
    return centred(bounds, widened.multiple_of(multiple)).shifted_inside(canvas)


def centred(bounds: Bounds, extent: Extent) -> Bounds:
    """Return a rectangle of a size about the centre of another, rounded up and left."""
    x = bounds.x - (extent.width - bounds.width) // 2
    y = bounds.y - (extent.height - bounds.height) // 2
    return Bounds(x, y, extent.width, extent.height)


def _ceil(px: float) -> int:
    return -int(-px // 1)
