"""Which function paints which task: the one place that a new task is entered."""

from collections.abc import Callable
from typing import Any

from scumble_daemon.tasks.chain import chain
from scumble_daemon.tasks.depth import depth
from scumble_daemon.tasks.depth2img import depth2img
from scumble_daemon.tasks.desk import Desk
from scumble_daemon.tasks.diffedit import diffedit
from scumble_daemon.tasks.diffedit_invert import diffedit_invert
from scumble_daemon.tasks.diffedit_select import diffedit_select
from scumble_daemon.tasks.img2img import img2img
from scumble_daemon.tasks.inpaint import inpaint
from scumble_daemon.tasks.text2image import text2image
from scumble_daemon.tasks.upscale import upscale
from scumble_protocol.errors import ErrorCode, RemoteError
from scumble_protocol.jobs import (
    Chain,
    Depth,
    DepthToImage,
    DiffEdit,
    DiffEditInvert,
    DiffEditSelect,
    ImageToImage,
    Inpaint,
    PaintedLayer,
    Task,
    TextToImage,
    Upscale,
)

PAINTERS: dict[type[Task], Callable[[Desk, Any], tuple[PaintedLayer, ...]]] = {
    TextToImage: text2image,
    ImageToImage: img2img,
    Inpaint: inpaint,
    DepthToImage: depth2img,
    Depth: depth,
    DiffEditSelect: diffedit_select,
    DiffEditInvert: diffedit_invert,
    DiffEdit: diffedit,
    Chain: chain,
    Upscale: upscale,
}


def painter_of(task: Task) -> Callable[[Desk, Any], tuple[PaintedLayer, ...]]:
    """Return the function that paints a task. Raises RemoteError `bad_request` for others."""
    painter = PAINTERS.get(type(task))
    if painter is None:
        raise RemoteError(
            ErrorCode.BAD_REQUEST,
            f"This daemon does not know the task “{task_name(task)}”. Nothing was painted.",
        )
    return painter


def task_name(task: Task) -> str:
    """Return the name of a task on the wire."""
    return str(task.__struct_config__.tag)
