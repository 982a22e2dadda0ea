"""Painting on a canvas: every island cut out, painted in one or two passes, laid on one layer."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from scumble_daemon.region.arrays import (
    Bytes,
    Floats,
    quantised,
    resized,
    resized_mask,
    stretched,
    unit,
)
from scumble_daemon.region.composite import LayerPixels, opaque
from scumble_daemon.region.islands import Island, plan_selection
from scumble_daemon.region.passage import (
    Painted,
    Prepared,
    finish,
    pass_input,
    pass_output,
    prepare,
)
from scumble_daemon.region.plan import Plan, plan_whole
from scumble_daemon.region.resolution import steps_of
from scumble_daemon.tasks.denoising import denoise
from scumble_daemon.tasks.desk import Desk
from scumble_daemon.tasks.run import Run
from scumble_protocol.errors import ErrorCode, RemoteError
from scumble_protocol.geometry import Bounds
from scumble_protocol.images import Image
from scumble_protocol.jobs import Fill, PaintedLayer, Phase, Region, Task

COVER_SIDE_PX = 256
"""Masks that go with previews are no larger."""


@dataclass(frozen=True, slots=True, eq=False)
class Canvas:
    """What is painted on, and where."""

    pixels: Bytes  # [H, W, 3 or 4], straight alpha, sRGB
    regions: tuple[tuple[Island, Plan], ...]
    masked: bool  # False paints all of it
    depths: Callable[[Prepared], Floats] | None = None
    """Gives how near each place of a context is, [h, w] stretched over it, large is near."""
    first: Callable[[Run], list[Floats]] | None = None
    """Paints the first pass in another way than `denoise`."""


def whole_canvas(desk: Desk, image: Image, strength: float) -> Canvas:
    """Return a canvas that is painted over everywhere."""
    pixels = desk.pictures.pixels(image)
    island = Island(image.extent.bounds, np.ones(pixels.shape[:2], np.float32))
    plan = plan_whole(image.extent, strength, desk.model.native)
    return Canvas(pixels, ((island, plan),), masked=False)


def selected_canvas(
    desk: Desk, image: Image, selection: Image, strength: float, region: Region
) -> Canvas:
    """Return a canvas that is painted on inside a selection.

    Raises RemoteError `bad_request` where nothing is selected.
    """
    mask = unit(desk.pictures.pixels(selection))
    regions = plan_selection(mask, strength, region, desk.model.native)
    if not regions:
        raise RemoteError(
            ErrorCode.BAD_REQUEST,
            "Nothing is selected, so nothing was painted. Select an area and paint again.",
        )
    return Canvas(desk.pictures.pixels(image), regions, masked=True)


def paint(desk: Desk, task: Task, canvas: Canvas) -> tuple[PaintedLayer, ...]:
    """Return one layer for each variant of a task.

    1. Share the bar between the passes by their cost. 2. Paint island after island, all variants
    of one together. 3. Join the islands of each variant on one layer, with a mask that is 0
    wherever nothing may change. A job that is taken early gives what it has by then: islands,
    passes and variants that were not begun are left out.
    """
    seeds = tuple(task.seed + number for number in range(task.variants))
    costs = [_cost(task, plan, desk) for _, plan in canvas.regions]
    islands = []
    for (island, plan), cost in zip(canvas.regions, costs, strict=True):
        desk.token.raise_if_cancelled()
        with desk.progress.part(cost / sum(costs)):
            islands.append(_paint_island(desk, task, canvas, (island, plan), seeds))
        if desk.token.taken:
            break
    desk.progress.enter(Phase.FINISHING)
    painted = min(len(variants) for variants in islands)
    return tuple(
        _layer(desk, canvas, [variants[number] for variants in islands], seed)
        for number, seed in enumerate(seeds[:painted])
    )


def _paint_island(
    desk: Desk, task: Task, canvas: Canvas, region: tuple[Island, Plan], seeds: tuple[int, ...]
) -> list[Painted]:
    """Return one island as every variant paints it."""
    island, plan = region
    desk.progress.enter(Phase.PREPARING)
    ready = prepare(canvas.pixels, island, plan)
    depths = None if canvas.depths is None else canvas.depths(ready)
    shares = _pass_costs(task, plan, desk)
    pictures: list[Floats | None] = [None] * len(seeds)
    for index, share in enumerate(shares):
        with desk.progress.part(share / sum(shares)):
            run = _run(ready, index, pictures, seeds, masked=canvas.masked)
            if canvas.masked:
                desk.covers[run.bounds] = _cover(ready, index)
            if depths is not None:
                run = replace(run, depth=_depth_within(depths, ready, index))
            own_way = canvas.first if index == 0 else None
            results = own_way(run) if own_way else denoise(desk, task, run)
        pictures = [
            pass_output(ready, index, painted, pictures[number])
            for number, painted in enumerate(results)
        ]
        if desk.token.taken:
            break
    return [finish(ready, picture) for picture in pictures if picture is not None]


def _run(
    ready: Prepared,
    index: int,
    pictures: list[Floats | None],
    seeds: tuple[int, ...],
    *,
    masked: bool,
) -> Run:
    plan, wanted = ready.plan, ready.plan.passes[index]
    inputs = [
        pass_input(ready, index, before, seed) for before, seed in zip(pictures, seeds, strict=True)
    ]
    window = wanted.bounds.relative_to(plan.context).slices
    starts = [ready.original if before is None else before for before in pictures]
    originals = tuple(resized(start[window], wanted.extent) for start in starts)
    first = index == 0
    # The noise is the latents' own then; a picture of noise would only bleed through the edge.
    from_noise = first and plan.region.fill is Fill.NOISE and wanted.strength == 1
    return Run(
        extent=wanted.extent,
        bounds=wanted.bounds,
        seeds=seeds,
        strength=wanted.strength,
        pictures=originals if from_noise else tuple(given.picture for given in inputs),
        mask=inputs[0].mask if masked else None,
        originals=originals,
        soft=plan.region.soft,
        from_noise=from_noise,
        phase=Phase.DENOISING if first else Phase.REFINING,
    )


def _cover(ready: Prepared, index: int) -> Bytes:
    """Return how much of what a pass paints will be seen, uint8 [h, w], small."""
    bounds = ready.plan.passes[index].bounds
    window = bounds.relative_to(ready.plan.context).slices
    scale = min(1.0, COVER_SIDE_PX / bounds.extent.longest_side)
    return quantised(resized_mask(ready.shown[window], bounds.extent.scaled(scale)))


def _depth_within(depths: Floats, ready: Prepared, index: int) -> Floats:
    """Return the depths of what one pass paints; of a whole context as they were given."""
    plan = ready.plan
    bounds = plan.passes[index].bounds
    if bounds == plan.context:
        return depths
    window = bounds.relative_to(plan.context).slices
    return np.ascontiguousarray(stretched(depths, plan.context.extent)[window])


def _layer(desk: Desk, canvas: Canvas, islands: list[Painted], seed: int) -> PaintedLayer:
    """Join the islands of one variant and put the pictures of its layer into the store."""
    joined = _joined(canvas.pixels, [island.layer for island in islands])
    scores = [island.seam_score for island in islands if island.seam_score is not None]
    mask: Bytes | None = joined.mask
    if not canvas.masked:
        mask = None if canvas.pixels.shape[2] == 3 else canvas.pixels[..., 3]
    return PaintedLayer(
        image=desk.pictures.add(joined.rgb),
        mask=None if mask is None else desk.pictures.add(mask),
        bounds=joined.bounds,
        seed=seed,
        seam_score=max(scores) if canvas.masked and scores else None,
    )


def _joined(pixels: Bytes, layers: list[LayerPixels]) -> LayerPixels:
    """Return several layers as one; between them lie the canvas' own colours under mask 0."""
    if len(layers) == 1:
        return layers[0]
    bounds = layers[0].bounds
    for layer in layers[1:]:
        bounds = bounds.union(layer.bounds)
    rgb = quantised(opaque(pixels[bounds.slices]))
    mask = np.zeros(rgb.shape[:2], np.uint8)
    for layer in layers:
        rgb[_within(layer, bounds)] = layer.rgb
    for layer in layers:  # once more what is seen, which the margin of another may have covered
        window = _within(layer, bounds)
        seen = layer.mask > mask[window]
        rgb[window][seen] = layer.rgb[seen]
        mask[window][seen] = layer.mask[seen]
    return LayerPixels(bounds, rgb, mask)


def _within(layer: LayerPixels, bounds: Bounds) -> tuple[slice, slice]:
    return layer.bounds.relative_to(bounds).slices


def _cost(task: Task, plan: Plan, desk: Desk) -> float:
    return sum(_pass_costs(task, plan, desk))


def _pass_costs(task: Task, plan: Plan, desk: Desk) -> list[float]:
    """Return what each pass costs: pixels times steps."""
    count = task.steps or desk.model.family.steps
    return [float(one.extent.area * steps_of(count, one.strength).run) for one in plan.passes]
