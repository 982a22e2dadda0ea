"""VAEs that take the place of a checkpoint's own: read, and held against it."""

import tempfile
from pathlib import Path
from typing import Any

import diffusers

from scumble_daemon.models.catalog import Entry
from scumble_daemon.models.configs import read_config
from scumble_daemon.models.errors import ModelError
from scumble_daemon.models.families import VAE
from scumble_protocol.errors import ErrorCode

_DIFFUSERS: Any = diffusers
_BLOCKS = ("block_out_channels", "down_block_out_channels", "encoder_block_out_channels")


def read_vae(entry: Entry, own: Any) -> Any:
    """Return the VAE of an entry, where `own` is, in its number format.

    A file in one piece lacks its config: it has that of the checkpoint's own. Raises ModelError
    where it is no VAE, cannot be read, or makes other latents than the checkpoint's own.
    """
    if entry.family != VAE:
        raise ModelError(
            f"“{entry.name}” is no VAE but {entry.family}. Nothing was painted; choose another in "
            "the job's options.",
            code=ErrorCode.BAD_REQUEST,
        )
    path = Path(entry.location)
    try:
        vae = _of_folder(path) if path.is_dir() else _of_file(path, own)
    except Exception as error:  # the border to foreign files, which fail in any way they like
        raise _unfit(entry, own, f"{type(error).__name__}: {error}") from error
    if _shape(vae) != _shape(own):
        raise _unfit(entry, own, f"{_shape(vae)} and {_shape(own)}")
    return vae.to(own.device, own.dtype).eval()


def _of_folder(folder: Path) -> Any:
    cls = getattr(_DIFFUSERS, read_config(folder / "config.json")["_class_name"])
    return cls.from_pretrained(folder, use_safetensors=True, local_files_only=True)


def _of_file(file: Path, own: Any) -> Any:
    with tempfile.TemporaryDirectory() as configs:
        own.save_config(configs)
        return type(own).from_single_file(str(file), config=configs, local_files_only=True)


def _shape(vae: Any) -> tuple[int, int]:
    """Return how many channels a VAE's latents have, and how many px one of them covers."""
    blocks = next(vae.config[name] for name in _BLOCKS if name in vae.config)
    return int(vae.config.latent_channels), 2 ** (len(blocks) - 1)


def _unfit(entry: Entry, own: Any, details: str) -> ModelError:
    channels, px = _shape(own)
    return ModelError(
        f"The VAE “{entry.name}” does not fit this model, whose latents have {channels} channels "
        f"of {px} × {px} px. Nothing was painted; choose one that was made for the same family.",
        details,
        ErrorCode.BAD_REQUEST,
    )
