"""LoRAs and embeddings for the small models, in the layouts they are found in."""

from pathlib import Path
from typing import Any

import diffusers
import torch
import transformers
from diffusers import utils
from peft import LoraConfig
from peft.utils import get_peft_model_state_dict
from safetensors.torch import save_file

from helpers import small_models

of_diffusers: Any = diffusers
of_utils: Any = utils
of_transformers: Any = transformers
_SEEN_WIDTH = 12  # of what the image encoder of the IP-Adapter says


def lora(file: Path, *, kohya: bool, seed: int = 0, kind: str = "sd15") -> Path:
    """Write a LoRA with strong weights drawn from a seed: for kohya's trainer, or diffusers'."""
    unet = small_models.build(kind).unet
    unet.add_adapter(LoraConfig(r=2, lora_alpha=2, target_modules=["to_q", "to_k", "to_v"]))
    generator = torch.Generator().manual_seed(seed)
    layers = {
        name: torch.randn(tensor.shape, generator=generator)
        for name, tensor in get_peft_model_state_dict(unet).items()
    }
    if kohya:
        prefixed = {f"unet.{name}": tensor for name, tensor in layers.items()}
        save_file(of_utils.convert_state_dict_to_kohya(prefixed), file)
        return file
    cls = of_diffusers.StableDiffusionPipeline
    cls.save_lora_weights(file.parent, unet_lora_layers=layers, weight_name=file.name)
    return file


def ip_adapter(file: Path, kind: str = "sd15", seed: int = 0) -> Path:
    """Write an IP-Adapter with its image encoder in a folder beside it, as they are published."""
    unet = small_models.build(kind).unet
    width = unet.config.cross_attention_dim
    generator = torch.Generator().manual_seed(seed)

    def drawn(*shape: int) -> Any:
        return torch.randn(shape, generator=generator) / 4

    weights = {
        "image_proj.proj.weight": drawn(4 * width, _SEEN_WIDTH),
        "image_proj.proj.bias": drawn(4 * width),
        "image_proj.norm.weight": 1 + drawn(width),
        "image_proj.norm.bias": drawn(width),
    }
    crossing = [name for name in unet.attn_processors if "attn2" in name]
    for number, name in enumerate(crossing):
        layer = unet.get_submodule(name.removesuffix(".processor"))
        for half in ("k", "v"):
            key = f"ip_adapter.{2 * number + 1}.to_{half}_ip.weight"
            weights[key] = drawn(layer.inner_dim, width)
    save_file(weights, file)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        config = of_transformers.CLIPVisionConfig(
            hidden_size=16,
            intermediate_size=32,
            projection_dim=_SEEN_WIDTH,
            num_hidden_layers=2,
            num_attention_heads=2,
            image_size=32,
            patch_size=16,
        )
        of_transformers.CLIPVisionModelWithProjection(config).save_pretrained(
            file.parent / "image_encoder"
        )
    return file


def embedding(file: Path, *, a1111: bool, seed: int = 0) -> Path:
    """Write a textual inversion of two vectors: as A1111's web UI does, or as diffusers does."""
    values = torch.randn(2, 16, generator=torch.Generator().manual_seed(seed))
    save_file({"emb_params" if a1111 else "<word>": values}, file)
    return file
