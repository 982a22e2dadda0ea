"""Adding what a model painted: layers with their own masks, and the recipe of the job on each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from scumble_editor.document import tree
from scumble_editor.document.document import Document
from scumble_editor.document.errors import DocumentError
from scumble_editor.document.formats import Pixels
from scumble_editor.document.layer import Layer, Mask
from scumble_editor.document.tiles import Tiles
from scumble_protocol.geometry import Point


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Result:
    """One picture from a model, with a margin around what it is meant to cover.

    pixels: uint8 [H, W, 3 or 4], sRGB, straight alpha; `at` is their place on the canvas.
    mask: uint8 [h, w], white where the result shows; nothing shows outside it. None: all shows.
    recipe: the JSON text of the job.
    """

    pixels: Pixels
    at: Point
    mask: Pixels | None = None
    mask_at: Point | None = None  # where the mask lies, at the same place as the pixels if None
    name: str = "Result"
    recipe: str | None = None

    def as_layer(self) -> Layer:
        """Return the layer that shows this result."""
        mask_at = self.at if self.mask_at is None else self.mask_at
        return Layer(
            name=self.name,
            pixels=Tiles.of(with_alpha(self.pixels), self.at),
            mask=None if self.mask is None else Mask.of(self.mask, mask_at),
            recipe=self.recipe,
        )


def add_results(
    document: Document, results: Sequence[Result], above: str | None = None
) -> Document:
    """Add variants of one result above a node (None: above the active one), as one edit.

    The first becomes the active layer and is the only one shown; it lies on top of the others,
    which keep their order downwards.
    """
    if not results:
        raise DocumentError("The model gave no result to add; nothing was changed.")
    variants = [result.as_layer() for result in results]
    fresh = tuple(replace(v, visible=v is variants[0]) for v in reversed(variants))
    below = document.active_id if above is None else above
    layers = tree.inserted(document.layers, fresh, below)
    return replace(document, layers=layers, active_id=variants[0].id)


def with_alpha(pixels: Pixels) -> Pixels:
    """Return gray [H, W], rgb [H, W, 3] or rgba [H, W, 4] as rgba: uint8 [H, W, 4]."""
    if pixels.ndim == 2:
        pixels = np.repeat(pixels[..., None], 3, axis=2)
    if pixels.ndim != 3 or pixels.shape[2] not in (3, 4) or pixels.dtype != np.uint8:
        raise DocumentError(f"Pixels of shape {pixels.shape} {pixels.dtype} are no 8-bit picture.")
    if pixels.shape[2] == 4:
        return pixels
    rgba = np.full((*pixels.shape[:2], 4), 255, np.uint8)
    rgba[..., :3] = pixels
    return rgba
