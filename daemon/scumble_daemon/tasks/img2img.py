"""A picture painted over at a strength, the whole of it or inside a selection."""

from scumble_daemon.tasks.desk import Desk
from scumble_daemon.tasks.painting import paint, selected_canvas, whole_canvas
from scumble_protocol.jobs import ImageToImage, PaintedLayer


def img2img(desk: Desk, task: ImageToImage) -> tuple[PaintedLayer, ...]:
    """Return a layer for each variant.

    1. Take the whole canvas, or plan the islands of the selection. 2. Paint over what is there.
    """
    if task.selection is None:
        return paint(desk, task, whole_canvas(desk, task.image, task.strength))
    canvas = selected_canvas(desk, task.image, task.selection, task.strength, task.region)
    return paint(desk, task, canvas)
