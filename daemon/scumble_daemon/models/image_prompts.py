"""IP-Adapters, which let a picture be a prompt, and the image encoders that they see with."""

from pathlib import Path
from typing import Any

import torch
import transformers
from diffusers import DiffusionPipeline
from safetensors.torch import load_file

from scumble_daemon.models.companions import image_processor
from scumble_daemon.models.ip_adapters import encoder_folder

_LAZY: Any = transformers  # its classes are hidden from type checkers behind lazy imports
Adapter = dict[str, dict[str, torch.Tensor]]
"""The two halves of an IP-Adapter, as diffusers takes them: `image_proj` and `ip_adapter`."""


class ImagePrompting(DiffusionPipeline):
    """An IP-Adapter with its image encoder, moved and offloaded as pipelines are."""

    def __init__(self, image_encoder: Any, feature_extractor: Any) -> None:
        base: Any = super()
        base.__init__()
        itself: Any = self
        itself.register_modules(image_encoder=image_encoder, feature_extractor=feature_extractor)

    adapter: Adapter | None = None


def image_prompting(file: Path, dtype: torch.dtype) -> Any:
    """Read an IP-Adapter from its .safetensors file, and its image encoder from beside it."""
    folder = encoder_folder(file)
    cls = _LAZY.CLIPVisionModelWithProjection
    encoder = cls.from_pretrained(folder, dtype=dtype, use_safetensors=True, local_files_only=True)
    prompting: Any = ImagePrompting
    made = prompting(encoder.eval(), _extractor(folder, encoder.config.image_size))
    made.adapter = _halves(load_file(file))
    return made


def _halves(weights: dict[str, torch.Tensor]) -> Adapter:
    halves: Adapter = {"image_proj": {}, "ip_adapter": {}}
    for name, tensor in weights.items():
        half, _, rest = name.partition(".")
        if half in halves:
            halves[half][rest] = tensor
    return halves


def _extractor(folder: Path, side: int) -> Any:
    """Return what prepares pictures for an encoder: as its folder says, or as CLIP does."""
    if (folder / "preprocessor_config.json").is_file():
        return image_processor(folder)
    return _LAZY.CLIPImageProcessorPil(
        size={"shortest_edge": side}, crop_size={"height": side, "width": side}
    )
