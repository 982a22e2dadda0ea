"""ControlNets for one run of a pipeline: what each is shown, and what the pipeline is told."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import cv2
import numpy as np
import torch

from scumble_daemon.models.errors import ModelError
from scumble_daemon.models.families import CONTROLNETS, DEPTH, DEPTH_ESTIMATOR, TEXT2IMAGE
from scumble_daemon.models.loaded import Loaded
from scumble_daemon.models.pipeline_classes import Pipeline, controlled_class
from scumble_daemon.region.arrays import Floats, floats, quantised, resized, stretched, unit
from scumble_daemon.region.composite import opaque
from scumble_daemon.tasks.depths import estimated, spread
from scumble_daemon.tasks.desk import Desk
from scumble_protocol.errors import ErrorCode, RemoteError
from scumble_protocol.geometry import Bounds, Extent
from scumble_protocol.jobs import Condition, Control, Task

CANNY_THRESHOLDS = (100, 200)
"""Of 0..255, as the guide of diffusers about ControlNets has them."""
HIDDEN = -1.0
"""What a ControlNet for inpainting is shown where the picture is to be painted."""


def heeded(desk: Desk, task: Task, kind: str) -> tuple[Control, ...]:
    """Return the controls of a job that a pipeline of a kind heeds: all of them, or none."""
    controls = task.options.controls
    if controls and controlled_class(desk.model.family.name, kind) is None:
        desk.notes.notice(
            f"{desk.model.family.title} heeds no ControlNets for {kind}: it was painted without."
        )
        return ()
    return controls


def conditions(
    desk: Desk,
    task: Task,
    kind: str,
    bounds: Bounds,
    extent: Extent,
    *,
    mask: Floats | None,
    seen: Floats | None,
) -> tuple[Floats, ...]:
    """Return what each ControlNet of a job is shown, float32 [H, W, 3] in 0..1 and `HIDDEN`.

    It is cut out and scaled exactly as the picture is: `bounds` of the canvas at `extent`.
    mask: [H, W], what is painted; seen: [H, W, 3], what stands for the picture of the job.
    """
    return tuple(
        _condition(desk, control, _shown(desk, task, control, bounds, extent, seen), mask)
        for control in heeded(desk, task, kind)
    )


@contextmanager
def heeding(desk: Desk, task: Task, kind: str) -> Iterator[Pipeline]:
    """Lend the pipeline of a task, with the ControlNets of a job around it where it heeds them.

    Raises ModelError where one is none, or was made for another family.
    """
    controls = heeded(desk, task, kind)
    if not controls:
        yield desk.model.pipeline(kind, task.scheduler)
        return
    with ExitStack() as stack:
        nets = [_lent(desk, control.name, stack) for control in controls]
        yield desk.model.controlled(kind, nets, task.scheduler)


def control_options(task: Task, kind: str, shown: tuple[Floats, ...]) -> dict[str, Any]:
    """Return what a pipeline around ControlNets takes in its call for them."""
    if not shown:
        return {}
    pictures = [torch.from_numpy(one).permute(2, 0, 1)[None] for one in shown]
    controls = task.options.controls
    told: dict[str, list[Any]] = {
        "image" if kind == TEXT2IMAGE else "control_image": pictures,
        "controlnet_conditioning_scale": [control.weight for control in controls],
        "control_guidance_start": [control.start for control in controls],
        "control_guidance_end": [control.end for control in controls],
    }
    return told if len(controls) > 1 else {name: only for name, (only,) in told.items()}


def _shown(
    desk: Desk, task: Task, control: Control, bounds: Bounds, extent: Extent, seen: Floats | None
) -> Floats:
    """Return the part of a picture that a control looks at, float32 [H, W, 3] in 0..1."""
    if control.image is None and seen is not None:
        return seen
    image = control.image or getattr(task, "image", None)
    if image is None:
        raise RemoteError(
            ErrorCode.BAD_REQUEST,
            f"The control “{control.name}” has nothing to look at, as there is no picture yet. "
            "Nothing was painted; give it a picture of its own.",
        )
    cut = desk.pictures.pixels(image)[bounds.slices]
    picture = np.repeat(unit(cut)[..., None], 3, axis=2) if cut.ndim == 2 else opaque(cut)
    return resized(picture, extent)


def _condition(desk: Desk, control: Control, picture: Floats, mask: Floats | None) -> Floats:
    match control.condition:
        case Condition.CANNY:
            edges = cv2.Canny(quantised(picture), *CANNY_THRESHOLDS)
            return np.repeat(unit(edges.astype(np.uint8))[..., None], 3, axis=2)
        case Condition.DEPTH:
            depths = stretched(spread(_depths(desk, control, picture)), Extent.of(picture))
            return np.repeat(depths[..., None], 3, axis=2)
        case Condition.INPAINT:
            if mask is None:
                raise RemoteError(
                    ErrorCode.BAD_REQUEST,
                    f"The control “{control.name}” is to see the picture without what is "
                    "selected, but nothing is. Nothing was painted; select something, or show it "
                    "another condition.",
                )
            return floats(np.where(mask[..., None] > 0.5, HIDDEN, picture))
        case _:
            return picture


def _depths(desk: Desk, control: Control, picture: Floats) -> Floats:
    own = desk.model.entry.name if DEPTH in desk.model.tasks else None
    name = control.depth_model or own or desk.first_of(DEPTH_ESTIMATOR)
    if name is None:
        raise RemoteError(
            ErrorCode.BAD_REQUEST,
            f"The control “{control.name}” is to see depths, and there is no model that could "
            "estimate them. Nothing was painted; add one such as DPT with `scumble models add`, or "
            "give a picture of depths.",
        )
    with desk.borrow(name) as estimator:
        return estimated(estimator, quantised(picture))


def _lent(desk: Desk, name: str, stack: ExitStack) -> Loaded:
    """Borrow a ControlNet for as long as a stack is open, and see that it fits the model."""
    family = desk.entry(name).family
    if family not in CONTROLNETS.values():
        raise ModelError(
            f"“{name}” is no ControlNet but {family}. Nothing was painted; choose another in the "
            "job's controls.",
            code=ErrorCode.BAD_REQUEST,
        )
    net = stack.enter_context(desk.borrow(name))
    theirs, ours = net.part("controlnet").config, desk.model.part("unet").config
    alike = ("cross_attention_dim", "block_out_channels", "addition_embed_type")
    if any(_plain(theirs.get(one)) != _plain(ours.get(one)) for one in alike):
        raise ModelError(
            f"The ControlNet “{name}” was made for other models than “{desk.model.entry.name}”, so "
            "nothing was painted. Choose one for the same family.",
            code=ErrorCode.BAD_REQUEST,
        )
    return net


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
