"""From what a host asked for to a task of the protocol, whatever tasks the protocol has."""

from dataclasses import dataclass
from typing import Any, get_args

import msgspec

from scumble_bridge.pixels import expanded, from_host, grey
from scumble_bridge.talk import Submit
from scumble_protocol.errors import ProtocolError
from scumble_protocol.geometry import Extent
from scumble_protocol.images import Buffer, Pictures, Pixels
from scumble_protocol.jobs import AnyTask, Upscale


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A task ready to be submitted."""

    task: AnyTask
    pictures: Pictures
    canvas: Extent  # the one its results lie on


def known_tasks() -> tuple[str, ...]:
    """Return the wire's names of every task that the protocol has."""
    return tuple(str(kind.__struct_config__.tag) for kind in get_args(AnyTask))


def prepare(asked: Submit, buffers: tuple[Buffer, ...]) -> Prepared:
    """Turn a host's request into a task and its pictures; names every picture by its content.

    Raises ProtocolError where the protocol has no such task or a value lies outside its limits.
    """
    arrays = _arrays(asked, buffers)
    pictures = Pictures()
    images = {role: pictures.add(pixels) for role, pixels in arrays.items()}
    whole: dict[str, Any] = {
        **asked.fields,
        **{role: msgspec.to_builtins(image) for role, image in images.items()},
        "task": asked.task,
    }
    try:
        task: AnyTask = msgspec.convert(whole, AnyTask)
    except msgspec.ValidationError as error:
        raise ProtocolError(
            f"This cannot be painted: {error}. Nothing was changed; choose another value."
        ) from error
    return Prepared(task, pictures, _canvas(task))


def _arrays(asked: Submit, buffers: tuple[Buffer, ...]) -> dict[str, Pixels]:
    if any(picture.buffer >= len(buffers) for picture in asked.pictures):
        raise ProtocolError("The plug-in named a picture that it did not send. Nothing was done.")
    arrays = {p.role: from_host(p, buffers[p.buffer]) for p in asked.pictures}
    if "depth_map" in arrays:
        arrays["depth_map"] = grey(arrays["depth_map"])
    if asked.expand is not None and "image" in arrays:
        arrays["image"], arrays["selection"] = expanded(arrays["image"], asked.expand)
    return arrays


def _canvas(task: AnyTask) -> Extent:
    return Extent(task.width, task.height) if isinstance(task, Upscale) else task.extent
