"""The pictures and masks of a run, in the form in which each family's pipelines take them."""

import inspect
from typing import Any

import numpy as np
import torch
from PIL import Image as PillowImage

from scumble_daemon.models.families import DEPTH2IMG, IMG2IMG, INPAINT, TEXT2IMAGE
from scumble_daemon.models.pipeline_classes import Pipeline, sees_mask
from scumble_daemon.region.arrays import Floats, quantised
from scumble_daemon.tasks.desk import Desk
from scumble_daemon.tasks.run import Run
from scumble_daemon.tasks.softening import Softener, is_soft, is_softenable, open_mask, softener

NEARLY_ALL = 0.9999
"""Told to a pipeline for strength 1: told 1.0 it would forget the picture and start from noise
alone, a jump after 0.99. The steps that are run are settled apart from this."""


def kind_of(desk: Desk, run: Run) -> str:
    """Return the task of diffusers' tables that a run is."""
    if run.latents:
        return IMG2IMG
    if not run.pictures:
        return TEXT2IMAGE
    if run.depth is not None:
        return DEPTH2IMG
    return IMG2IMG if run.mask is None and not desk.model.paints_masked_only else INPAINT


def picture_options(
    desk: Desk, run: Run, kind: str, pipeline: Pipeline, steps: int
) -> dict[str, Any]:
    """Return what a run's size, pictures, mask and strength add to the call of a pipeline.

    steps: how many are run.
    """
    size = {"width": run.extent.width, "height": run.extent.height}
    if kind == TEXT2IMAGE:
        return size
    strength = 1.0 if run.from_noise else min(run.strength, NEARLY_ALL)
    if run.latents:
        return size | {"image": torch.stack(run.latents), "strength": strength}
    pictures = np.stack(run.pictures)
    options: dict[str, Any] = size | {"image": pictures, "strength": strength}
    if run.depth is not None:
        # As a tensor, for of an array the pipeline mistakes the height for the width.
        options["image"] = torch.from_numpy(pictures).permute(0, 3, 1, 2)
        options["depth_map"] = torch.from_numpy(run.depth)[None]
    if kind == INPAINT:
        mask = np.ones(pictures.shape[1:3], np.float32) if run.mask is None else run.mask
        if _softens(desk, run, pipeline) and not sees_mask(pipeline):
            mask = open_mask(mask, _factor(pipeline), steps)
        options["mask_image"] = mask[None, :, :, None]
        if "strength" not in taken_by(pipeline) and run.strength < 1:
            desk.notes.notice(
                f"{desk.model.family.title} knows no strength inside a selection: it was painted "
                "anew."
            )
    if desk.model.family.takes_pillow:
        pictured = {"image", "mask_image"} & options.keys()
        options |= {name: _pillow(options[name]) for name in pictured}
    return options


def _softens(desk: Desk, run: Run, pipeline: Pipeline) -> bool:
    """Tell whether a soft mask must be kept up by the callback."""
    if run.mask is None:
        return False
    if run.depth is not None:
        return True  # the pipeline knows no mask: all of it is kept up by the callback
    if not run.soft:
        return False
    if not is_soft(run.mask, run.extent, _factor(pipeline)):
        return False
    if is_softenable(pipeline):
        return True
    desk.notes.notice(
        f"{desk.model.family.title} knows hard masks only: greys of the selection were taken as "
        "all or nothing while painting. The layer's own mask is soft as you drew it."
    )
    return False


def softener_of(desk: Desk, run: Run, pipeline: Pipeline) -> Softener | None:
    """Return what keeps a soft mask up while a pipeline runs, None where nothing need."""
    if run.mask is None or not _softens(desk, run, pipeline):
        return None
    return softener(pipeline, run.mask, run.originals, run.seeds, _factor(pipeline))


def taken_by(pipeline: Pipeline) -> frozenset[str]:
    """Return the names of all that a pipeline takes when it is called; families differ in some."""
    return frozenset(inspect.signature(type(pipeline).__call__).parameters)


def _pillow(stacked: Floats) -> list[PillowImage.Image]:
    """Return arrays [N, H, W, 3 or 1] in 0..1 as pictures of 8 bits."""
    flat = stacked[..., 0] if stacked.shape[-1] == 1 else stacked
    return [PillowImage.fromarray(quantised(one)) for one in flat]


def _factor(pipeline: Pipeline) -> int:
    return int(getattr(pipeline, "vae_scale_factor", 8))
