"""What an IP-Adapter is, told from its header, and whether its image encoder lies beside it."""

from pathlib import Path
from typing import Any

from scumble_daemon.models.configs import read_config
from scumble_daemon.models.errors import ModelFileError
from scumble_daemon.models.families import IP_ADAPTERS
from scumble_daemon.models.weights import Shape, read_shapes

ENCODER_FOLDER = "image_encoder"
_SDXL_WIDTH = 2048
_SEEN_BY = {
    "image_proj.proj.weight": ("projection_dim", 1),  # the plain ones
    "image_proj.proj_in.weight": ("hidden_size", 1),  # “plus”
    "image_proj.proj.0.weight": ("hidden_size", 0),  # “full face”
}
"""Which weight takes in what the encoder says, how wide the encoder's config calls it, and on which
axis of the weight that is."""


def is_ip_adapter(shapes: dict[str, Shape]) -> bool:
    """Tell whether the weights of a file are those of an IP-Adapter."""
    return "ip_adapter.1.to_k_ip.weight" in shapes


def ip_adapter_family(shapes: dict[str, Shape]) -> str:
    """Return the family of an IP-Adapter, told from the width of what it adds to attention."""
    wide = shapes["ip_adapter.1.to_k_ip.weight"][-1] == _SDXL_WIDTH
    return IP_ADAPTERS["sdxl" if wide else "sd15"]


def encoder_folder(file: Path) -> Path:
    """Return where the image encoder of an IP-Adapter lies, as they are published."""
    return file.parent / ENCODER_FOLDER


def check_encoder(file: Path, shapes: dict[str, Shape]) -> int:
    """Return the size in bytes of the image encoder that an IP-Adapter sees with.

    Raises ModelFileError where there is none beside it, or one that does not fit.
    """
    folder = encoder_folder(file)
    if not (folder / "config.json").is_file() or not any(folder.glob("*.safetensors")):
        raise ModelFileError(
            f"{file.name} is an IP-Adapter and needs the image encoder that it was made with, in a "
            f"folder {ENCODER_FOLDER} beside it. Nothing was added; get that folder too, with its "
            "weights as .safetensors."
        )
    config = read_config(folder / "config.json")
    for part in folder.glob("*.safetensors"):
        read_shapes(part)
    if _sees_with(config, shapes):
        return sum(part.stat().st_size for part in folder.glob("*.safetensors"))
    raise ModelFileError(
        f"{file.name} was not made for the image encoder in the folder {ENCODER_FOLDER} beside it, "
        "or is for recognised faces, which are not seen here. Nothing was added; put the right "
        "encoder there."
    )


def _sees_with(config: dict[str, Any], shapes: dict[str, Shape]) -> bool:
    """Tell whether an adapter takes in what an encoder says; those for face ids take in others."""
    of_faces = "image_proj.proj.0.weight" in shapes and "image_proj.proj.3.weight" not in shapes
    for name, (width, axis) in _SEEN_BY.items():
        if name in shapes and len(shapes[name]) > axis:
            return shapes[name][axis] == config.get(width) and not of_faces
    return False
