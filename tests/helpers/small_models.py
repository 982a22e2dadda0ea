"""Real diffusers pipelines made tiny: seeded weights, a step in milliseconds, folders on disk."""

import atexit
import shutil
import tempfile
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

import diffusers
import torch
import transformers
from transformers import CLIPTokenizer

from helpers import small_families

of_diffusers: Any = diffusers  # its classes are untyped, or hidden from mypy behind lazy imports
of_transformers: Any = transformers
SIDE = 64
"""What the small models are at home with, in px."""
KINDS = ("sd15", "sd15-inpaint", "sdxl", "sdxl-inpaint")
_WIDTH = 16  # of the text encoders
_FURTHER: dict[str, Callable[[], Any]] = {
    "sd3": small_families.sd3,
    "flux": small_families.flux,
    "flux-fill": partial(small_families.flux, fill=True),
    "kandinsky22": small_families.kandinsky22,
    "kandinsky22-inpaint": partial(small_families.kandinsky22, 9),
    "qwen-image": small_families.qwen_image,
    "z-image": small_families.z_image,
}


@cache
def folder(kind: str) -> Path:
    """Return a small model in diffusers' layout, built once for all tests."""
    where = _home() / kind
    build(kind).save_pretrained(where, safe_serialization=True)
    return where


@cache
def _home() -> Path:
    made = Path(tempfile.mkdtemp(prefix="scumble-small-models-"))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


