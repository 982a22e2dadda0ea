"""Folders with the configs of checkpoints as they were published, and headers for their weights.

The values are those that tell a checkpoint's kind; the weights are the first layer alone, or one
number where nothing is read from their shapes.
"""

import json
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_D, _T = "diffusers", "transformers"
_SD_PARTS: dict[str, Any] = {
    "feature_extractor": [_T, "CLIPImageProcessor"],
    "safety_checker": ["stable_diffusion", "StableDiffusionSafetyChecker"],
    "scheduler": [_D, "PNDMScheduler"],
    "text_encoder": [_T, "CLIPTextModel"],
    "tokenizer": [_T, "CLIPTokenizer"],
    "unet": [_D, "UNet2DConditionModel"],
    "vae": [_D, "AutoencoderKL"],
}
_SD2_PARTS = {name: part for name, part in _SD_PARTS.items() if name != "safety_checker"}
_XL_PARTS = {
    "scheduler": [_D, "EulerDiscreteScheduler"],
    "text_encoder": [_T, "CLIPTextModel"],
    "text_encoder_2": [_T, "CLIPTextModelWithProjection"],
    "tokenizer": [_T, "CLIPTokenizer"],
    "tokenizer_2": [_T, "CLIPTokenizer"],
    "unet": [_D, "UNet2DConditionModel"],
    "vae": [_D, "AutoencoderKL"],
    "force_zeros_for_empty_prompt": True,
}
_SD3_PARTS = {
    "scheduler": [_D, "FlowMatchEulerDiscreteScheduler"],
    "text_encoder": [_T, "CLIPTextModelWithProjection"],
    "text_encoder_2": [_T, "CLIPTextModelWithProjection"],
    "text_encoder_3": [_T, "T5EncoderModel"],
    "tokenizer": [_T, "CLIPTokenizer"],
    "tokenizer_2": [_T, "CLIPTokenizer"],
    "tokenizer_3": [_T, "T5TokenizerFast"],
    "transformer": [_D, "SD3Transformer2DModel"],
    "vae": [_D, "AutoencoderKL"],
}
_FLUX_PARTS = {
    "scheduler": [_D, "FlowMatchEulerDiscreteScheduler"],
    "text_encoder": [_T, "CLIPTextModel"],
    "text_encoder_2": [_T, "T5EncoderModel"],
    "tokenizer": [_T, "CLIPTokenizer"],
    "tokenizer_2": [_T, "T5TokenizerFast"],
    "transformer": [_D, "FluxTransformer2DModel"],
    "vae": [_D, "AutoencoderKL"],
}
_QWEN_PARTS = {
    "scheduler": [_D, "FlowMatchEulerDiscreteScheduler"],
    "text_encoder": [_T, "Qwen2_5_VLForConditionalGeneration"],
    "tokenizer": [_T, "Qwen2Tokenizer"],
    "transformer": [_D, "QwenImageTransformer2DModel"],
    "vae": [_D, "AutoencoderKLQwenImage"],
}
_Z_PARTS = _QWEN_PARTS | {
    "text_encoder": [_T, "Qwen3Model"],
    "transformer": [_D, "ZImageTransformer2DModel"],
    "vae": [_D, "AutoencoderKL"],
}
_KANDINSKY_PARTS = {
    "movq": [_D, "VQModel"],
    "scheduler": [_D, "DDPMScheduler"],
    "unet": [_D, "UNet2DConditionModel"],
}
_PRIOR_PARTS = {
    "image_encoder": [_T, "CLIPVisionModelWithProjection"],
    "image_processor": [_T, "CLIPImageProcessor"],
    "prior": [_D, "PriorTransformer"],
    "scheduler": [_D, "UnCLIPScheduler"],
    "text_encoder": [_T, "CLIPTextModelWithProjection"],
    "tokenizer": [_T, "CLIPTokenizer"],
}
_FOUR_BLOCKS = {"block_out_channels": [128, 256, 512, 512]}


def _unet(channels: int, sample: int, **more: Any) -> dict[str, Any]:
    return {"in_channels": channels, "sample_size": sample, **more}


