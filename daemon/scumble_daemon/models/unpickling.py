"""Embeddings that were pickled, made .safetensors once, where a setting allows the very file."""

import pickle
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

from scumble_daemon.models.errors import ModelFileError, PickledModelError

_FOR_XL = {"clip_l", "clip_g"}


def unpickled(file: Path, allowed: tuple[str, ...], folder: Path) -> Path:
    """Return a .safetensors copy of an embedding, written into a folder.

    allowed: the whole paths of files that may be read at all. Tensors and plain values are read
    and nothing else: no object of a class of its own is ever made. Raises PickledModelError where
    the file is not allowed, ModelFileError where it holds anything but an embedding.
    """
    if str(file.absolute()) not in allowed:
        raise PickledModelError(file.name)
    try:
        held = torch.load(file, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, ValueError, EOFError, pickle.UnpicklingError) as error:
        raise ModelFileError(
            f"{file.name} cannot be read as plain weights, so it was not added. Get the same "
            "embedding as .safetensors.",
            str(error),
        ) from error
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    written = folder / f"{file.stem}.safetensors"
    save_file(_vectors(file, held), written)
    return written


def _vectors(file: Path, held: Any) -> dict[str, torch.Tensor]:
    """Return the vectors of an embedding as A1111's web UI, diffusers or an SDXL trainer wrote."""
    if isinstance(held, dict) and isinstance(held.get("string_to_param"), dict):
        held = {"emb_params": next(iter(held["string_to_param"].values()), None)}
    tensors = held if isinstance(held, dict) else {}
    whole = len(tensors) == 1 or set(tensors) == _FOR_XL
    if not whole or not all(isinstance(one, torch.Tensor) for one in tensors.values()):
        raise ModelFileError(
            f"{file.name} holds no embedding, so it was not added. Only embeddings are read from "
            "pickled files; get the same model as .safetensors."
        )
    return {name: one.detach().clone().contiguous() for name, one in tensors.items()}
