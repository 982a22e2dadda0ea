"""Which class of diffusers paints which task in which family, and pipelines over shared parts."""

import inspect
from typing import Any

import diffusers
from diffusers.pipelines import auto_pipeline

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
_AUTO: Any = auto_pipeline
_BY_TASK = {
    TEXT2IMAGE: _AUTO.AUTO_TEXT2IMAGE_PIPELINES_MAPPING,
    IMG2IMG: _AUTO.AUTO_IMAGE2IMAGE_PIPELINES_MAPPING,
    INPAINT: _AUTO.AUTO_INPAINT_PIPELINES_MAPPING,
}
_CONTROLLED_CLASSES = {
    TEXT2IMAGE: "ControlNetPipeline",
    IMG2IMG: "ControlNetImg2ImgPipeline",
    INPAINT: "ControlNetInpaintPipeline",
}
_NAMES_THERE = {
    "sd15": "stable-diffusion",
    "sd2": "stable-diffusion",
    "sdxl": "stable-diffusion-xl",
    "sd3": "stable-diffusion-3",
    "flux": "flux",
    "kandinsky22": "kandinsky22",
    "qwen": "qwenimage",
    "z": "z-image",
}
"""What diffusers' tables call the families, by the first word of their names here."""
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
    """Return the class that paints a task with models of a family."""
    if task == DEPTH2IMG:
        return _DIFFUSERS.StableDiffusionDepth2ImgPipeline
    if family.name == "flux-fill":  # which diffusers' tables of tasks leave out
        return _DIFFUSERS.FluxFillPipeline
    return _BY_TASK[task][_NAMES_THERE[family.name.partition("-")[0]]]


def pipeline_over(base: Pipeline, cls: Any, **parts: Any) -> Pipeline:
    """Return a pipeline of a class over what another has; `parts` take the place of its own.

    Unlike diffusers' `from_pipe` it never casts: the weights stay as they were loaded.
    """
    given = {**base.config, **base.components, **parts}
    taken = inspect.signature(cls.__init__).parameters
    return cls(**{name: given[name] for name in taken if name in given})


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


def denoising_part(pipeline: Pipeline) -> Pipeline:
    """Return the pipeline that denoises: itself, or the second of one that is made of two."""
    return getattr(pipeline, "decoder_pipe", pipeline)


def autoencoder(pipeline: Pipeline) -> Any:
    """Return the part that turns pictures to latents and back, None where there is none."""
    vae = getattr(pipeline, "vae", None)
    return getattr(pipeline, "movq", None) if vae is None else vae


def sees_mask(pipeline: Pipeline) -> bool:
    """Tell whether a pipeline's UNet was trained to see the mask beside the picture."""
    unet = getattr(pipeline, "unet", None)
    return unet is not None and unet.conv_in.in_channels == 9
