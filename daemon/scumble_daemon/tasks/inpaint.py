"""New paint inside a selection."""

from scumble_daemon.tasks.desk import Desk
from scumble_daemon.tasks.painting import paint, selected_canvas
from scumble_protocol.jobs import Inpaint, PaintedLayer


def inpaint(desk: Desk, task: Inpaint) -> tuple[PaintedLayer, ...]:
    """Return a layer for each variant.

    1. Plan the islands of the selection. 2. Paint each inside its context, from its fill.
    """
    canvas = selected_canvas(desk, task.image, task.selection, task.strength, task.region)
    return paint(desk, task, canvas)
