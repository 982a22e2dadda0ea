"""Adjustments of a layer's colour and sharpness, within the selection, alpha left as it is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from scumble_editor.document.blocks import blocks_of
from scumble_editor.document.document import Document
from scumble_editor.document.edits.pixels import edit_pixels, replace_pixels
from scumble_editor.document.errors import DocumentError
from scumble_editor.document.formats import Pixels
from scumble_editor.document.pixel_math import premultiplied, straight
from scumble_editor.document.tracking import tracked
from scumble_protocol.geometry import Bounds, Point

Table = NDArray[np.uint8]
"""What each level of a channel becomes: uint8 [256]."""

_BLOCK_PX = 1024
CHANNELS = ("rgb", "red", "green", "blue")


@dataclass(frozen=True, slots=True)
class Levels:
    """The levels that become black and white, a gamma between them, and the range given out."""

    black: int = 0
    white: int = 255
    gamma: float = 1.0  # above 1 brightens
    out_black: int = 0
    out_white: int = 255

    def table(self) -> Table:
        """Return what each level becomes."""
        if not self.white > self.black or self.gamma <= 0:
            raise DocumentError("White must lie above black, and gamma above 0.")
        part = np.clip((np.arange(256.0) - self.black) / (self.white - self.black), 0, 1)
        out = self.out_black + (self.out_white - self.out_black) * part ** (1 / self.gamma)
        return _as_table(out)


def levels(document: Document, layer_id: str, settings: Levels, channel: str = "rgb") -> Document:
    """Stretch the levels of a channel, or of all three."""
    return apply_table(document, layer_id, settings.table(), channel)


def curves(
    document: Document, layer_id: str, points: Sequence[tuple[int, int]], channel: str = "rgb"
) -> Document:
    """Map the levels of a channel by a smooth curve through points (level, new level)."""
    return apply_table(document, layer_id, curve_table(points), channel)


def curve_table(points: Sequence[tuple[int, int]]) -> Table:
    """Return a curve through points as a table: monotone cubic pieces, level beyond the ends.

    Fritsch and Carlson, Monotone piecewise cubic interpolation, 1980: it never overshoots.
    """
    ordered = sorted(dict(points).items())
    if not ordered:
        return _as_table(np.arange(256.0))
    x, y = (np.array(values, np.float64) for values in zip(*ordered, strict=True))
    levels_ = np.clip(np.arange(256.0), x[0], x[-1])
    if len(x) == 1:
        return _as_table(np.full(256, y[0]))
    width, slope = np.diff(x), np.diff(y) / np.diff(x)
    tangent = _monotone_tangents(slope)
    piece = np.clip(np.searchsorted(x, levels_, side="right") - 1, 0, len(width) - 1)
    h = width[piece]
    t = (levels_ - x[piece]) / h
    value = (
        (1 + 2 * t) * (1 - t) ** 2 * y[piece]
        + t * (1 - t) ** 2 * h * tangent[piece]
        + t**2 * (3 - 2 * t) * y[piece + 1]
        + t**2 * (t - 1) * h * tangent[piece + 1]
    )
    return _as_table(value)


def brightness_contrast(
    document: Document, layer_id: str, brightness: float, contrast: float
) -> Document:
    """Shift and stretch all levels around the middle; both from -1 to 1, 0 changing nothing."""
    if not (-1 <= brightness <= 1 and -1 <= contrast <= 1):
        raise DocumentError("Brightness and contrast lie between -1 and 1.")
    slope = np.tan((contrast + 1) * np.pi / 4) if contrast < 1 else 1e6
    out = (np.arange(256.0) - 127.5) * slope + 127.5 + brightness * 127.5
    return apply_table(document, layer_id, _as_table(out))


def hue_saturation(
    document: Document, layer_id: str, hue_degrees: float, saturation: float, lightness: float
) -> Document:
    """Turn hues and scale saturation and lightness (HSL); the latter two from -1 to 1."""

    def change(rgb: Pixels) -> Pixels:
        hls: Pixels = cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2HLS)
        hls[..., 0] = (hls[..., 0] + hue_degrees) % 360
        hls[..., 2] = np.clip(hls[..., 2] * (1 + saturation), 0, 1)
        toward = 1.0 if lightness > 0 else 0.0
        hls[..., 1] += (toward - hls[..., 1]) * abs(lightness)
        out = cv2.cvtColor(hls, cv2.COLOR_HLS2RGB)
        return np.asarray(np.clip(out * 255 + 0.5, 0, 255)).astype(np.uint8)

    if not (-1 <= saturation <= 1 and -1 <= lightness <= 1):
        raise DocumentError("Saturation and lightness lie between -1 and 1.")
    if hue_degrees % 360 == 0 and saturation == 0 and lightness == 0:
        return document
    return _on_colour(document, layer_id, change)


def invert_colours(document: Document, layer_id: str) -> Document:
    """Turn every colour into its opposite."""
    return apply_table(document, layer_id, _as_table(255 - np.arange(256.0)))


def apply_table(document: Document, layer_id: str, table: Table, channel: str = "rgb") -> Document:
    """Replace every level of a channel ("rgb", "red", "green", "blue") by what a table says."""
    if channel not in CHANNELS:
        raise DocumentError(f"There is no channel “{channel}”; use {', '.join(CHANNELS)}.")
    if np.array_equal(table, np.arange(256)):
        return document

    def change(rgb: Pixels) -> Pixels:
        if channel == "rgb":
            return table[rgb]
        out = rgb.copy()
        index = CHANNELS.index(channel) - 1
        out[..., index] = table[rgb[..., index]]
        return out

    return _on_colour(document, layer_id, change)


def blur(document: Document, layer_id: str, radius_px: float) -> Document:
    """Soften a layer by a Gaussian of that standard deviation, its edges too."""
    if radius_px <= 0:
        return document

    def soften(floats: Pixels) -> Pixels:
        return _blurred(floats, radius_px)

    return _on_neighbourhood(document, layer_id, _reach_px(radius_px), soften)


def sharpen(
    document: Document, layer_id: str, radius_px: float, amount: float, threshold: int = 0
) -> Document:
    """Raise contrast at edges (unsharp mask); differences below `threshold` levels stay."""
    if radius_px <= 0 or amount == 0:
        return document

    def raise_edges(floats: Pixels) -> Pixels:
        soft = _blurred(floats, radius_px)
        alpha, soft_alpha = floats[..., 3:], soft[..., 3:]
        # colours are compared where there is paint, so its outline is no edge
        around = np.divide(
            soft[..., :3] * alpha, soft_alpha, where=soft_alpha > 0, out=floats[..., :3].copy()
        )
        detail = floats[..., :3] - around
        detail = np.where(np.abs(detail) >= threshold, detail, 0)
        sharp = np.clip(floats[..., :3] + detail * np.float32(amount), 0, alpha)
        return np.concatenate([sharp, alpha], axis=2)

    return _on_neighbourhood(document, layer_id, _reach_px(radius_px), raise_edges)


def _on_colour(document: Document, layer_id: str, change: Callable[[Pixels], Pixels]) -> Document:
    """Change the colour of every pixel of a layer by itself: uint8 [H, W, 3] in and out."""
    area = document.layer(layer_id).content_bounds()
    if area is None:
        return document

    def recolour(rgba: Pixels, _place: Bounds) -> Pixels:
        out = rgba.copy()
        out[..., :3] = change(np.ascontiguousarray(rgba[..., :3]))
        return np.where(rgba[..., 3:] == 0, rgba, out)

    return edit_pixels(document, layer_id, area, recolour)


def _on_neighbourhood(
    document: Document, layer_id: str, reach_px: int, change: Callable[[Pixels], Pixels]
) -> Document:
    """Change a layer by a filter on premultiplied float32 [H, W, 4], 0 to 255.

    Keeps to the canvas, beyond whose edge the picture counts as going on: a photograph that is
    blurred stays opaque to its edges. Works in blocks, so that it takes little memory.
    """
    layer = document.layer(layer_id)
    inside = layer.content_bounds()
    area = None if inside is None else inside.padded(reach_px).intersection(document.bounds)
    if area is not None and document.selection is not None:
        chosen = document.selection.bounds
        area = None if chosen is None else chosen.padded(reach_px).intersection(area)
    if area is None:
        return document
    for block in tracked(blocks_of(area, max(_BLOCK_PX, 2 * reach_px))):
        around = block.padded(reach_px).intersection(area) or block
        result = straight(change(premultiplied(layer.read(around))))
        inside = block.relative_to(around)
        corner = Point(block.x, block.y)
        document = replace_pixels(document, layer_id, result[inside.slices], corner)
    return document


def _reach_px(radius_px: float) -> int:
    """Return how far OpenCV's Gaussian on floats looks: four standard deviations."""
    return int(np.ceil(4 * radius_px)) + 1


def _blurred(floats: Pixels, radius_px: float) -> Pixels:
    soft = cv2.GaussianBlur(floats, (0, 0), radius_px, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(soft)


def _monotone_tangents(slope: NDArray[np.float64]) -> NDArray[np.float64]:
    tangent = np.concatenate([slope[:1], (slope[:-1] + slope[1:]) / 2, slope[-1:]])
    for index, steep in enumerate(slope):
        if steep == 0:
            tangent[index] = tangent[index + 1] = 0
            continue
        before, after = tangent[index] / steep, tangent[index + 1] / steep
        tangent[index] = max(before, 0) * steep
        tangent[index + 1] = max(after, 0) * steep
        length = np.hypot(max(before, 0), max(after, 0))
        if length > 3:
            tangent[index] *= 3 / length
            tangent[index + 1] *= 3 / length
    return tangent


def _as_table(values: NDArray[np.float64]) -> Table:
    return np.clip(np.round(values), 0, 255).astype(np.uint8)
