"""How a model is held and computed: switches that go on for memory or speed, and come off again."""

from collections.abc import Callable
from typing import Any

import torch
from diffusers import AutoencoderKL
from diffusers.models.attention_processor import Attention

from scumble_daemon.models.pipeline_classes import Pipeline

VAE_SLICING, VAE_TILING = "vae_slicing", "vae_tiling"
ATTENTION_SLICING, XFORMERS = "attention_slicing", "xformers"
FUSED_QKV, CHANNELS_LAST, COMPILED = "fused_qkv", "channels_last", "compile"

Switch = Callable[[Pipeline, bool], bool]
"""Turns something on or off for the parts of a pipeline; False where it knows it not."""


def denoiser(pipeline: Pipeline) -> Any:
    """Return the part of a pipeline that denoises, None where it has none."""
    return getattr(pipeline, "unet", None) or getattr(pipeline, "transformer", None)


def _slice_vae(pipeline: Pipeline, on: bool) -> bool:
    """Encode and decode the pictures of a batch one by one: the same but for rounding."""
    vae: Any = getattr(pipeline, "vae", None)
    if not hasattr(vae, "enable_slicing"):
        return False
    vae.enable_slicing() if on else vae.disable_slicing()
    return True


def _tile_vae(pipeline: Pipeline, on: bool) -> bool:
    """Encode and decode in overlapping tiles, whose colours may differ a little."""
    vae: Any = getattr(pipeline, "vae", None)
    if not hasattr(vae, "enable_tiling"):
        return False
    vae.enable_tiling() if on else vae.disable_tiling()
    return True


def _slice_attention(pipeline: Pipeline, on: bool) -> bool:
    """Compute attention in two steps rather than one. UNets alone know it.

    One that sees reference pictures has attention of its own, which slicing would throw away.
    """
    unet = getattr(pipeline, "unet", None)
    if unet is None or getattr(unet, "encoder_hid_proj", None) is not None:
        return False
    pipeline.enable_attention_slicing("auto" if on else None)
    return True


def _xformers(pipeline: Pipeline, on: bool) -> bool:
    """Compute attention with xFormers."""
    part = denoiser(pipeline)
    if part is None:
        return False
    if hasattr(part, "enable_xformers_memory_efficient_attention"):
        part.set_use_memory_efficient_attention_xformers(on)
    else:
        part.set_attention_backend("xformers" if on else "native")
    return True


def _fuse_qkv(pipeline: Pipeline, on: bool) -> bool:
    """Compute query, key and value by one product; needs memory for the joined weights.

    LoRAs are worn by the parts that it goes round, so it must be off while one is worn.
    """
    vae = getattr(pipeline, "vae", None)
    parts = [denoiser(pipeline), vae if isinstance(vae, AutoencoderKL) else None]
    known = [part for part in parts if hasattr(part, "fuse_qkv_projections")]
    for part in known:
        if on and not is_fused(part):
            part.fuse_qkv_projections()
        elif not on and is_fused(part):
            part.unfuse_qkv_projections()
            _forget_fused(part)
    return bool(known)


def is_fused(part: Any) -> bool:
    """Tell whether a part's query, key and value are joined now."""
    return any(getattr(module, "fused_projections", False) for module in part.modules())


def _forget_fused(part: Any) -> None:
    """Let go of joined weights, which diffusers keeps, so that the part is as it was."""
    for module in part.modules():
        if isinstance(module, Attention) and module.fused_projections:
            module.fused_projections = False
            for joined in ("to_qkv", "to_kv", "to_added_qkv"):
                if hasattr(module, joined):
                    delattr(module, joined)
    part.original_attn_processors = None


def _channels_last(pipeline: Pipeline, on: bool) -> bool:
    """Keep weights of convolutions as their kernels like them: channels beside each other."""
    layout = torch.channels_last if on else torch.contiguous_format
    parts = [getattr(pipeline, name, None) for name in ("unet", "vae")]
    known: list[Any] = [part for part in parts if isinstance(part, torch.nn.Module)]
    for part in known:
        part.to(memory_format=layout)
    return bool(known)


def _compile(pipeline: Pipeline, on: bool) -> bool:
    """Have the part that denoises and the VAE's decoder compiled at their next call."""
    decoder = getattr(getattr(pipeline, "vae", None), "decoder", None)
    known = [part for part in (denoiser(pipeline), decoder) if part is not None]
    for part in known:
        if on and not is_compiled(part):
            part.compile()
        elif not on:
            part._compiled_call_impl = None  # as torch has no way back of its own
    return bool(known)


def is_compiled(part: Any) -> bool:
    """Tell whether a part is compiled, or will be at its next call."""
    return getattr(part, "_compiled_call_impl", None) is not None


def is_compile_failure(error: BaseException) -> bool:
    """Tell whether an error means that a model could not be compiled."""
    return type(error).__module__.startswith(("torch._dynamo", "torch._inductor"))


SWITCHES: dict[str, Switch] = {
    VAE_SLICING: _slice_vae,
    VAE_TILING: _tile_vae,
    ATTENTION_SLICING: _slice_attention,
    XFORMERS: _xformers,
    FUSED_QKV: _fuse_qkv,
    CHANNELS_LAST: _channels_last,
    COMPILED: _compile,
}
