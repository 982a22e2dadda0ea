"""The way of one island to the model and back: crop, masks and fill before, colour and mask after.

ready = prepare(pixels, island, plan)
picture = None
for index in range(len(plan.passes)):
    given = pass_input(ready, index, picture, seed)
    picture = pass_output(ready, index, paint(given.picture, given.mask), picture)
painted = finish(ready, picture)
"""

from dataclasses import dataclass

import numpy as np

from scumble_daemon.region.arrays import Bytes, Floats, floats, resized, resized_mask
from scumble_daemon.region.colour import RING_PX, match_colour
from scumble_daemon.region.composite import MARGIN_PX, LayerPixels, layer_of, opaque
from scumble_daemon.region.fill import filled
from scumble_daemon.region.islands import Island
from scumble_daemon.region.masks import (
    SHOWN_FULLY_AT,
    denoise_mask,
    fading_mask,
    shown_mask,
)
from scumble_daemon.region.plan import Plan
from scumble_daemon.region.seams import seam_score
from scumble_protocol.geometry import Bounds, Extent


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """One island cut out of its canvas, at the canvas' own resolution; all as large as context."""

    plan: Plan
    original: Floats  # [H, W, 3] in 0..1
    denoise: Floats  # [H, W] in 0..1, how much the model may change
    shown: Floats  # [H, W] in 0..1, how much of the result is seen


@dataclass(frozen=True, slots=True, eq=False)
class PassInput:
    """What a pass is given, at its working size."""

    picture: Floats  # [H, W, 3] in 0..1
    mask: Floats  # [H, W] in 0..1


@dataclass(frozen=True, slots=True, eq=False)
class Painted:
    """One finished island."""

    layer: LayerPixels
    seam_score: float | None  # 1 is as smooth as the original was; None without a boundary


def prepare(pixels: Bytes, island: Island, plan: Plan) -> Prepared:
    """Cut an island's context out of a canvas, uint8 [H, W, 3 or 4], and build both masks."""
    original = opaque(pixels[plan.context.slices])
    window = plan.mask.relative_to(plan.context)
    selection = np.zeros((plan.mask.height, plan.mask.width), dtype=np.float32)
    selection[island.bounds.relative_to(plan.mask).slices] = island.mask
    changes = _changes(selection, plan)
    visible = _visible(selection, plan)
    denoise = np.zeros(original.shape[:2], dtype=np.float32)
    shown = np.zeros_like(denoise)
    denoise[window.slices] = changes
    shown[window.slices] = np.where(changes > 0, visible, 0)
    return Prepared(plan, original, denoise, shown)


def _changes(selection: Floats, plan: Plan) -> Floats:
    """Return how much the model may change, [H, W] in 0..1.

    What is painted over keeps its shapes and may change a little beyond what is seen; what is
    painted anew fades as it is seen. Between the two strengths the one goes over into the other. A
    painter who chose how far to grow gets that.
    """
    region = plan.region
    anew = plan.anew
    if anew == 0:
        return denoise_mask(selection, plan.margins, soft=region.soft)
    fading = fading_mask(selection, plan.margins, region.direction)
    if anew == 1:
        return fading
    grown = denoise_mask(selection, plan.margins)
    return grown + (fading - grown) * np.float32(anew)


def _visible(selection: Floats, plan: Plan) -> Floats:
    """Return how much of the result is seen, [H, W] in 0..1.

    Lifted, it is opaque from the middle of its fade on, as greys of a selection are.
    """
    region = plan.region
    visible = shown_mask(selection, plan.margins, region.direction, soft=region.soft)
    if plan.lift == 0:
        return visible
    opaque = np.minimum(visible / np.float32(SHOWN_FULLY_AT), 1)
    return floats(visible + (opaque - visible) * np.float32(plan.lift))


def pass_input(
    ready: Prepared, index: int, picture: Floats | None = None, seed: int = 0
) -> PassInput:
    """Return picture and mask of a pass at its working size.

    picture: what the pass before gave, None for the first one, which starts from the original
    with its fill.
    """
    wanted = ready.plan.passes[index]
    window = wanted.bounds.relative_to(ready.plan.context).slices
    if picture is None:
        fill = ready.plan.region.fill
        picture = filled(
            ready.original, ready.denoise, fill, strength=ready.plan.strength, seed=seed
        )
    mask = resized_mask(ready.denoise[window], wanted.extent)
    return PassInput(resized(picture[window], wanted.extent), mask)


def pass_output(
    ready: Prepared, index: int, painted: Floats, picture: Floats | None = None
) -> Floats:
    """Return the context with what a pass painted in it, float32 [H, W, 3] in 0..1.

    painted: float32 [h, w, 3] in 0..1 at the pass' working size; picture: as in `pass_input`.
    """
    bounds = ready.plan.passes[index].bounds
    context = np.array(ready.original if picture is None else picture)
    context[bounds.relative_to(ready.plan.context).slices] = resized(painted, bounds.extent)
    return context


def finish(ready: Prepared, picture: Floats, *, margin_px: int = MARGIN_PX) -> Painted:
    """Match the colours of a painted context and make the layer, inside what was painted last."""
    plan = ready.plan
    last = plan.passes[-1].bounds.relative_to(plan.context)
    window = _surroundings(ready, margin_px, last)
    original, result = ready.original[window.slices], picture[window.slices]
    denoise, shown = ready.denoise[window.slices], ready.shown[window.slices]
    if plan.region.match_colour:
        result = match_colour(result, original, denoise)
    cover = shown[..., None]
    score = seam_score(original + (result - original) * cover, original, shown)
    crop = window.moved(plan.context.x, plan.context.y)
    return Painted(layer_of(result, shown, crop, margin_px=margin_px), score)


def _surroundings(ready: Prepared, margin_px: int, last: Bounds) -> Bounds:
    """Return what is looked at to finish: where anything changed, and around it."""
    changed = Bounds.of_mask(ready.denoise) or Extent.of(ready.denoise).bounds
    around = changed.padded(max(margin_px, round(RING_PX)))
    return around.intersection(last) or last
