"""Which class of diffusers paints which task in which family."""

from typing import Any

import diffusers

from scumble_daemon.models.families import (
    DEPTH2IMG,
    GUIDED_FAMILIES,
    IMG2IMG,
    INPAINT,
    TEXT2IMAGE,
    Family,
)

Pipeline = Any
"""Any pipeline of diffusers: their classes differ in what they take, and mypy sees none of it."""
_DIFFUSERS: Any = diffusers
_BY_TASK = {
    TEXT2IMAGE: "AutoPipelineForText2Image",
    IMG2IMG: "AutoPipelineForImage2Image",
    INPAINT: "AutoPipelineForInpainting",
    DEPTH2IMG: "StableDiffusionDepth2ImgPipeline",
}
_OWN_CLASSES = {"flux-fill": "FluxFillPipeline"}
"""Of families that diffusers' tables of tasks leave out."""
_CONTROLLED_CLASSES = {
    TEXT2IMAGE: "ControlNetPipeline",
    IMG2IMG: "ControlNetImg2ImgPipeline",
    INPAINT: "ControlNetInpaintPipeline",
}
_SINGLE_FILE_CLASSES = {
    "sd15": "StableDiffusionPipeline",
    "sd15-inpaint": "StableDiffusionInpaintPipeline",
    "sd2": "StableDiffusionPipeline",
    "sd2-inpaint": "StableDiffusionInpaintPipeline",
    "sdxl": "StableDiffusionXLPipeline",
    "sdxl-inpaint": "StableDiffusionXLInpaintPipeline",
    "sdxl-refiner": "StableDiffusionXLImg2ImgPipeline",
    "sd3": "StableDiffusion3Pipeline",
    "flux": "FluxPipeline",
    "flux-fill": "FluxFillPipeline",
}


def pipeline_class(family: Family, task: str) -> Any:
    """Return the class that builds a family's pipeline for a task."""
    return getattr(_DIFFUSERS, _OWN_CLASSES.get(family.name) or _BY_TASK[task])


def controlled_class(family: str, task: str) -> Any | None:
    """Return the class that paints a task as ControlNets want it, None where none does."""
    if family not in GUIDED_FAMILIES or task not in _CONTROLLED_CLASSES:
        return None
    start = "StableDiffusionXL" if family.startswith("sdxl") else "StableDiffusion"
    return getattr(_DIFFUSERS, start + _CONTROLLED_CLASSES[task])


def single_file_class(family: str) -> Any | None:
    """Return the class that reads a family's checkpoints of one file, None where none does."""
    name = _SINGLE_FILE_CLASSES.get(family)
    return None if name is None else getattr(_DIFFUSERS, name)


def sees_mask(pipeline: Pipeline) -> bool:
    """Tell whether a pipeline's UNet was trained to see the mask beside the picture."""
    unet = getattr(pipeline, "unet", None)
    return unet is not None and unet.conv_in.in_channels == 9
