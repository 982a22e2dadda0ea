"""What a host asked for becomes a task of the protocol."""

import pytest

from scumble_bridge.talk import Submit, read_asked
from scumble_bridge.tasks import prepare
from scumble_host.commands import UPSCALE
from scumble_host.request import Canvas, submission
from scumble_protocol.errors import ProtocolError
from scumble_protocol.geometry import Extent
from scumble_protocol.images import Mode
from scumble_protocol.jobs import Upscale


def asked(width: int = 3, **values: float) -> tuple[Submit, tuple[bytes, ...]]:
    canvas = Canvas(width, 2, pixels=b"\xff" * 8 * width, layout="bgra8")
    header, buffers = submission(UPSCALE, {"seed": 7, **values}, canvas, "job-00000001")
    read = read_asked(header)
    assert isinstance(read, Submit)
    return read, tuple(bytes(buffer) for buffer in buffers)


def test_upscaling_lies_on_the_canvas_that_it_makes() -> None:
    prepared = prepare(*asked(factor=2.0, detail=0.4))
    task = prepared.task
    assert isinstance(task, Upscale)
    assert (task.width, task.height, task.refine, task.seed) == (6, 4, 0.4, 7)
    assert task.image.mode is Mode.RGB8
    assert task.extent == Extent(3, 2)
    assert prepared.canvas == Extent(6, 4)


def test_a_value_outside_the_protocols_limits_is_refused() -> None:
    with pytest.raises(ProtocolError, match="cannot be painted"):
        prepare(*asked(factor=2.0, detail=1.5))
