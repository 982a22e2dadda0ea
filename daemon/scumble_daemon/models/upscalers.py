"""Models that only enlarge, read by spandrel, which knows their architectures; it is optional."""

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from diffusers import DiffusionPipeline, ModelMixin
from safetensors.torch import load_file

from scumble_daemon.models.errors import ModelError, ModelFileError
from scumble_protocol.errors import ErrorCode

NEEDED = ("spandrel", "torchvision")


class Upscaler(ModelMixin):
    """A network that enlarges by a whole factor, with the number format that pipelines ask for."""

    def __init__(
        self, net: torch.nn.Module, scale: int, call: Callable[[torch.Tensor], torch.Tensor]
    ) -> None:
        base: Any = super()
        base.__init__()
        self.net = net
        self.scale = scale
        self._call = call

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        """Return pictures, [N, 3, H, W] in 0..1, enlarged."""
        return self._call(pictures)


class Upscaling(DiffusionPipeline):
    """A model that enlarges, moved and offloaded as pipelines are."""

    def __init__(self, upscaler: Any) -> None:
        base: Any = super()
        base.__init__()
        itself: Any = self
        itself.register_modules(upscaler=upscaler)


def upscaling(file: Path, dtype: torch.dtype) -> Any:
    """Read a model that enlarges from its .safetensors file.

    Raises ModelError where spandrel is not installed, ModelFileError for what is no such model.
    """
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise ModelError(
            f"Models that enlarge are read by {' and '.join(NEEDED)}; {' and '.join(missing)} is "
            "not installed. Nothing was done; install them with `pip install 'scumble[upscale]'`, "
            "or enlarge without a model.",
            code=ErrorCode.BAD_REQUEST,
        )
    spandrel: Any = import_module("spandrel")  # slow to import, and optional
    weights: dict[str, torch.Tensor] = load_file(file)
    found = spandrel.ModelLoader().load_from_state_dict(weights)
    if not isinstance(found, spandrel.ImageModelDescriptor) or found.scale < 2:
        raise ModelFileError(
            f"{file.name} is no model that enlarges pictures. Nothing was done; choose another."
        )
    halves = {torch.float16: found.supports_half, torch.bfloat16: found.supports_bfloat16}
    net = found.model.eval().to(dtype if halves.get(dtype) else torch.float32)
    cls: Any = Upscaling
    return cls(Upscaler(net, found.scale, found))
