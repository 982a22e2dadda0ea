"""The way of a picture back to noise as a job of its own, for later edits to start from."""

from functools import partial

import torch

from scumble_daemon.region.arrays import quantised, resized
from scumble_daemon.region.passage import pass_input, prepare
from scumble_daemon.region.plan import Plan
from scumble_daemon.tasks.desk import Desk
from scumble_daemon.tasks.inversion import inverted, opened, picture_of
from scumble_daemon.tasks.painting import Canvas, selected_canvas, whole_canvas
from scumble_daemon.tasks.shortage import enduring
from scumble_daemon.tasks.wording import wording
from scumble_protocol.jobs import DiffEditInvert, PaintedLayer, Phase


def diffedit_invert(desk: Desk, task: DiffEditInvert) -> tuple[PaintedLayer, ...]:
    """Return a layer for each step where asked for them, the noisiest first; else none.

    1. Take what the edit will take: the whole canvas, or each island's context. 2. Invert it for
    every variant's seed, and keep that. 3. Decode each step of the first one, where asked.
    """
    source = wording(desk, task).source
    canvas = _canvas(desk, task)
    share = 1 / (len(canvas.regions) * task.variants)
    layers: list[PaintedLayer] = []
    for island, plan in canvas.regions:
        ready = prepare(canvas.pixels, island, plan)
        for seed in range(task.seed, task.seed + task.variants):
            picture = pass_input(ready, 0, seed=seed).picture
            make = partial(inverted, desk, task, picture, source, seed, plan.context)
            with desk.progress.part(share):
                way = enduring(desk, plan.passes[0].extent, make)
            if task.pictures and seed == task.seed:
                layers += _shown(desk, task, plan, way)
    return tuple(layers)


def _canvas(desk: Desk, task: DiffEditInvert) -> Canvas:
    if task.selection is None:
        return whole_canvas(desk, task.image, task.inpaint_strength)
    return selected_canvas(desk, task.image, task.selection, task.inpaint_strength, task.region)


def _shown(desk: Desk, task: DiffEditInvert, plan: Plan, way: torch.Tensor) -> list[PaintedLayer]:
    desk.progress.enter(Phase.DECODING, way.shape[1])
    layers = []
    with opened(desk, task) as pipeline:
        for latents in way[0]:
            decoded = picture_of(pipeline.decode(latents[None]))
            pixels = quantised(resized(decoded, plan.context.extent))
            layers.append(
                PaintedLayer(
                    image=desk.pictures.add(pixels), mask=None, bounds=plan.context, seed=task.seed
                )
            )
    return layers
