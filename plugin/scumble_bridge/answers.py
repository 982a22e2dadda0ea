"""What the bridge tells a host: the wire's own headers, with pixels as the host has them."""

from dataclasses import replace
from typing import Any

import msgspec
import numpy as np

from scumble_bridge.pixels import for_host, png, thumbnail
from scumble_host.pipe import Buffer
from scumble_protocol import messages as m
from scumble_protocol.errors import ErrorCode, ProtocolError, RemoteError, ScumbleError
from scumble_protocol.geometry import Extent
from scumble_protocol.images import Pixels
from scumble_protocol.jobs import Job
from scumble_protocol.painted import Glance, Layer, Painted
from scumble_protocol.painting import Happening, Painting
from scumble_protocol.version import PACKAGE

Answer = tuple[dict[str, Any], tuple[Buffer, ...]]


def welcome(said: m.Welcome, models: tuple[m.ModelInfo, ...], request: str) -> dict[str, Any]:
    """Return the answer to a host's hello: the daemon's own, its models, our version."""
    header: dict[str, Any] = msgspec.to_builtins(said)
    return {
        **header,
        "request": request,
        "models": msgspec.to_builtins(models),
        "bridge": PACKAGE,
    }


def error(problem: ScumbleError, request: str, job: str = "") -> dict[str, Any]:
    """Return what tells a host that its request, or the job it asked for, came to nothing."""
    code = ErrorCode.INTERNAL
    if isinstance(problem, RemoteError | ProtocolError):
        code = problem.code
    return {
        "type": "error",
        "request": request,
        "job": job,
        "code": str(code),
        "sentence": str(problem),
        "details": problem.details if isinstance(problem, RemoteError) else "",
    }


def event(job: str, happening: Happening) -> Answer:
    """Return what happened to a job, its preview as a PNG."""
    if not isinstance(happening, Glance):
        header: dict[str, Any] = msgspec.to_builtins(happening)
        return header, ()
    preview = {
        "type": "preview",
        "job": job,
        "bounds": msgspec.to_builtins(happening.bounds),
        "step": happening.step,
        "variant": happening.variant,
    }
    return preview, (png(happening.pixels),)


def done(painting: Painting, painted: Painted, layout: str, canvas: Extent) -> Answer:
    """Return a job's result: each layer's pixels, its mask and a thumbnail, and the recipe."""
    buffers: list[Buffer] = []

    def add(buffer: Buffer) -> int:
        buffers.append(buffer)
        return len(buffers) - 1

    layers = [
        {
            "bounds": msgspec.to_builtins(layer.bounds),
            "seed": layer.seed,
            "seam_score": layer.seam_score,
            "pixels": add(for_host(layer.pixels, layout)),
            "mask": None if layer.mask is None else add(layer.mask.tobytes()),
            "thumbnail": add(thumbnail(layer.pixels, layer.mask)),
            "recipe": recipe(painting.job, layer.seed) if painting.job else "",
        }
        for layer in painted.layers
    ]
    header = {
        "type": "done",
        "job": painting.job_id,
        "layers": layers,
        "report": msgspec.to_builtins(painted.report),
        "canvas": [canvas.width, canvas.height],
    }
    return header, tuple(buffers)


def cut_out(painted: Painted) -> Painted:
    """Return a result whose masks have become the alpha of its pixels."""
    layers = tuple(
        layer if layer.mask is None else replace(layer, pixels=_with_alpha(layer), mask=None)
        for layer in painted.layers
    )
    return replace(painted, layers=layers)


def _with_alpha(layer: Layer) -> Pixels:
    assert layer.mask is not None
    alpha = layer.mask.astype(np.uint16)
    if layer.pixels.shape[2] == 4:
        alpha = (alpha * layer.pixels[..., 3] + 127) // 255
    return np.dstack([layer.pixels[..., :3], alpha.astype(np.uint8)])


def recipe(job: Job, seed: int) -> str:
    """Return the JSON text of the job that paints one layer again: that variant alone."""
    task = msgspec.structs.replace(job.task, seed=seed, variants=1)
    return msgspec.json.encode(msgspec.structs.replace(job, task=task)).decode()
