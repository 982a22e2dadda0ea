"""Writes a small pipeline as one file in the original layout of Stable Diffusion checkpoints."""

import re
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

_UNET_PARTS = {
    "norm1": "in_layers.0",
    "conv1": "in_layers.2",
    "time_emb_proj": "emb_layers.1",
    "norm2": "out_layers.0",
    "conv2": "out_layers.3",
    "conv_shortcut": "skip_connection",
}
_UNET_ENDS = {
    "conv_in": "input_blocks.0.0",
    "time_embedding.linear_1": "time_embed.0",
    "time_embedding.linear_2": "time_embed.2",
    "conv_norm_out": "out.0",
    "conv_out": "out.2",
}


def save(pipeline: Any, file: Path) -> Path:
    """Write UNet, VAE and text encoder of a pipeline to one .safetensors file and return it."""
    layers = pipeline.unet.config.layers_per_block
    blocks = len(pipeline.vae.config.block_out_channels)
    tensors: dict[str, torch.Tensor] = {}
    for name, tensor in pipeline.unet.state_dict().items():
        tensors[f"model.diffusion_model.{_unet(name, layers)}"] = tensor
    for name, tensor in pipeline.vae.state_dict().items():
        tensors[f"first_stage_model.{vae_name(name, blocks)}"] = tensor
    for name, tensor in pipeline.text_encoder.state_dict().items():
        tensors[f"cond_stage_model.transformer.text_model.{name}"] = tensor
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, file)
    return file


def _unet(name: str, layers: int) -> str:
    for ours, theirs in _UNET_ENDS.items():
        if name.startswith(f"{ours}."):
            return name.replace(ours, theirs, 1)
    found = re.fullmatch(r"(down|up|mid)_block(?:s\.(\d+))?\.(\w+)\.(\d+)\.(.+)", name)
    assert found, name
    side, block, kind, index, rest = found.groups()
    number, place = int(block or 0), int(index)
    if kind == "resnets":
        part, _, end = rest.rpartition(".")
        rest = f"{_UNET_PARTS[part]}.{end}"
    if side == "mid":
        return f"middle_block.{2 * place if kind == 'resnets' else 2 * place + 1}.{rest}"
    if side == "down":
        first = 1 + number * (layers + 1)
        if kind == "downsamplers":
            return f"input_blocks.{first + layers}.0.{rest.replace('conv', 'op')}"
        return f"input_blocks.{first + place}.{0 if kind == 'resnets' else 1}.{rest}"
    first = number * (layers + 1)
    if kind == "upsamplers":
        return f"output_blocks.{first + layers}.{2 if number == 0 else 1}.{rest}"
    return f"output_blocks.{first + place}.{0 if kind == 'resnets' else 1}.{rest}"


def vae_name(name: str, blocks: int) -> str:
    """Return what the original layout calls a weight of a VAE of so many blocks."""
    name = name.replace("conv_norm_out", "norm_out").replace("conv_shortcut", "nin_shortcut")
    name = re.sub(r"mid_block\.resnets\.(\d)", lambda found: f"mid.block_{int(found[1]) + 1}", name)
    name = re.sub(r"down_blocks\.(\d)\.resnets\.(\d)", r"down.\1.block.\2", name)
    name = re.sub(r"down_blocks\.(\d)\.downsamplers\.0", r"down.\1.downsample", name)

    def turned(found: re.Match[str]) -> str:
        rest = "upsample" if found[2] == "upsamplers" else f"block.{found[3]}"
        return f"up.{blocks - 1 - int(found[1])}.{rest}"

    return re.sub(r"up_blocks\.(\d)\.(resnets|upsamplers)\.(\d)", turned, name)
