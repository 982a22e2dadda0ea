"""The families beyond Stable Diffusion 1, 2 and XL, made tiny of the classes they are made of."""

from functools import cache
from typing import Any

import diffusers
import transformers
from tokenizers.pre_tokenizers import ByteLevel
from transformers import CLIPTokenizer

of_diffusers: Any = diffusers
of_transformers: Any = transformers
_WIDTH = 16  # of the text encoders
_CHAT = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "<|im_start|>assistant\n"
)
_LETTERS = tuple(chr(code) for code in range(33, 127))


def sd3() -> Any:
    """Return a small Stable Diffusion 3: two CLIP encoders, T5, and a transformer."""
    return of_diffusers.StableDiffusion3Pipeline(
        transformer=of_diffusers.SD3Transformer2DModel(
            sample_size=32,
            patch_size=2,
            in_channels=16,
            num_layers=2,
            attention_head_dim=8,
            num_attention_heads=2,
            caption_projection_dim=16,
            joint_attention_dim=2 * _WIDTH,
            pooled_projection_dim=2 * _WIDTH,
            out_channels=16,
            pos_embed_max_size=96,
        ).eval(),
        scheduler=_flow(shift=3.0),
        vae=_vae16(),
        text_encoder=_clip_projected(),
        tokenizer=clip_tokenizer(),
        text_encoder_2=_clip_projected(),
        tokenizer_2=clip_tokenizer(),
        text_encoder_3=_t5(2 * _WIDTH),
        tokenizer_3=t5_tokenizer(),
    )


def flux(fill: bool = False, distilled: bool = True) -> Any:
    """Return a small FLUX.1: dev, schnell without `distilled`, or Fill."""
    cls = of_diffusers.FluxFillPipeline if fill else of_diffusers.FluxPipeline
    return cls(
        scheduler=_flow(shift=3.0, use_dynamic_shifting=True),
        vae=_vae16(),
        text_encoder=_clip(),
        tokenizer=clip_tokenizer(),
        text_encoder_2=_t5(_WIDTH),
        tokenizer_2=t5_tokenizer(),
        transformer=of_diffusers.FluxTransformer2DModel(
            patch_size=1,
            in_channels=384 if fill else 64,
            out_channels=64,
            num_layers=1,
            num_single_layers=1,
            attention_head_dim=16,
            num_attention_heads=2,
            joint_attention_dim=_WIDTH,
            pooled_projection_dim=_WIDTH,
            guidance_embeds=distilled,
            axes_dims_rope=(4, 6, 6),
        ).eval(),
    )


def qwen_image() -> Any:
    """Return a small Qwen-Image, whose text encoder is a Qwen2.5-VL."""
    mean, spread = [0.0] * 16, [1.0] * 16
    text: dict[str, Any] = {
        "hidden_size": _WIDTH,
        "intermediate_size": 32,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "num_key_value_heads": 2,
        "vocab_size": len(qwen_tokenizer()),
        "rope_scaling": {"type": "mrope", "mrope_section": [1, 1, 2], "rope_type": "default"},
        "rope_theta": 1000000.0,
        "bos_token_id": 0,
        "eos_token_id": 0,
    }
    vision = {
        "depth": 1,
        "hidden_size": 16,
        "intermediate_size": 16,
        "num_heads": 2,
        "out_hidden_size": _WIDTH,
    }
    config = of_transformers.Qwen2_5_VLConfig(text_config=text, vision_config=vision)
    return of_diffusers.QwenImagePipeline(
        scheduler=_flow(use_dynamic_shifting=True, shift_terminal=0.02),
        vae=of_diffusers.AutoencoderKLQwenImage(
            base_dim=4,
            z_dim=16,
            dim_mult=[1, 1, 1, 1],
            num_res_blocks=1,
            temperal_downsample=[False, True, True],
            latents_mean=mean,
            latents_std=spread,
        ).eval(),
        text_encoder=of_transformers.Qwen2_5_VLForConditionalGeneration(config).eval(),
        tokenizer=qwen_tokenizer(),
        transformer=of_diffusers.QwenImageTransformer2DModel(
            patch_size=2,
            in_channels=64,
            out_channels=16,
            num_layers=1,
            attention_head_dim=16,
            num_attention_heads=2,
            joint_attention_dim=_WIDTH,
            guidance_embeds=False,
            axes_dims_rope=(4, 6, 6),
        ).eval(),
    )


def z_image() -> Any:
    """Return a small Z-Image, whose text encoder is a Qwen3."""
    config = of_transformers.Qwen3Config(
        hidden_size=_WIDTH,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=2,
        head_dim=8,
        vocab_size=len(qwen_tokenizer()),
    )
    return of_diffusers.ZImagePipeline(
        scheduler=_flow(shift=3.0),
        vae=_vae16(),
        text_encoder=of_transformers.Qwen3Model(config).eval(),
        tokenizer=qwen_tokenizer(),
        transformer=of_diffusers.ZImageTransformer2DModel(
            in_channels=16,
            dim=32,
            n_layers=1,
            n_refiner_layers=1,
            n_heads=2,
            n_kv_heads=2,
            cap_feat_dim=_WIDTH,
            axes_dims=[4, 6, 6],
            axes_lens=[1536, 512, 512],
        ).eval(),
    )


