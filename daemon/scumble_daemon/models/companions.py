"""Models that help the painting ones: estimators of depth, captioners, and ControlNets."""

from pathlib import Path
from typing import Any

import torch
import transformers
from diffusers import DiffusionPipeline

from scumble_daemon.models.controlnets import controlling
from scumble_daemon.models.families import CAPTIONER, CONTROLNETS, DEPTH_ESTIMATOR

COMPANIONS = frozenset({DEPTH_ESTIMATOR, CAPTIONER, *CONTROLNETS.values()})
"""Families whose models lie in a folder of one part."""

_LAZY: Any = transformers  # its classes are hidden from type checkers behind lazy imports
_MODEL_CLASSES = {
    DEPTH_ESTIMATOR: "AutoModelForDepthEstimation",
    CAPTIONER: "BlipForConditionalGeneration",
}


class DepthEstimation(DiffusionPipeline):
    """An estimator of depth and what prepares pictures for it, moved and offloaded as one."""

    def __init__(self, depth_estimator: Any, feature_extractor: Any) -> None:
        base: Any = super()  # its methods are not all typed
        base.__init__()
        itself: Any = self
        itself.register_modules(
            depth_estimator=depth_estimator, feature_extractor=feature_extractor
        )


class Captioning(DiffusionPipeline):
    """A captioner and what prepares pictures and words for it, moved and offloaded as one."""

    def __init__(self, captioner: Any, processor: Any) -> None:
        base: Any = super()
        base.__init__()
        itself: Any = self
        itself.register_modules(captioner=captioner, processor=processor)


def companion(folder: Path, family: str, dtype: torch.dtype) -> Any:
    """Read a model from a folder; `family` is one of `COMPANIONS`."""
    if family in CONTROLNETS.values():
        return controlling(folder, dtype)
    estimation: Any = DepthEstimation
    captioning: Any = Captioning
    cls = getattr(_LAZY, _MODEL_CLASSES[family])
    model = cls.from_pretrained(folder, dtype=dtype, use_safetensors=True, local_files_only=True)
    if family == DEPTH_ESTIMATOR:
        return estimation(model.eval(), image_processor(folder))
    processor = _LAZY.BlipProcessor.from_pretrained(folder, local_files_only=True)
    return captioning(model.eval(), processor)


def image_processor(folder: Path) -> Any:
    """Return what prepares pictures for the model of a folder."""
    return _LAZY.AutoImageProcessor.from_pretrained(folder, local_files_only=True, use_fast=False)


def depth_estimator(folder: Path, dtype: torch.dtype) -> Any:
    """Return an estimator of depth from its folder."""
    cls = _LAZY.AutoModelForDepthEstimation
    model = cls.from_pretrained(folder, dtype=dtype, use_safetensors=True, local_files_only=True)
    return model.eval()
