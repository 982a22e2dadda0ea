"""The architecture of every network: the pipeline's five, and the judge that only evaluates."""

from __future__ import annotations

from typing import Any

from diffusers import AutoencoderKL, DDIMScheduler, UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel, DPTConfig, DPTForDepthEstimation

Diffuser = Any  # what diffusers and its tokenizers bring carries no types a checker can follow

CONTEXT = 192
TOKENS = 32
SIDE_PX = 128
LATENT_SIDE = SIDE_PX // 8
JOINT_CHANNELS = 10  # latents 4, mask 1, masked latents 4, depth 1


def vae() -> Diffuser:
    """An f8 autoencoder of four latent channels, 2.6 M parameters."""
    make: Diffuser = AutoencoderKL
    return make(
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        block_out_channels=(16, 32, 64, 128),
        layers_per_block=1,
        latent_channels=4,
        norm_num_groups=8,
        mid_block_add_attention=False,
        sample_size=SIDE_PX,
    )


def unet(in_channels: int = JOINT_CHANNELS) -> Diffuser:
    """A UNet of 11 M parameters on latents of 16 x 16."""
    make: Diffuser = UNet2DConditionModel
    return make(
        sample_size=LATENT_SIDE,
        in_channels=in_channels,
        out_channels=4,
        layers_per_block=1,
        block_out_channels=(80, 160, 160),
        down_block_types=("CrossAttnDownBlock2D",) * 3,
        up_block_types=("CrossAttnUpBlock2D",) * 3,
        cross_attention_dim=CONTEXT,
        attention_head_dim=(1, 2, 2),
        norm_num_groups=16,
        use_linear_projection=True,
    )


def text_encoder(vocabulary: int, end_token: int) -> CLIPTextModel:
    """A CLIP text model of four layers, 192 wide."""
    return CLIPTextModel(
        CLIPTextConfig(
            vocab_size=vocabulary,
            hidden_size=CONTEXT,
            intermediate_size=CONTEXT * 4,
            num_hidden_layers=4,
            num_attention_heads=3,
            max_position_embeddings=TOKENS,
            projection_dim=CONTEXT,
            bos_token_id=end_token - 1,
            eos_token_id=end_token,
            pad_token_id=end_token,
        )
    )


def scheduler() -> Diffuser:
    """Stable Diffusion's noise schedule, predicting v."""
    make: Diffuser = DDIMScheduler
    return make(
        num_train_timesteps=1000,
        beta_start=0.00085,
        beta_end=0.012,
        beta_schedule="scaled_linear",
        prediction_type="v_prediction",
        clip_sample=False,
        set_alpha_to_one=False,
        steps_offset=1,
    )


def depth_estimator() -> DPTForDepthEstimation:
    """A DPT on 8 x 8 patches of a 128 px picture, about a million parameters."""
    return DPTForDepthEstimation(
        DPTConfig(
            image_size=SIDE_PX,
            patch_size=16,
            hidden_size=96,
            num_hidden_layers=4,
            num_attention_heads=3,
            intermediate_size=384,
            backbone_out_indices=[0, 1, 2, 3],
            neck_hidden_sizes=[32, 48, 64, 96],
            fusion_hidden_size=48,
            use_auxiliary_head=False,
        )
    )
