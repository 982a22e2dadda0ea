"""What a folder of a single part is: an estimator, a captioner, a ControlNet or a VAE."""

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
from scumble_daemon.models.families import (
    CAPTIONER,
    CONTROLNETS,
    DEPTH_ESTIMATOR,
    FAMILIES,
    VAE,
)

_COMPANIONS = {
    "dpt": DEPTH_ESTIMATOR,
    "depth_anything": DEPTH_ESTIMATOR,
    "glpn": DEPTH_ESTIMATOR,
    "blip": CAPTIONER,
}
VAE_CLASSES = ("AutoencoderKL", "AsymmetricAutoencoderKL", "AutoencoderTiny")


def inspect_part(folder: Path) -> Facts:
    """Return the facts of a folder of one part.

    Raises ModelFileError where it is broken or of no use here, PickledModelError where pickled.
    """
    config = read_config(folder / "config.json")
    refuse_program_code(folder, config)
    if "_class_name" in config:
        return _facts_of_part(folder, _family_of_class(folder, config))
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
    component_shapes(folder.parent, folder.name)
    size = sum(file.stat().st_size for file in folder.glob("*.safetensors"))
    return Facts(family, FAMILIES[family].native_side, size, licence_of(folder))


def _family_of_class(folder: Path, config: dict[str, Any]) -> str:
    kind = config["_class_name"]
    if kind in VAE_CLASSES:
        return VAE
    if kind != "ControlNetModel":
        raise ModelFileError(
            f"{folder.name} is one part of a model, of the class {kind}, which has no use here by "
            "itself. Nothing was added; of such parts only VAEs, and ControlNets for Stable "
            "Diffusion, are taken."
        )
    if config.get("addition_embed_type") == "text_time":
        return CONTROLNETS["sdxl"]
    return CONTROLNETS["sd2" if config.get("cross_attention_dim") == 1024 else "sd15"]
