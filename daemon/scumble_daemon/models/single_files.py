"""What a single .safetensors file is, told from the names and shapes of its weights."""

import re
from pathlib import Path

from scumble_daemon.models.errors import ModelFileError
from scumble_daemon.models.facts import Facts
from scumble_daemon.models.families import (
    CONTROLNETS,
    EMBEDDING,
    FAMILIES,
    IP_ADAPTERS,
    LORA,
    UPSCALER,
    VAE,
)
from scumble_daemon.models.few_steps import few_steps_of_name
from scumble_daemon.models.ip_adapters import check_encoder, ip_adapter_family, is_ip_adapter
from scumble_daemon.models.weights import Shape, read_metadata, read_shapes

_SD_CROSS = re.compile(r"model\.diffusion_model\.input_blocks\.\d+\.1\..*\.0\.attn2\.to_k\.weight")
_LORA = re.compile(r"lora[._](?:down|up|A|B)\b|lora_(?:down|up|A|B)\.")
_UPSCALER_INPUTS = (
    "conv_first.weight",  # ESRGAN, SwinIR, HAT, DAT and their kin
    "model.0.weight",  # ESRGAN, as it was first published
    "body.0.weight",  # Compact
    "feats.0.weight",  # PLKSR
    "conv_1.sk.weight",  # SPAN
)
"""Names of the first layer of models that enlarge, by architecture."""
_COLOURS = (3, 12, 48)  # of one pixel, or of blocks of 2 × 2 and 4 × 4 folded into one
_CONTROLNET_INPUTS = {
    "controlnet_cond_embedding.conv_in.weight",  # diffusers' layout
    "control_model.input_hint_block.0.weight",  # the original one
    "input_hint_block.0.weight",
}
_XL_CONTROLNET = ("add_embedding.linear_1.weight", "label_emb.0.0.weight")
_SD_INPUT = "model.diffusion_model.input_blocks.0.0.weight"
_XL_BASE = "conditioner.embedders.1.model.transformer.resblocks.9.mlp.c_proj.bias"
_XL_REFINER = "conditioner.embedders.0.model.transformer.resblocks.9.mlp.c_proj.bias"

_NAMED = frozenset({LORA, *(name for name, family in FAMILIES.items() if family.tasks)})
_GENERIC_STEMS = frozenset({"pytorch_lora_weights", "model", "diffusion_pytorch_model"})
"""Names that say nothing, as trainers and hubs give them."""


def inspect_file(file: Path) -> Facts:
    """Return the facts of a single .safetensors checkpoint in the original layout.

    Raises ModelFileError and PickledModelError where it is broken, pickled or of no use.
    """
    shapes = read_shapes(file)
    family = _family_of_keys(shapes) or _family_of_addition(shapes) or _family_of_part(shapes)
    if family is None:
        raise ModelFileError(
            f"{file.name} is no checkpoint, LoRA, embedding, VAE, ControlNet or upscaler that can "
            "be used: it may be of a family that is not known here. Nothing was added."
        )
    size = file.stat().st_size
    if family in IP_ADAPTERS.values():
        size += check_encoder(file, shapes)
    few = few_steps_of_name(*_names(file)) if family in _NAMED else None
    return Facts(family, FAMILIES[family].native_side, size, few_steps=few)


def _names(file: Path) -> tuple[str, ...]:
    """Return what a file is called: by itself, by its trainer, and by its folder if need be."""
    told = read_metadata(file)
    titles = tuple(told.get(key, "") for key in ("modelspec.title", "ss_output_name"))
    generic = file.stem in _GENERIC_STEMS
    return (*((file.parent.name,) if generic else (file.stem,)), *titles)


def _family_of_addition(shapes: dict[str, Shape]) -> str | None:
    """Return the family of a file that is no checkpoint but goes with one."""
    if is_ip_adapter(shapes):
        return ip_adapter_family(shapes)
    if _CONTROLNET_INPUTS & shapes.keys():
        return _family_of_controlnet(shapes)
    if any(_LORA.search(name) for name in shapes):
        return LORA
    one_word = len(shapes) == 1 and len(next(iter(shapes.values()))) in (1, 2)
    if one_word or set(shapes) in ({"emb_params"}, {"clip_l", "clip_g"}):
        return EMBEDDING
    first = (shapes.get(name, ()) for name in _UPSCALER_INPUTS)
    if any(len(shape) == 4 and shape[1] in _COLOURS for shape in first):
        return UPSCALER
    return None


def _family_of_controlnet(shapes: dict[str, Shape]) -> str:
    if any(name.endswith(_XL_CONTROLNET) for name in shapes):
        return CONTROLNETS["sdxl"]
    cross = (shape for name, shape in shapes.items() if name.endswith("attn2.to_k.weight"))
    return CONTROLNETS["sd2" if next(cross, (0,))[-1] == 1024 else "sd15"]


def _family_of_part(shapes: dict[str, Shape]) -> str | None:
    """Return the family of a file that is one part of a model: a VAE in either layout."""
    ends = ("encoder.conv_in.weight", "decoder.conv_in.weight")
    starts = ("", "first_stage_model.")
    return VAE if any(all(f"{start}{end}" in shapes for end in ends) for start in starts) else None


def _family_of_keys(shapes: dict[str, Shape]) -> str | None:
    channels = shapes.get(_SD_INPUT, (0, 0))[1]
    ending = "-inpaint" if channels == 9 else ""
    if _XL_BASE in shapes:
        return f"sdxl{ending}"
    if _XL_REFINER in shapes:
        return "sdxl-refiner"
    cross = next((shape for name, shape in shapes.items() if _SD_CROSS.fullmatch(name)), None)
    if cross is not None and channels in (4, 9):
        return f"sd2{ending}" if cross[-1] == 1024 else f"sd15{ending}"
    for start in ("", "model.diffusion_model."):
        if f"{start}joint_blocks.0.context_block.adaLN_modulation.1.bias" in shapes:
            return "sd3"
        if f"{start}double_blocks.0.img_attn.norm.key_norm.scale" in shapes:
            width = shapes.get(f"{start}img_in.weight", (0, 64))[-1]
            return "flux-fill" if width == 384 else "flux"
    return None
