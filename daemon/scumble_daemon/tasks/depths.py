"""How near each place of a picture is: estimated by a model, or painted by hand."""

from contextlib import nullcontext
from typing import Any

import torch

from scumble_daemon.models.loaded import Loaded
from scumble_daemon.region.arrays import Bytes, Floats, floats


@torch.inference_mode()
def estimated(model: Loaded, rgb: Bytes) -> Floats:
    """Return what a model thinks how near each place is, float32 [h, w], large is near.

    rgb: uint8 [H, W, 3]. The range is the estimator's own and so is the size: stretched over the
    picture. The same numbers as `StableDiffusionDepth2ImgPipeline.prepare_depth_map` gets.
    """
    estimator, processor = model.depth_parts()
    given = processor(images=[rgb], return_tensors="pt").pixel_values
    given = given.to(device=estimator.device, dtype=estimator.dtype)
    with _autocast(given):
        predicted: torch.Tensor = estimator(given).predicted_depth
    return floats(predicted[0].float().cpu().numpy())


def spread(depths: Floats) -> Floats:
    """Return depths brought to 0..1: the farthest is 0, the nearest 1, all is one half if flat."""
    low, high = float(depths.min()), float(depths.max())
    if not high > low:
        return floats(depths * 0 + 0.5)
    return floats((depths - low) / (high - low))


def _autocast(given: torch.Tensor) -> Any:
    """Let an estimator in half precision choose what it computes in whole numbers.

    Hybrid ones normalise batches, which half precision is too coarse for.
    """
    if given.dtype is torch.float32 or given.device.type == "mps":
        return nullcontext()
    return torch.autocast(given.device.type, dtype=given.dtype)