_XL_UNET = {"addition_embed_type": "text_time", "cross_attention_dim": 2048}
_FLUX = {"in_channels": 64, "patch_size": 1, "guidance_embeds": True, "num_layers": 19}
PUBLISHED: dict[str, tuple[str, dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    # name: class of the pipeline, its parts, config of the chief part, config of the scheduler
    "stable-diffusion-v1-5": (
        "StableDiffusionPipeline",
        _SD_PARTS,
        _unet(4, 64, cross_attention_dim=768),
        {},
    ),
    "stable-diffusion-inpainting": (
        "StableDiffusionInpaintPipeline",
        _SD_PARTS,
        _unet(9, 64, cross_attention_dim=768),
        {},
    ),
    "stable-diffusion-2-1": (
        "StableDiffusionPipeline",
        _SD2_PARTS,
        _unet(4, 96, cross_attention_dim=1024),
        {"prediction_type": "v_prediction"},
    ),
    "stable-diffusion-2-depth": (
        "StableDiffusionDepth2ImgPipeline",
        _SD2_PARTS | {"depth_estimator": [_T, "DPTForDepthEstimation"]},
        _unet(5, 64, cross_attention_dim=1024),
        {},
    ),
    "sd-turbo": (
        "StableDiffusionPipeline",
        _SD2_PARTS,
        _unet(4, 64, cross_attention_dim=1024),
        {"_class_name": "EulerDiscreteScheduler", "timestep_spacing": "trailing"},
    ),
    "LCM_Dreamshaper_v7": (
        "LatentConsistencyModelPipeline",
        _SD_PARTS,
        _unet(4, 96, cross_attention_dim=768, time_cond_proj_dim=256),
        {"_class_name": "LCMScheduler"},
    ),
    "stable-diffusion-xl-base-1.0": (
        "StableDiffusionXLPipeline",
        _XL_PARTS,
        _unet(4, 128, **_XL_UNET),
        {},
    ),
    "stable-diffusion-xl-1.0-inpainting-0.1": (
        "StableDiffusionXLInpaintPipeline",
        _XL_PARTS,
        _unet(9, 128, **_XL_UNET),
        {},
    ),
    "stable-diffusion-xl-refiner-1.0": (
        "StableDiffusionXLImg2ImgPipeline",
        _XL_PARTS | {"text_encoder": [None, None], "tokenizer": [None, None]},
        _unet(4, 128, **(_XL_UNET | {"cross_attention_dim": 1280})),
        {},
    ),
    "sdxl-turbo": (
        "StableDiffusionXLPipeline",
        _XL_PARTS,
        _unet(4, 64, **_XL_UNET),
        {"_class_name": "EulerAncestralDiscreteScheduler", "timestep_spacing": "trailing"},
    ),
    "stable-diffusion-3-medium-diffusers": (
        "StableDiffusion3Pipeline",
        _SD3_PARTS,
        {"in_channels": 16, "sample_size": 128, "patch_size": 2},
        {"shift": 3.0},
    ),
    "stable-diffusion-3.5-large-turbo": (
        "StableDiffusion3Pipeline",
        _SD3_PARTS,
        {"in_channels": 16, "sample_size": 128, "patch_size": 2},
        {"shift": 3.0},
    ),
    "FLUX.1-dev": ("FluxPipeline", _FLUX_PARTS, _FLUX, {"use_dynamic_shifting": True}),
    "FLUX.1-schnell": ("FluxPipeline", _FLUX_PARTS, _FLUX | {"guidance_embeds": False}, {}),
    "FLUX.1-Fill-dev": ("FluxFillPipeline", _FLUX_PARTS, _FLUX | {"in_channels": 384}, {}),
    "Qwen-Image": (
        "QwenImagePipeline",
        _QWEN_PARTS,
        {"in_channels": 64, "out_channels": 16, "patch_size": 2, "guidance_embeds": False},
        {},
    ),
    "Z-Image-Turbo": (
        "ZImagePipeline",
        _Z_PARTS,
        {"in_channels": 16, "dim": 3840, "all_patch_size": [2]},
        {"shift": 3.0},
    ),
    "kandinsky-2-2-decoder": ("KandinskyV22Pipeline", _KANDINSKY_PARTS, _unet(4, 64), {}),
    "kandinsky-2-2-decoder-inpaint": (
        "KandinskyV22InpaintPipeline",
        _KANDINSKY_PARTS,
        _unet(9, 64),
        {},
    ),
    "kandinsky-2-2-prior": ("KandinskyV22PriorPipeline", _PRIOR_PARTS, {}, {}),
}


def write(parent: Path, name: str) -> Path:
    """Write the folder of a published checkpoint and return it; its prior too for Kandinsky."""
    class_name, parts, chief, scheduler = PUBLISHED[name]
    folder = parent / name
    for part, made_of in parts.items():
        if isinstance(made_of, list) and made_of[1] is not None:
            _write_part(folder / part, part, chief, scheduler)
    index = {"_class_name": class_name, "_diffusers_version": "0.22.0", **parts}
    (folder / "model_index.json").write_text(json.dumps(index))
    if name.startswith("kandinsky") and not name.endswith("prior"):
        write(parent, "kandinsky-2-2-prior")
    return folder


def _write_part(folder: Path, part: str, chief: dict[str, Any], scheduler: dict[str, Any]) -> None:
    folder.mkdir(parents=True)
    if part == "scheduler":
        (folder / "scheduler_config.json").write_text(json.dumps(scheduler))
        return
    config = chief if part in ("unet", "transformer") else {}
    if part in ("vae", "movq"):
        config = _FOUR_BLOCKS
    (folder / "config.json").write_text(json.dumps(config))
    shapes: dict[str, tuple[int, ...]] = {"weight": (1,)}
    if part == "unet":
        shapes = {"conv_in.weight": (32, chief["in_channels"], 3, 3)}
    elif part == "transformer":
        shapes = {"x_embedder.weight": (8, chief["in_channels"])}
    weights(folder / "diffusion_pytorch_model.safetensors", shapes)


def weights(file: Path, shapes: Mapping[str, tuple[int, ...]], **told: str) -> Path:
    """Write a .safetensors file of zeros in 16 bits; `told` is what its trainer says of it."""
    header: dict[str, Any] = {"__metadata__": told} if told else {}
    end = 0
    for name, shape in shapes.items():
        size = 2
        for side in shape:
            size *= side
        header[name] = {"dtype": "F16", "shape": shape, "data_offsets": [end, end + size]}
        end += size
    raw = json.dumps(header).encode()
    file.write_bytes(struct.pack("<Q", len(raw)) + raw + bytes(end))
    return file
