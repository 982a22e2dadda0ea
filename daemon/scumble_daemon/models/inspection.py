"""What a checkpoint is, told from its configs and headers. Reads, never executes."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from scumble_daemon.models.configs import read_config
from scumble_daemon.models.errors import ModelFileError, PickledModelError
from scumble_daemon.models.families import (
    CAPTIONER,
    CONTROLNETS,
    DEPTH_ESTIMATOR,
    EMBEDDING,
    FAMILIES,
    IP_ADAPTERS,
    LORA,
    UPSCALER,
)
from scumble_daemon.models.ip_adapters import check_encoder, ip_adapter_family, is_ip_adapter
from scumble_daemon.models.weights import PICKLED_SUFFIXES, Shape, read_shapes

_PIPELINES = {
    "StableDiffusionXL": "sdxl",
    "StableDiffusion3": "sd3",
    "StableDiffusionDepth2Img": "sd2-depth",
    "StableDiffusion": "sd15",
    "LatentConsistencyModel": "sd15",
    "FluxFill": "flux-fill",
    "Flux": "flux",
    "KandinskyV22": "kandinsky22",
    "QwenImage": "qwen-image",
    "ZImage": "z-image",
}
_UNET_CHANNELS = {"sd15": 4, "sd2": 4, "sdxl": 4, "sd2-depth": 5, "kandinsky22": 4}
_COMPANIONS = {
    "dpt": DEPTH_ESTIMATOR,
    "depth_anything": DEPTH_ESTIMATOR,
    "glpn": DEPTH_ESTIMATOR,
    "blip": CAPTIONER,
}
_OTHER_ARCHITECTURES = (
    "StableDiffusionUpscale", "StableDiffusionLatentUpscale",
    "StableDiffusionInstructPix2Pix", "StableDiffusionXLInstructPix2Pix", "Flux2", "FluxKontext",
    "FluxControl", "KandinskyV22Prior", "KandinskyV22Controlnet", "QwenImageEdit",
    "QwenImageLayered", "StableDiffusionGLIGEN", "StableDiffusionImageVariation",
)  # fmt: skip
_WEIGHTED = ("unet", "transformer", "vae", "movq", "text_encoder", "text_encoder_2", "prior",
             "depth_estimator")  # fmt: skip
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
_SD_INPUT = "model.diffusion_model.input_blocks.0.0.weight"
_XL_BASE = "conditioner.embedders.1.model.transformer.resblocks.9.mlp.c_proj.bias"
_XL_REFINER = "conditioner.embedders.0.model.transformer.resblocks.9.mlp.c_proj.bias"


class Facts(msgspec.Struct, frozen=True):
    """What could be told about a checkpoint without loading it."""

    family: str
    native_side: int  # px
    size_bytes: int
    licence: str = ""


def inspect_folder(folder: Path) -> Facts:
    """Return the facts of a folder in diffusers' layout.

    Raises ModelFileError where it is broken, brings program code or is of no known family, and
    PickledModelError where its weights are pickled.
    """
    if not (folder / "model_index.json").exists() and (folder / "config.json").is_file():
        return _inspect_companion(folder)
    index = read_config(folder / "model_index.json")
    _refuse_program_code(folder, index)
    family = _family_of_class(str(index.get("_class_name", "")))
    components = {name for name, value in index.items() if _is_component(value)}
    shapes = {name: _component_shapes(folder, name) for name in _WEIGHTED if name in components}
    family = _refined(folder, family, components, shapes)
    side = _native_side(folder, family, components)
    size = sum(file.stat().st_size for file in folder.rglob("*.safetensors"))
    return Facts(family, side, size, _licence(folder))


def inspect_file(file: Path) -> Facts:
    """Return the facts of a single .safetensors checkpoint in the original layout.

    Raises ModelFileError and PickledModelError as `inspect_folder` does.
    """
    shapes = read_shapes(file)
    family = _family_of_keys(shapes) or _family_of_addition(shapes)
    if family is None:
        raise ModelFileError(
            f"{file.name} is no checkpoint, LoRA, embedding or upscaler that can be used: it may "
            "be a VAE or of a family that is not known here. Nothing was added."
        )
    size = file.stat().st_size
    if family in IP_ADAPTERS.values():
        size += check_encoder(file, shapes)
    return Facts(family, FAMILIES[family].native_side, size)


def _inspect_companion(folder: Path) -> Facts:
    """Return the facts of a folder of one part: a model that helps others."""
    config = read_config(folder / "config.json")
    _refuse_program_code(folder, config)
    if "_class_name" in config:
        return _facts_of_part(folder, _family_of_controlnet(folder, config))
    kind = str(config.get("model_type", ""))
    family = _COMPANIONS.get(kind)
    if family is None or "auto_map" in config:
        raise ModelFileError(
            f"{folder.name} is a model of the kind {kind or 'which it does not name'}, which has "
            f"no use here. Nothing was added. Kinds: {', '.join(_COMPANIONS)}."
        )
    whole = (folder / "processor_config.json").is_file()
    read_config(folder / ("processor_config.json" if whole else "preprocessor_config.json"))
    return _facts_of_part(folder, family)


def _facts_of_part(folder: Path, family: str) -> Facts:
    _component_shapes(folder.parent, folder.name)
    size = sum(file.stat().st_size for file in folder.glob("*.safetensors"))
    return Facts(family, FAMILIES[family].native_side, size, _licence(folder))


def _family_of_controlnet(folder: Path, config: dict[str, Any]) -> str:
    kind = config["_class_name"]
    if kind != "ControlNetModel":
        raise ModelFileError(
            f"{folder.name} is one part of a model, of the class {kind}, which has no use here by "
            "itself. Nothing was added; of such parts only ControlNets for Stable Diffusion are "
            "taken."
        )
    if config.get("addition_embed_type") == "text_time":
        return CONTROLNETS["sdxl"]
    return CONTROLNETS["sd2" if config.get("cross_attention_dim") == 1024 else "sd15"]


def _family_of_class(name: str) -> str:
    if not any(name.startswith(other) for other in _OTHER_ARCHITECTURES):
        for start, family in _PIPELINES.items():
            if name.startswith(start):
                return family
    raise ModelFileError(
        f"Its pipeline, {name or 'which it does not name'}, is of no family that can be used here. "
        f"Nothing was added. Families: {', '.join(FAMILIES)}."
    )


def _family_of_addition(shapes: dict[str, Shape]) -> str | None:
    """Return the family of a file that is no checkpoint but goes with one."""
    if is_ip_adapter(shapes):
        return ip_adapter_family(shapes)
    if any(_LORA.search(name) for name in shapes):
        return LORA
    one_word = len(shapes) == 1 and len(next(iter(shapes.values()))) in (1, 2)
    if one_word or set(shapes) in ({"emb_params"}, {"clip_l", "clip_g"}):
        return EMBEDDING
    first = (shapes.get(name, ()) for name in _UPSCALER_INPUTS)
    if any(len(shape) == 4 and shape[1] in _COLOURS for shape in first):
        return UPSCALER
    return None


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


def _refined(
    folder: Path, family: str, components: set[str], shapes: dict[str, dict[str, Shape]]
) -> str:
    """Return the family with what only the configs tell; refuse configs that lie."""
    if "unet" not in components:
        return family
    unet = read_config(folder / "unet" / "config.json")
    channels = unet.get("in_channels", 4)
    told = shapes["unet"].get("conv_in.weight")
    if told is not None and told[1] != channels:
        raise ModelFileError(
            f"{folder.name} cannot be used: its config says that the UNet takes {channels} "
            f"channels, its weights take {told[1]}. Nothing was added."
        )
    if family == "sd15" and unet.get("cross_attention_dim") == 1024:
        family = "sd2"
    if family == "sdxl" and "text_encoder" not in components:
        return "sdxl-refiner"
    if family in ("sd15", "sd2", "sdxl", "kandinsky22") and channels == 9:
        return f"{family}-inpaint"
    if channels != _UNET_CHANNELS.get(family, channels):
        raise ModelFileError(
            f"{folder.name} cannot be used: a UNet of {channels} channels is for a task that "
            "is not there yet. Nothing was added."
        )
    return family


def _native_side(folder: Path, family: str, components: set[str]) -> int:
    part = "unet" if "unet" in components else "transformer"
    coder = "movq" if "movq" in components else "vae"
    if part not in components or coder not in components:
        return FAMILIES[family].native_side
    sample = read_config(folder / part / "config.json").get("sample_size")
    blocks = read_config(folder / coder / "config.json").get("block_out_channels")
    if isinstance(sample, int) and isinstance(blocks, list) and blocks:
        return int(min(max(sample, 1), 1024) << min(len(blocks) - 1, 6))
    return FAMILIES[family].native_side


def _component_shapes(folder: Path, name: str) -> dict[str, Shape]:
    """Return the shapes of all weights of one component; every header is checked."""
    part = folder / name
    read_config(part / "config.json")
    files = sorted(part.glob("*.safetensors"))
    if not files:
        if any(file.suffix in PICKLED_SUFFIXES for file in part.iterdir()):
            raise PickledModelError(f"{folder.name}/{name}")
        if any(part.glob("*.safetensors.index.json")):
            return {}
        raise ModelFileError(
            f"{folder.name} cannot be used: there are no weights in its folder {name}. "
            "Nothing was added; download it again."
        )
    return {key: shape for file in files for key, shape in read_shapes(file).items()}


def _refuse_program_code(folder: Path, index: dict[str, Any]) -> None:
    custom = not isinstance(index.get("_class_name", ""), str)
    if custom or next(_programs(folder), None) is not None:
        raise ModelFileError(
            f"{folder.name} brings program code of its own, which is never run here. "
            "Nothing was added."
        )


def _programs(folder: Path) -> Iterator[Path]:
    yield from folder.glob("*.py")
    yield from folder.glob("*/*.py")


def _is_component(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and value[0] is not None


def _licence(folder: Path) -> str:
    """Return what the model card's head says, such as "openrail++"; empty where it says nothing."""
    card = folder / "README.md"
    if not card.is_file():
        return ""
    head = card.read_text(encoding="utf-8", errors="replace")[:4096]
    for line in head.splitlines():
        key, _, value = line.partition(":")
        if key.strip() in ("license", "licence") and value.strip():
            return value.strip()[:64]
    return ""
