"""From a catalogue entry to a checkpoint in memory: a folder, one file, or the hub."""

import gc
from pathlib import Path
from typing import Any

import torch
from diffusers import DiffusionPipeline

from scumble_daemon.models.bundled import as_bundled
from scumble_daemon.models.catalog import Entry
from scumble_daemon.models.companions import COMPANIONS, companion
from scumble_daemon.models.configs import read_config
from scumble_daemon.models.controlnets import controlling
from scumble_daemon.models.devices import Device
from scumble_daemon.models.errors import ModelError, ModelFileError
from scumble_daemon.models.families import CONTROLNETS, FAMILIES, IP_ADAPTERS, UPSCALER
from scumble_daemon.models.image_prompts import image_prompting
from scumble_daemon.models.inspection import inspect_folder
from scumble_daemon.models.kandinsky import is_alone, prior_beside
from scumble_daemon.models.loaded import Loaded
from scumble_daemon.models.memory import tune
from scumble_daemon.models.pipeline_classes import Pipeline, pipeline_class, single_file_class
from scumble_daemon.models.upscalers import upscaling

_READERS = {
    UPSCALER: upscaling,
    **dict.fromkeys(CONTROLNETS.values(), controlling),
    **dict.fromkeys(IP_ADAPTERS.values(), image_prompting),
}
"""Of single files that are no checkpoints, by family."""


def load(entry: Entry, device: Device) -> Loaded:
    """Read a checkpoint into host memory.

    Raises ModelError where it cannot be: broken, gone, or a hub id that could not be fetched.
    """
    try:
        model = _read(entry, device)
        tune(model, device)
        return model
    except (ModelError, MemoryError, torch.OutOfMemoryError):
        raise
    except Exception as error:  # the border to foreign files, which fail in any way they like
        gc.collect()
        raise ModelError(
            f"The model “{entry.name}” could not be loaded from {entry.location}. Your picture is "
            "unchanged; choose another model, or add this one again.",
            f"{type(error).__name__}: {error}",
        ) from error


def _read(entry: Entry, device: Device) -> Loaded:
    if entry.origin == "hub":
        return _from_hub(entry, device)
    if entry.origin == "file":
        return _from_file(entry, device)
    return _from_folder(entry, Path(entry.location), device)


def _from_folder(entry: Entry, folder: Path, device: Device) -> Loaded:
    facts = inspect_folder(folder)
    family = FAMILIES[facts.family].in_few_steps(facts.few_steps)
    if entry.origin == "bundled":
        family = as_bundled(family)
    if family.name in COMPANIONS:
        base = companion(folder, family.name, device.dtype_for(family.name))
        return Loaded(entry, family, facts.native_side, base)
    cls = pipeline_class(family, family.tasks[0])
    dtype = device.dtype_for(family.name)
    if is_alone(_class_name(folder)):
        base = _with_prior(cls, folder, dtype)
    else:
        base = _pipeline_of(cls, folder, dtype)
    return Loaded(entry, family, facts.native_side, base)


def _pipeline_of(cls: Any, folder: Path, dtype: torch.dtype) -> Pipeline:
    return cls.from_pretrained(
        folder,
        dtype=dtype,
        use_safetensors=True,
        local_files_only=True,
        variant=_variant(folder),
    )


def _with_prior(cls: Any, folder: Path, dtype: torch.dtype) -> Pipeline:
    """Return a decoder of Kandinsky 2.2 and the prior beside it as one pipeline of a class."""
    alone: Any = DiffusionPipeline
    decoder = _pipeline_of(alone, folder, dtype)
    prior = _pipeline_of(alone, prior_beside(folder), dtype)
    before = {f"prior_{name}": part for name, part in prior.components.items()}
    return cls(**decoder.components, **before)


def _class_name(folder: Path) -> str:
    return str(read_config(folder / "model_index.json").get("_class_name", ""))


def _from_hub(entry: Entry, device: Device) -> Loaded:
    try:
        folder = DiffusionPipeline.download(entry.location, use_safetensors=True)
    except (OSError, ValueError) as error:
        raise ModelError(
            f"“{entry.name}” ({entry.location}) is not on this machine and could not be fetched "
            "from the hub. Your picture is unchanged; connect to the network, or choose another "
            "model.",
            str(error),
        ) from error
    return _from_folder(entry, Path(folder), device)


def _from_file(entry: Entry, device: Device) -> Loaded:
    read = _READERS.get(entry.family)
    if read is not None:
        base = read(Path(entry.location), device.dtype_for(entry.family))
        return Loaded(entry, FAMILIES[entry.family], entry.native_side, base)
    cls = single_file_class(entry.family)
    if cls is None:
        raise ModelFileError(
            f"“{entry.name}” is one file of a family that is only read from folders here. Add the "
            "model as a folder in diffusers' layout."
        )
    family = FAMILIES[entry.family].in_few_steps(entry.few_steps)
    file = Path(entry.location)
    configs = file.with_suffix("")  # of its name beside it; else they come from the hub
    base = cls.from_single_file(
        str(file),
        dtype=device.dtype_for(family.name),
        config=str(configs) if configs.is_dir() else None,
    )
    return Loaded(entry, family, entry.native_side, base)


def _variant(folder: Path) -> str | None:
    """Return "fp16" where the folder holds its weights in that form alone."""
    for part in ("unet", "transformer", "prior"):
        files = [file.name for file in (folder / part).glob("*.safetensors")]
        if files and all(".fp16." in name or ".fp16-" in name for name in files):
            return "fp16"
    return None
