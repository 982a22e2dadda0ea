"""A whole picture from words."""

from scumble_daemon.region.arrays import quantised, resized
from scumble_daemon.region.resolution import (
    REFINE_STRENGTH,
    first_extent,
    needs_two_passes,
    refined_extent,
    steps_of,
)
from scumble_daemon.tasks.denoising import Run, denoise
from scumble_daemon.tasks.desk import Desk
from scumble_protocol.geometry import Extent
from scumble_protocol.jobs import PaintedLayer, Phase, TextToImage


def text2image(desk: Desk, task: TextToImage) -> tuple[PaintedLayer, ...]:
    """Return a picture for each variant.

    1. Paint at a size that the model is at home with. 2. Where that is much smaller than what was
    asked for, enlarge and refine. 3. Bring it to the exact size.
    """
    wanted, native = Extent(task.width, task.height), desk.model.native
    seeds = tuple(task.seed + number for number in range(task.variants))
    first, final = first_extent(wanted, native), refined_extent(wanted, native)
    count = task.steps or desk.model.family.steps
    refine_cost = steps_of(count, REFINE_STRENGTH).run * final.area
    share = count * first.area / (count * first.area + refine_cost)
    twice = needs_two_passes(wanted, 1.0, native)

    with desk.progress.part(share if twice else 1.0):
        painted = denoise(desk, task, Run(extent=first, bounds=wanted.bounds, seeds=seeds))
    if twice:
        enlarged = tuple(resized(picture, final) for picture in painted)
        refine = Run(
            extent=final,
            bounds=wanted.bounds,
            seeds=seeds,
            strength=REFINE_STRENGTH,
            pictures=enlarged,
            phase=Phase.REFINING,
        )
        with desk.progress.part(1 - share):
            painted = denoise(desk, task, refine)
    desk.progress.enter(Phase.FINISHING)
    return tuple(
        PaintedLayer(
            image=desk.pictures.add(quantised(resized(picture, wanted))),
            mask=None,
            bounds=wanted.bounds,
            seed=seed,
        )
        for picture, seed in zip(painted, seeds, strict=True)
    )
