"""Models at the size they are published in, made of their configs with random weights: no download.

Built on the device itself and in its number format, so that no host needs room for them twice.
"""

from collections.abc import Callable
from typing import Any

import diffusers
import torch
import transformers

from helpers import small_families, small_models

of_diffusers: Any = diffusers
of_transformers: Any = transformers
Build = Callable[[], Any]

_VAE: dict[str, Any] = {
    "block_out_channels": (128, 256, 512, 512),
    "down_block_types": ("DownEncoderBlock2D",) * 4,
    "up_block_types": ("UpDecoderBlock2D",) * 4,
    "layers_per_block": 2,
}
_CLIP_L = {
    "hidden_size": 768,
    "intermediate_size": 3072,
    "num_hidden_layers": 12,
    "num_attention_heads": 12,
    "projection_dim": 768,
}
_CLIP_G = {
    "hidden_size": 1280,
    "intermediate_size": 5120,
    "num_hidden_layers": 32,
    "num_attention_heads": 20,
    "projection_dim": 1280,
}
_NOISE = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}


def built(make: Build, place: torch.device, dtype: torch.dtype) -> Any:
    """Return a pipeline whose weights were drawn where, and in the format that, it computes."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        with torch.device(place):
            pipeline = make()
    finally:
        torch.set_default_dtype(before)
    return pipeline.to(place)


def sd15() -> Any:
    """Return Stable Diffusion 1.5 without its safety checker: 1.07 thousand million weights."""
    return of_diffusers.StableDiffusionPipeline(
        vae=of_diffusers.AutoencoderKL(**_VAE, latent_channels=4, sample_size=512).eval(),
        text_encoder=of_transformers.CLIPTextModel(_clip(_CLIP_L)).eval(),
        tokenizer=small_models.tokenizer(),
        unet=of_diffusers.UNet2DConditionModel(
            sample_size=64, cross_attention_dim=768, attention_head_dim=8
        ).eval(),
        scheduler=_scheduler("DDIMScheduler", **_NOISE, clip_sample=False, steps_offset=1),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )


def sdxl() -> Any:
    """Return Stable Diffusion XL: 3.5 thousand million weights."""
    return of_diffusers.StableDiffusionXLPipeline(
        vae=of_diffusers.AutoencoderKL(**_VAE, latent_channels=4, sample_size=1024).eval(),
        text_encoder=of_transformers.CLIPTextModel(_clip(_CLIP_L)).eval(),
        text_encoder_2=of_transformers.CLIPTextModelWithProjection(_clip(_CLIP_G)).eval(),
        tokenizer=small_models.tokenizer(),
        tokenizer_2=small_models.tokenizer(),
        unet=of_diffusers.UNet2DConditionModel(
            sample_size=128,
            block_out_channels=(320, 640, 1280),
            down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
            up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
            attention_head_dim=(5, 10, 20),
            cross_attention_dim=2048,
            transformer_layers_per_block=(1, 2, 10),
            use_linear_projection=True,
            addition_embed_type="text_time",
            addition_time_embed_dim=256,
            projection_class_embeddings_input_dim=2816,
        ).eval(),
        scheduler=_scheduler("EulerDiscreteScheduler", **_NOISE, steps_offset=1),
        add_watermarker=False,
    )


def flux() -> Any:
    """Return FLUX.1 dev: 16.9 thousand million weights, of which T5 has 4.8."""
    config = of_transformers.T5Config(
        vocab_size=32128,
        d_model=4096,
        d_kv=64,
        d_ff=10240,
        num_layers=24,
        num_heads=64,
        feed_forward_proj="gated-gelu",
        is_encoder_decoder=False,
        use_cache=False,
    )
    return of_diffusers.FluxPipeline(
        scheduler=_scheduler(
            "FlowMatchEulerDiscreteScheduler", shift=3.0, use_dynamic_shifting=True
        ),
        vae=of_diffusers.AutoencoderKL(
            **_VAE,
            latent_channels=16,
            sample_size=1024,
            use_quant_conv=False,
            use_post_quant_conv=False,
            shift_factor=0.1159,
            scaling_factor=0.3611,
        ).eval(),
        text_encoder=of_transformers.CLIPTextModel(_clip(_CLIP_L)).eval(),
        tokenizer=small_families.clip_tokenizer(),
        text_encoder_2=of_transformers.T5EncoderModel(config).eval(),
        tokenizer_2=small_families.t5_tokenizer(),
        transformer=of_diffusers.FluxTransformer2DModel(guidance_embeds=True).eval(),
    )


def _scheduler(name: str, **options: Any) -> Any:
    """Return a scheduler, whose tables are the host's wherever the model is built."""
    with torch.device("cpu"):
        return getattr(of_diffusers, name)(**options)


def _clip(shape: dict[str, int]) -> Any:
    return of_transformers.CLIPTextConfig(
        **shape, vocab_size=49408, bos_token_id=0, eos_token_id=1, pad_token_id=1
    )
