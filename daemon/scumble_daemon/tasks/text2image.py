"""A whole picture from words."""

from scumble_daemon.region.arrays import quantised, resized
from scumble_daemon.region.plan import plan_picture
from scumble_daemon.region.resolution import steps_of
from scumble_daemon.tasks.denoising import denoise
from scumble_daemon.tasks.desk import Desk
from scumble_daemon.tasks.run import Run
from scumble_protocol.geometry import Extent
from scumble_protocol.jobs import PaintedLayer, Phase, TextToImage


def text2image(desk: Desk, task: TextToImage) -> tuple[PaintedLayer, ...]:
    """Return a picture for each variant.

    1. Paint at a size that the model is at home with. 2. Where that is much smaller than what was
    asked for, enlarge and refine. 3. Bring it to the exact size.
    """
    wanted = Extent(task.width, task.height)
    seeds = tuple(task.seed + number for number in range(task.variants))
    first, *further = plan_picture(wanted, desk.model.native)
    count = task.steps or desk.model.family.steps
    costs = [one.extent.area * steps_of(count, one.strength).run for one in (first, *further)]

    with desk.progress.part(costs[0] / sum(costs)):
        painted = denoise(desk, task, Run(extent=first.extent, bounds=wanted.bounds, seeds=seeds))
    for refine in () if desk.token.taken else further:
        run = Run(
            extent=refine.extent,
            bounds=wanted.bounds,
            seeds=seeds,
            strength=refine.strength,
            pictures=tuple(resized(picture, refine.extent) for picture in painted),
            phase=Phase.REFINING,
        )
        with desk.progress.part(1.0):
            painted = denoise(desk, task, run)
    desk.progress.enter(Phase.FINISHING)
    return tuple(
        PaintedLayer(
            image=desk.pictures.add(quantised(resized(picture, wanted))),
            mask=None,
            bounds=wanted.bounds,
            seed=seed,
        )
        for picture, seed in zip(painted, seeds[: len(painted)], strict=True)
    )
