"""LoRAs and embeddings for the small models, in the layouts they are found in."""

from pathlib import Path
from typing import Any

import diffusers
import torch
from diffusers import utils
from peft import LoraConfig
from peft.utils import get_peft_model_state_dict
from safetensors.torch import save_file

from helpers import small_models

of_diffusers: Any = diffusers
of_utils: Any = utils


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


def embedding(file: Path, *, a1111: bool, seed: int = 0) -> Path:
    """Write a textual inversion of two vectors: as A1111's web UI does, or as diffusers does."""
    values = torch.randn(2, 16, generator=torch.Generator().manual_seed(seed))
    save_file({"emb_params" if a1111 else "<word>": values}, file)
    return file
