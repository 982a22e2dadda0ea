"""A picture painted anew that keeps its depths, the whole of it or inside a selection."""

from collections.abc import Callable
from dataclasses import replace

from scumble_daemon.region.arrays import Floats, quantised, unit
from scumble_daemon.region.passage import Prepared
from scumble_daemon.tasks.depths import estimated
from scumble_daemon.tasks.desk import Desk
from scumble_daemon.tasks.painting import paint, selected_canvas, whole_canvas
from scumble_protocol.jobs import DepthToImage, PaintedLayer


def depth2img(desk: Desk, task: DepthToImage) -> tuple[PaintedLayer, ...]:
    """Return a layer for each variant.

    1. Take the whole canvas, or plan the islands of the selection. 2. Find how near each place of
    an island's context is: from the map given, or estimated from what is there now. 3. Paint over
    what is there with those depths; the callback keeps what is not selected.
    """
    if task.selection is None:
        canvas = whole_canvas(desk, task.image, task.strength)
    else:
        canvas = selected_canvas(desk, task.image, task.selection, task.strength, task.region)
    return paint(desk, task, replace(canvas, depths=_depths(desk, task)))


def _depths(desk: Desk, task: DepthToImage) -> Callable[[Prepared], Floats]:
    if task.depth_map is not None:
        given = unit(desk.pictures.pixels(task.depth_map))
        return lambda ready: given[ready.plan.context.slices]
    if task.depth_model is None:
        return lambda ready: estimated(desk.model, quantised(ready.original))
    name = task.depth_model

    def by_another(ready: Prepared) -> Floats:
        with desk.borrow(name) as estimator:
            return estimated(estimator, quantised(ready.original))

    return by_another