def build(kind: str, seed: int = 0) -> Any:
    """Return a small pipeline with weights drawn from a seed; its default scheduler is DDIM."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        channels = 9 if kind.endswith("inpaint") else 4
        if kind in _FURTHER:
            return _FURTHER[kind]()
        if kind == "sd2-depth":
            return _depth2img()
        if kind == "sdxl-refiner":
            return _refiner()
        if kind.startswith("controlnet"):
            return _controlnet(kind)
        if kind == "captioner":
            return _OfTransformers(_blip(), _blip_processor())
        if kind == "depth-estimator":
            return _OfTransformers(_dpt(), _dpt_processor())
        return _sdxl(channels) if kind.startswith("sdxl") else _sd15(channels)


def _sd15(channels: int) -> Any:
    cls = (
        of_diffusers.StableDiffusionInpaintPipeline
        if channels == 9
        else of_diffusers.StableDiffusionPipeline
    )
    return cls(
        vae=_vae(),
        text_encoder=of_transformers.CLIPTextModel(_text_config()).eval(),
        tokenizer=tokenizer(),
        unet=_unet(channels, cross_attention_dim=_WIDTH),
        scheduler=of_diffusers.DDIMScheduler(
            beta_start=0.00085,
            beta_end=0.012,
            beta_schedule="scaled_linear",
            clip_sample=False,
            set_alpha_to_one=False,
            steps_offset=1,
        ),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )


class _OfTransformers:
    """A model of transformers and its processor, saved into one folder as the hub has them."""

    def __init__(self, model: Any, processor: Any) -> None:
        self.model, self.processor = model, processor

    def save_pretrained(self, folder: Path, **_: Any) -> None:
        self.model.save_pretrained(folder)
        self.processor.save_pretrained(folder)


def _depth2img() -> Any:
    plain = _sd15(4)
    parts = {name: getattr(plain, name) for name in ("vae", "text_encoder", "tokenizer")}
    return of_diffusers.StableDiffusionDepth2ImgPipeline(
        **parts,
        unet=_unet(5, cross_attention_dim=_WIDTH),
        scheduler=plain.scheduler,
        depth_estimator=_dpt(),
        feature_extractor=_dpt_processor(),
    )


def _dpt() -> Any:
    config = of_transformers.DPTConfig(
        hidden_size=12,
        num_hidden_layers=4,
        num_attention_heads=3,
        intermediate_size=24,
        image_size=SIDE,
        patch_size=16,
        neck_hidden_sizes=[8, 8, 8, 8],
        backbone_out_indices=[0, 1, 2, 3],
        fusion_hidden_size=8,
        add_projection=False,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    return of_transformers.DPTForDepthEstimation(config).eval()


def _dpt_processor() -> Any:
    return of_transformers.DPTImageProcessorPil(size={"height": SIDE, "width": SIDE})


def _refiner() -> Any:
    """A refiner with the same VAE as the small SDXL model."""
    base = build("sdxl")
    return of_diffusers.StableDiffusionXLImg2ImgPipeline(
        vae=base.vae,
        text_encoder=None,
        text_encoder_2=base.text_encoder_2,
        tokenizer=None,
        tokenizer_2=base.tokenizer_2,
        unet=_unet(
            4,
            cross_attention_dim=_WIDTH,
            addition_embed_type="text_time",
            addition_time_embed_dim=8,
            projection_class_embeddings_input_dim=5 * 8 + _WIDTH,
        ),
        scheduler=base.scheduler,
        requires_aesthetics_score=True,
        add_watermarker=False,
    )


def _controlnet(kind: str) -> Any:
    """A ControlNet that says something: as published, a new one adds nothing but zeros."""
    base = build("sdxl" if "sdxl" in kind else "sd15")
    net = of_diffusers.ControlNetModel.from_unet(
        base.unet, conditioning_channels=3, load_weights_from_unet=False
    )
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.normal_(std=0.2)
    return net.eval()


def _blip() -> Any:
    shared = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1}
    heads = {"num_attention_heads": 2}
    text = (
        shared
        | heads
        | {
            "vocab_size": 40,
            "max_position_embeddings": 48,
            "encoder_hidden_size": 16,
            "projection_dim": 16,
            "bos_token_id": 30,
            "eos_token_id": 31,
            "sep_token_id": 31,
            "pad_token_id": 0,
        }
    )
    vision = shared | heads | {"image_size": 32, "patch_size": 16, "projection_dim": 16}
    config = of_transformers.BlipConfig(text_config=text, vision_config=vision)
    return of_transformers.BlipForConditionalGeneration(config).eval()


def _blip_processor() -> Any:
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *(f"word{n}" for n in range(35))]
    vocabulary = {word: number for number, word in enumerate(words)}
    return of_transformers.BlipProcessor(
        of_transformers.BlipImageProcessorPil(size={"height": 32, "width": 32}),
        of_transformers.BertTokenizer(vocab=vocabulary),
    )


def _sdxl(channels: int) -> Any:
    cls = (
        of_diffusers.StableDiffusionXLInpaintPipeline
        if channels == 9
        else of_diffusers.StableDiffusionXLPipeline
    )
    return cls(
        vae=_vae(),
        text_encoder=of_transformers.CLIPTextModel(_text_config()).eval(),
        text_encoder_2=of_transformers.CLIPTextModelWithProjection(_text_config()).eval(),
        tokenizer=tokenizer(),
        tokenizer_2=tokenizer(),
        unet=_unet(
            channels,
            cross_attention_dim=2 * _WIDTH,
            addition_embed_type="text_time",
            addition_time_embed_dim=8,
            projection_class_embeddings_input_dim=6 * 8 + _WIDTH,
        ),
        scheduler=of_diffusers.EulerDiscreteScheduler(
            beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", steps_offset=1
        ),
        add_watermarker=False,
    )


def _vae() -> Any:
    return of_diffusers.AutoencoderKL(
        block_out_channels=(8, 8, 8, 8),
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        latent_channels=4,
        norm_num_groups=4,
        sample_size=SIDE,
        mid_block_add_attention=False,
    ).eval()


def _unet(channels: int, **more: Any) -> Any:
    return of_diffusers.UNet2DConditionModel(
        sample_size=SIDE // 8,
        in_channels=channels,
        out_channels=4,
        block_out_channels=(8, 16),
        layers_per_block=1,
        norm_num_groups=4,
        attention_head_dim=4,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        **more,
    ).eval()


def _text_config() -> Any:
    return of_transformers.CLIPTextConfig(
        bos_token_id=0,
        eos_token_id=1,
        pad_token_id=1,
        vocab_size=len(tokenizer()),
        hidden_size=_WIDTH,
        intermediate_size=2 * _WIDTH,
        projection_dim=_WIDTH,
        num_hidden_layers=3,
        num_attention_heads=2,
        max_position_embeddings=24,
    )


@cache
def tokenizer() -> CLIPTokenizer:
    """Return a real CLIP tokenizer whose vocabulary is single letters: every word can be spelt."""
    letters = [chr(code) for code in range(33, 127)]
    tokens = ["<|startoftext|>", "<|endoftext|>", *letters, *(f"{a}</w>" for a in letters)]
    numbers = {token: number for number, token in enumerate(tokens)}
    return CLIPTokenizer(vocab=numbers, merges=[], model_max_length=24)
