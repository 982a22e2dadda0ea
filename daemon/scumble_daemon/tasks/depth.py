"""The depths of a picture as a grey layer."""

from scumble_daemon.region.arrays import quantised, resized
from scumble_daemon.region.composite import opaque
from scumble_daemon.tasks.depths import estimated, spread
from scumble_daemon.tasks.desk import Desk
from scumble_protocol.jobs import Depth, PaintedLayer, Phase


def depth(desk: Desk, task: Depth) -> tuple[PaintedLayer, ...]:
    """Return one grey layer as large as the canvas, white is near.

    1. Estimate at the estimator's own size. 2. Enlarge smoothly and use all greys.
    """
    desk.progress.enter(Phase.ENCODING)
    canvas = opaque(desk.pictures.pixels(task.image))
    depths = spread(estimated(desk.model, quantised(canvas)))
    desk.token.raise_if_cancelled()
    desk.progress.enter(Phase.FINISHING)
    grey = quantised(resized(depths, task.extent))
    layer = PaintedLayer(
        image=desk.pictures.add(grey), mask=None, bounds=task.extent.bounds, seed=task.seed
    )
    return (layer,)
