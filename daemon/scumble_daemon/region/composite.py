"""A result as a layer: pixels with a margin, a separate mask, and the picture both make."""

from dataclasses import dataclass

import numpy as np

from scumble_daemon.region.arrays import Bytes, Floats, quantised, unit
from scumble_daemon.region.membrane import membrane
from scumble_protocol.geometry import Bounds, Extent

MARGIN_PX = 32
"""Pixels kept around the mask, so that a painter can widen it afterwards."""


@dataclass(frozen=True, slots=True, eq=False)
class LayerPixels:
    """The pixels of one new layer and where they lie on the canvas."""

    bounds: Bounds
    rgb: Bytes  # uint8 [height, width, 3], sRGB, unmasked
    mask: Bytes  # uint8 [height, width], 255 where the layer hides what is below


def opaque(pixels: Bytes) -> Floats:
    """Return a picture without transparency, as a model needs it, float32 [H, W, 3] in 0..1.

    pixels: uint8 [H, W, 3], or [H, W, 4] with straight alpha. Under and around transparent parts
    lie the colours of the opaque ones, smoothly continued, so no halo of a backdrop enters the
    result; mid grey where all is transparent. Opaque pixels keep their exact values.
    """
    colour = unit(pixels[..., :3])
    if pixels.shape[2] == 3:
        return colour
    alpha = pixels[..., 3]
    if np.all(alpha == 255):
        return colour
    backdrop = membrane(colour, alpha >= 128, 1.0) if (alpha >= 128).any() else np.float32(0.5)
    cover = unit(alpha)[..., None]
    return np.where(cover == 1, colour, backdrop + (colour - backdrop) * cover)


def layer_of(
    result: Floats, shown: Floats, crop: Bounds, *, margin_px: int = MARGIN_PX
) -> LayerPixels:
    """Return the layer that shows a result through a mask.

    result: float32 [H, W, 3] in 0..1; shown: float32 [H, W] in 0..1; crop: where both lie on the
    canvas. Cut to the visible pixels and a margin inside the crop. The colours are not mixed with
    the mask. A mask below half a step of a byte is 0.
    """
    mask = quantised(shown)
    visible = Bounds.of_mask(mask) or Extent.of(mask).bounds
    window = visible.padded(margin_px).clamped(Extent.of(mask))
    rgb = quantised(result[window.slices])
    cut = np.ascontiguousarray(mask[window.slices])
    return LayerPixels(window.moved(crop.x, crop.y), rgb, cut)


def flattened(canvas: Bytes, layer: LayerPixels) -> Bytes:
    """Return the canvas with a layer on top, uint8, of the canvas' own shape [H, W, 3 or 4].

    Source over with straight alpha in integers: every value is the exact quotient, rounded half
    up. So pixels under mask 0 are bit-identical, hidden colours of transparent ones included, and
    pixels under mask 255 are exactly the layer's, opaque.
    """
    flat = canvas.copy()
    under = canvas[layer.bounds.slices].astype(np.int32)
    top = layer.rgb.astype(np.int32)
    cover = layer.mask.astype(np.int32)[..., None]
    if canvas.shape[2] == 3:
        over = (under * (255 - cover) + top * cover + 127) // 255
    else:
        over = _over_transparent(under, top, cover)
    flat[layer.bounds.slices] = over.astype(np.uint8)
    return flat


def _over_transparent(under: np.ndarray, top: np.ndarray, cover: np.ndarray) -> np.ndarray:
    """Return uint8 values as int32 [h, w, 4] of an opaque layer over straight-alpha pixels.

    With everything in 255ths: alpha = (255·cover + a·(255 − cover)) / 255, colour = (top·255·cover
    + under·a·(255 − cover)) / (255·alpha) (W3C Compositing and Blending Level 1, source over).
    """
    above, below = 255 * cover, under[..., 3:] * (255 - cover)
    whole = above + below
    parts = top * above + under[..., :3] * below
    colour = (parts + whole // 2) // np.maximum(whole, 1)
    mixed = np.concatenate((colour, (whole + 127) // 255), axis=2)
    return np.where(cover == 0, under, mixed)
