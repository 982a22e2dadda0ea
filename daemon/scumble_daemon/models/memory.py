"""What to do when memory runs out: one measure after another, each told to the painter."""

import gc
from collections.abc import Callable
from dataclasses import dataclass

import torch

from scumble_daemon.models.devices import Device, Performance
from scumble_daemon.models.loaded import Loaded
from scumble_daemon.models.performance import (
    ATTENTION_SLICING,
    CHANNELS_LAST,
    COMPILED,
    FUSED_QKV,
    VAE_SLICING,
    VAE_TILING,
    XFORMERS,
)
from scumble_protocol.errors import ErrorCode, RemoteError
from scumble_protocol.geometry import Extent

_MESSAGES = (
    "out of memory",
    "can't allocate memory",
    "not enough memory",
    "Cannot allocate memory",
)


class OutOfMemoryError(RemoteError):
    """A job does not fit into memory after every measure was tried."""

    def __init__(self, extent: Extent, device: Device, details: str) -> None:
        gib = device.memory_total_bytes / 2**30
        super().__init__(
            ErrorCode.OUT_OF_MEMORY,
            f"Painting at {extent.width} × {extent.height} needs more memory than {device.title} "
            f"has ({gib:.1f} GiB), although everything that saves memory was tried. Your picture "
            "is unchanged. Select a smaller area, ask for fewer variants, or choose a smaller "
            "model.",
            details,
        )


@dataclass(frozen=True, slots=True)
class Measure:
    """One way to need less memory."""

    name: str
    sentence: str
    apply: Callable[[Loaded, Device], bool]  # False where it does not apply to this model here
    is_allowed: Callable[[Performance], bool] = lambda _: True  # by the settings


def is_out_of_memory(error: BaseException) -> bool:
    """Tell whether an error means that memory has run out, on a device or on the host."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    text = str(error)
    return isinstance(error, RuntimeError) and any(part in text for part in _MESSAGES)


def free(device: Device) -> None:
    """Collect what nobody holds any more and give it back to the device."""
    gc.collect()
    device.release()


def next_measure(model: Loaded, device: Device) -> Measure | None:
    """Take the next measure that applies to a model; None where all were taken."""
    return next((one for one in MEASURES if take(one.name, model, device)), None)


def take(name: str, model: Loaded, device: Device) -> bool:
    """Take one measure by its name; tell whether it applies and was not taken before."""
    measure = next(one for one in MEASURES if one.name == name)
    if name in model.measures:
        return False
    model.measures.append(name)
    if not measure.is_allowed(device.performance) or not measure.apply(model, device):
        return False
    model.taken.append(name)
    return True


def sentences_of(model: Loaded) -> tuple[str, ...]:
    """Return what was done to a model to save memory, for its report."""
    return tuple(one.sentence for one in MEASURES if one.name in model.taken)


def tune(model: Loaded, device: Device) -> None:
    """Put on a fresh model what the settings choose for every one; nothing that it knows not."""
    chosen = device.performance
    wanted = {
        ATTENTION_SLICING: device.attention == "sliced",
        XFORMERS: device.attention == "xformers",
        VAE_SLICING: chosen.vae_slicing == "on",
        VAE_TILING: chosen.vae_tiling == "on",
        CHANNELS_LAST: chosen.channels_last,
        FUSED_QKV: chosen.fused_qkv,
        COMPILED: chosen.compile,
    }
    for name, on in wanted.items():
        if on:
            model.switch(name, on=True)


def _part_qkv(model: Loaded, _device: Device) -> bool:
    return FUSED_QKV in model.switched and model.switch(FUSED_QKV, on=False)


def _tile_vae(model: Loaded, device: Device) -> bool:
    names = [name for name in (VAE_SLICING, VAE_TILING) if name not in model.switched]
    if device.performance.vae_slicing == "off":
        names = [name for name in names if name != VAE_SLICING]
    done = [model.switch(name, on=True) for name in names]
    return any(done)


def _slice_attention(model: Loaded, _device: Device) -> bool:
    return ATTENTION_SLICING not in model.switched and model.switch(ATTENTION_SLICING, on=True)


def _offload_components(model: Loaded, device: Device) -> bool:
    if device.is_host or model.is_offloaded:
        return False
    model.offload(device.place, sequential=False)
    return True


def _offload_layers(model: Loaded, device: Device) -> bool:
    if device.is_host:
        return False
    model.offload(device.place, sequential=True)
    return True


OFFLOADING, LAYERS = "offload-components", "offload-layers"
MEASURES = (
    Measure("parted-qkv", "Query, key and value were not computed as one.", _part_qkv),
    Measure(
        "vae-tiling",
        "The picture was encoded and decoded in tiles.",
        _tile_vae,
        lambda chosen: chosen.vae_tiling != "off",
    ),
    Measure("attention-slicing", "Attention was computed in slices.", _slice_attention),
    Measure(
        OFFLOADING,
        "Parts of the model waited in host memory while others ran.",
        _offload_components,
        lambda chosen: chosen.offload != "off",
    ),
    Measure(
        LAYERS,
        "The model was brought to the device layer by layer, which is slow.",
        _offload_layers,
        lambda chosen: chosen.offload != "off",
    ),
)
"""From the one that costs least time to the one that costs most."""
CHOSEN_OFFLOADING = {"model": OFFLOADING, "sequential": LAYERS}
"""What the setting `offload` asks for from the beginning."""
