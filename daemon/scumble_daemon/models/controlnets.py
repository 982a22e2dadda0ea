"""Reading ControlNets: from a folder in diffusers' layout, or from one file in either layout."""

from pathlib import Path
from typing import Any

import torch
from diffusers import ControlNetModel, DiffusionPipeline

_NAME = "diffusion_pytorch_model.safetensors"


class Controlling(DiffusionPipeline):
    """A ControlNet, moved and offloaded as pipelines are."""

    def __init__(self, controlnet: Any) -> None:
        base: Any = super()
        base.__init__()
        itself: Any = self
        itself.register_modules(controlnet=controlnet)


def controlling(where: Path, dtype: torch.dtype) -> Any:
    """Read a ControlNet.

    The config that a file lacks lies in a folder of its name beside it, or comes from the hub.
    """
    cls: Any = ControlNetModel
    if where.is_dir():
        plain = (where / _NAME).exists() or (where / f"{_NAME}.index.json").exists()
        net = cls.from_pretrained(
            where,
            torch_dtype=dtype,
            use_safetensors=True,
            local_files_only=True,
            variant=None if plain else "fp16",
        )
    else:
        configs = where.with_suffix("")
        config = str(configs) if configs.is_dir() else None
        net = cls.from_single_file(str(where), torch_dtype=dtype, config=config)
    made: Any = Controlling
    return made(net.eval())