def kandinsky22(channels: int = 4) -> Any:
    """Return a small Kandinsky 2.2 with its prior; with 9 channels the one that inpaints."""
    name = f"KandinskyV22{'Inpaint' if channels == 9 else ''}CombinedPipeline"
    vision = of_transformers.CLIPVisionConfig(
        hidden_size=_WIDTH,
        image_size=32,
        projection_dim=_WIDTH,
        intermediate_size=32,
        num_attention_heads=2,
        num_channels=3,
        num_hidden_layers=1,
        patch_size=16,
    )
    return getattr(of_diffusers, name)(
        unet=of_diffusers.UNet2DConditionModel(
            in_channels=channels,
            out_channels=8,
            sample_size=8,
            addition_embed_type="image",
            down_block_types=("ResnetDownsampleBlock2D", "SimpleCrossAttnDownBlock2D"),
            up_block_types=("SimpleCrossAttnUpBlock2D", "ResnetUpsampleBlock2D"),
            mid_block_type="UNetMidBlock2DSimpleCrossAttn",
            block_out_channels=(8, 16),
            layers_per_block=1,
            encoder_hid_dim=_WIDTH,
            encoder_hid_dim_type="image_proj",
            cross_attention_dim=_WIDTH,
            attention_head_dim=4,
            norm_num_groups=4,
            resnet_time_scale_shift="scale_shift",
            class_embed_type=None,
        ).eval(),
        scheduler=of_diffusers.DDIMScheduler(
            beta_schedule="linear",
            beta_start=0.00085,
            beta_end=0.012,
            clip_sample=False,
            set_alpha_to_one=False,
            steps_offset=1,
            prediction_type="epsilon",
            thresholding=False,
        ),
        movq=of_diffusers.VQModel(
            block_out_channels=(32, 32, 32, 32),
            down_block_types=("DownEncoderBlock2D",) * 3 + ("AttnDownEncoderBlock2D",),
            up_block_types=("AttnUpDecoderBlock2D",) + ("UpDecoderBlock2D",) * 3,
            latent_channels=4,
            layers_per_block=1,
            norm_num_groups=4,
            num_vq_embeddings=12,
            vq_embed_dim=4,
            norm_type="spatial",
        ).eval(),
        prior_prior=of_diffusers.PriorTransformer(
            num_attention_heads=2,
            attention_head_dim=8,
            embedding_dim=_WIDTH,
            num_layers=1,
        ).eval(),
        prior_image_encoder=of_transformers.CLIPVisionModelWithProjection(vision).eval(),
        prior_text_encoder=_clip_projected(),
        prior_tokenizer=clip_tokenizer(),
        prior_scheduler=of_diffusers.UnCLIPScheduler(
            variance_type="fixed_small_log",
            prediction_type="sample",
            num_train_timesteps=1000,
            clip_sample=True,
            clip_sample_range=5.0,
        ),
        prior_image_processor=of_transformers.CLIPImageProcessorPil(
            crop_size=32, size=32, do_center_crop=True, do_normalize=True, do_resize=True
        ),
    )


def _flow(**options: Any) -> Any:
    return of_diffusers.FlowMatchEulerDiscreteScheduler(**options)


def _vae16() -> Any:
    """Return a VAE of 16 latent channels with a shift, as the flow-matching families have it."""
    return of_diffusers.AutoencoderKL(
        block_out_channels=(8, 8, 8, 8),
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        latent_channels=16,
        norm_num_groups=4,
        sample_size=64,
        mid_block_add_attention=False,
        scaling_factor=0.3611,
        shift_factor=0.1159,
        use_quant_conv=False,
        use_post_quant_conv=False,
    ).eval()


def _clip_config() -> Any:
    return of_transformers.CLIPTextConfig(
        bos_token_id=0,
        eos_token_id=1,
        pad_token_id=1,
        vocab_size=len(clip_tokenizer()),
        hidden_size=_WIDTH,
        intermediate_size=2 * _WIDTH,
        projection_dim=_WIDTH,
        num_hidden_layers=3,
        num_attention_heads=2,
        max_position_embeddings=77,
    )


def _clip() -> Any:
    return of_transformers.CLIPTextModel(_clip_config()).eval()


def _clip_projected() -> Any:
    return of_transformers.CLIPTextModelWithProjection(_clip_config()).eval()


def _t5(width: int) -> Any:
    config = of_transformers.T5Config(
        vocab_size=len(t5_tokenizer()),
        d_model=width,
        d_kv=8,
        d_ff=32,
        num_layers=1,
        num_heads=2,
        feed_forward_proj="gated-gelu",
    )
    return of_transformers.T5EncoderModel(config).eval()


@cache
def clip_tokenizer() -> CLIPTokenizer:
    """Return a real CLIP tokenizer of single letters that takes 77 tokens, as the published do."""
    tokens = ["<|startoftext|>", "<|endoftext|>", *_LETTERS, *(f"{a}</w>" for a in _LETTERS)]
    numbers = {token: number for number, token in enumerate(tokens)}
    return CLIPTokenizer(vocab=numbers, merges=[], model_max_length=77)


@cache
def t5_tokenizer() -> Any:
    """Return a real T5 tokenizer of single letters."""
    ends = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁", -2.0)]
    vocabulary = [*ends, *((letter, -3.0) for letter in _LETTERS)]
    return of_transformers.T5Tokenizer(vocab=vocabulary, extra_ids=0, model_max_length=512)


@cache
def qwen_tokenizer() -> Any:
    """Return a real Qwen tokenizer of single bytes, with a template for chats."""
    special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    tokens = [*special, *sorted(ByteLevel.alphabet())]
    made = of_transformers.Qwen2Tokenizer(
        vocab={token: number for number, token in enumerate(tokens)},
        merges=[],
        model_max_length=1024,
        additional_special_tokens=special[1:],
    )
    made.chat_template = _CHAT
    return made
