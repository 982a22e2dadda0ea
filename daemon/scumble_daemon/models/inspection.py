"""What a checkpoint is, told from its configs and headers. Reads, never executes."""

import re
from pathlib import Path
from typing import Any

from scumble_daemon.models.configs import (
    component_shapes,
    licence_of,
    read_config,
    refuse_program_code,
)
from scumble_daemon.models.errors import ModelFileError
from scumble_daemon.models.facts import Facts
from scumble_daemon.models.families import FAMILIES
from scumble_daemon.models.few_steps import FewSteps, few_steps_of_configs, few_steps_of_name
from scumble_daemon.models.kandinsky import is_alone, prior_beside
from scumble_daemon.models.single_parts import inspect_part
from scumble_daemon.models.weights import Shape

_PIPELINES = {
    "StableDiffusion": "sd15",
    "StableDiffusionDepth2Img": "sd2-depth",
    "LatentConsistencyModel": "sd15",
    "StableDiffusionXL": "sdxl",
    "StableDiffusion3": "sd3",
    "FluxFill": "flux-fill",
    "Flux": "flux",
    "KandinskyV22": "kandinsky22",
    "QwenImage": "qwen-image",
    "ZImage": "z-image",
}
_CLASS = re.compile(r"(\w+?)(?:Img2Img|Inpaint)?(?:Combined)?Pipeline")
"""A family's name in a pipeline's, whatever the task it was saved for."""
_CHANNELS = {
    "sd15": {4: "sd15", 9: "sd15-inpaint"},
    "sd2": {4: "sd2", 9: "sd2-inpaint"},
    "sd2-depth": {5: "sd2-depth"},
    "sdxl": {4: "sdxl", 9: "sdxl-inpaint"},
    "kandinsky22": {4: "kandinsky22", 9: "kandinsky22-inpaint"},
    "flux": {64: "flux", 384: "flux-fill"},
    "flux-fill": {384: "flux-fill"},
}
"""Which family it is by the channels that its chief part takes."""
_FIRST_WEIGHTS = {"unet": "conv_in.weight", "transformer": "x_embedder.weight"}
_WEIGHTED = (
    "unet", "transformer", "vae", "movq", "text_encoder", "text_encoder_2", "text_encoder_3",
    "safety_checker", "image_encoder", "depth_estimator", "prior_prior", "prior_text_encoder",
    "prior_image_encoder",
)  # fmt: skip


def inspect_folder(folder: Path) -> Facts:
    """Return the facts of a folder in diffusers' layout.

    Raises ModelFileError where it is broken, brings program code or is of no known family, and
    PickledModelError where its weights are pickled.
    """
    if not (folder / "model_index.json").exists() and (folder / "config.json").is_file():
        return inspect_part(folder)
    index = read_config(folder / "model_index.json")
    refuse_program_code(folder, index)
    kind = str(index.get("_class_name", ""))
    family = _family_of_class(kind)
    components = {name for name, value in index.items() if _is_component(value)}
    shapes = {name: component_shapes(folder, name) for name in _WEIGHTED if name in components}
    chief = "unet" if "unet" in components else "transformer"
    config = read_config(folder / chief / "config.json") if chief in components else {}
    family = _refined(folder, family, components, config, shapes.get(chief, {}))
    folders = [folder, prior_beside(folder)] if is_alone(kind) else [folder]
    size = sum(file.stat().st_size for one in folders for file in one.rglob("*.safetensors"))
    side = _native_side(folder, family, components, config)
    few = _few_steps(folder, family, config)
    return Facts(family, side, size, licence_of(folder), few)


def _family_of_class(name: str) -> str:
    found = _CLASS.fullmatch(name)
    family = _PIPELINES.get(found[1]) if found else None
    if family is None:
        raise ModelFileError(
            f"Its pipeline, {name or 'which it does not name'}, is of no family that can be used "
            f"here. Nothing was added. Families: {', '.join(FAMILIES)}."
        )
    return family


def _refined(
    folder: Path,
    family: str,
    components: set[str],
    config: dict[str, Any],
    shapes: dict[str, Shape],
) -> str:
    """Return the family with what only the configs tell; refuse configs that lie."""
    if family == "sd15" and config.get("cross_attention_dim") == 1024:
        family = "sd2"
    if family not in _CHANNELS:
        return family
    channels = config.get("in_channels", 64 if family.startswith("flux") else 4)
    first = next((shapes[name] for name in _FIRST_WEIGHTS.values() if name in shapes), None)
    if first is not None and first[1] != channels:
        raise ModelFileError(
            f"{folder.name} cannot be used: its config says that its chief part takes {channels} "
            f"channels, its weights take {first[1]}. Nothing was added."
        )
    if family == "sdxl" and "text_encoder" not in components:
        return "sdxl-refiner"
    known = _CHANNELS[family].get(channels)
    if known is None:
        raise ModelFileError(
            f"{folder.name} cannot be used: a model of {channels} channels is for a task that "
            "is not there yet. Nothing was added."
        )
    return known


def _native_side(folder: Path, family: str, components: set[str], config: dict[str, Any]) -> int:
    coder = "movq" if "movq" in components else "vae"
    sample = config.get("sample_size")
    if coder in components and isinstance(sample, int):
        blocks = read_config(folder / coder / "config.json").get("block_out_channels")
        if isinstance(blocks, list) and blocks:
            return int(min(max(sample, 1), 1024) << min(len(blocks) - 1, 6))
    return FAMILIES[family].native_side


def _few_steps(folder: Path, family: str, config: dict[str, Any]) -> FewSteps | None:
    """Return what a checkpoint wants that was distilled to few steps; Z-Image's own are few."""
    if family == "z-image":
        return None
    file = folder / "scheduler" / "scheduler_config.json"
    scheduler = read_config(file) if file.is_file() else {}
    return few_steps_of_configs(family, config, scheduler) or few_steps_of_name(folder.name)


def _is_component(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and value[0] is not None
