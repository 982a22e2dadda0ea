"""Write the trained networks as the shipped model: `python export.py [folder]`.

One trunk in shards of at most 16 MB serves all three forms of the UNet; each form adds its own
`conv_in` and an index. All weights are float16. A trained judge is kept for the report as well.
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional
from transformers import DPTForDepthEstimation, DPTImageProcessorPil

import forms
import judge
import latents
import networks
import paths
import scenes
import train_depth
import train_unet
import vocabulary
import wordpieces
from forms import CHANNELS
from networks import Diffuser

SHARD_BYTES = 12 << 20
STEM = "diffusion_pytorch_model"
CLASSES = {
    "text": "StableDiffusionPipeline",
    "inpaint": "StableDiffusionInpaintPipeline",
    "depth": "StableDiffusionDepth2ImgPipeline",
}
COMPONENTS = {
    "scheduler": ["diffusers", "DDIMScheduler"],
    "text_encoder": ["transformers", "CLIPTextModel"],
    "tokenizer": ["transformers", "CLIPTokenizer"],
    "unet": ["diffusers", "UNet2DConditionModel"],
    "vae": ["diffusers", "AutoencoderKL"],
}
NO_CHECKER = {
    "feature_extractor": [None, None],
    "image_encoder": [None, None],
    "safety_checker": [None, None],
    "requires_safety_checker": False,
}
DEPTH_PARTS = {
    "depth_estimator": ["transformers", "DPTForDepthEstimation"],
    "feature_extractor": ["transformers", "DPTImageProcessor"],
}


def write_json(path: Path, value: object) -> None:
    """Write a small file that people may read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _shards(state: dict[str, Tensor]) -> list[dict[str, Tensor]]:
    """Part weights into pieces of at most SHARD_BYTES, in their order."""
    pieces: list[dict[str, Tensor]] = [{}]
    size = 0
    for name, tensor in state.items():
        if size + tensor.nbytes > SHARD_BYTES:
            pieces.append({})
            size = 0
        pieces[-1][name] = tensor
        size += tensor.nbytes
    return pieces


def half(model: Diffuser) -> Diffuser:
    """The same model in float16."""
    return model.to(torch.float16)


def _half(module: nn.Module) -> dict[str, Tensor]:
    return {name: tensor.half().contiguous() for name, tensor in module.state_dict().items()}


def save_unet(trained: Diffuser, folder: Path) -> None:
    """Write the shared trunk into `unet`, and for each form its first convolution and index."""
    trunk = {n: t for n, t in _half(trained).items() if n != "conv_in.weight"}
    pieces = _shards(trunk)
    count = len(pieces) + 1
    names = [f"{STEM}-{number:05d}-of-{count:05d}.safetensors" for number in range(1, count + 1)]
    for form in CHANNELS:
        unet = forms.cut(trained, form)
        own = folder / "unet" if form == "text" else folder / form / "unet"
        own.mkdir(parents=True, exist_ok=True)
        unet.save_config(own)
        first = unet.state_dict()["conv_in.weight"].half().contiguous()
        save_file({"conv_in.weight": first}, own / names[-1], metadata={"format": "pt"})
        where = {name: file for piece, file in zip(pieces, names, strict=False) for name in piece}
        where["conv_in.weight"] = names[-1]
        size = first.nbytes + sum(tensor.nbytes for tensor in trunk.values())
        index = {"metadata": {"total_size": size}, "weight_map": dict(sorted(where.items()))}
        write_json(own / f"{STEM}.safetensors.index.json", index)
    for piece, name in zip(pieces, names, strict=False):
        save_file(piece, folder / "unet" / name, metadata={"format": "pt"})


def save_tokenizer(words: Diffuser, folder: Path) -> None:
    """Write the tokenizer in today's single file and in CLIP's own two."""
    words.save_pretrained(folder)
    model = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))["model"]
    (folder / "vocab.json").write_text(json.dumps(model["vocab"], ensure_ascii=False) + "\n")
    merges = [" ".join(pair) for pair in model["merges"]]
    (folder / "merges.txt").write_text("\n".join(["#version: 0.2", *merges]) + "\n")


def latent_colours(encoder: latents.Encoder) -> dict[str, list[Any]]:
    """Fit RGB of -1 to 1 to latents by least squares on scenes, for previews."""
    rng = np.random.default_rng(31)
    pictures = latents.as_tensor(np.stack([scenes.draw(rng).picture for _ in range(64)]))
    seen = encoder(pictures).permute(0, 2, 3, 1).reshape(-1, 4)
    wanted = functional.avg_pool2d(pictures, 8).permute(0, 2, 3, 1).reshape(-1, 3)
    known = torch.cat([seen, torch.ones(len(seen), 1)], 1)
    solution = torch.linalg.lstsq(known, wanted).solution
    rows = [[round(float(value), 5) for value in row] for row in solution]
    return {"factors": rows[:4], "bias": rows[4]}


def words_file() -> dict[str, list[str]]:
    """What the daemon tells painters about the vocabulary."""
    places = [*vocabulary.backdrops(), vocabulary.Backdrop("photograph")]
    return {
        "things": list(vocabulary.FAMILIES),
        "coloured": list(vocabulary.COLOURED),
        "colours": list(vocabulary.COLOURS),
        "places": [f"{place.preposition()} {place.words()}" for place in places],
        "words": vocabulary.known_words(),
    }


def save_depth(model: DPTForDepthEstimation, folder: Path) -> None:
    """Write the depth estimator and the processor that feeds it."""
    half(model).save_pretrained(folder / "depth_estimator")
    side = networks.SIDE_PX
    processor = DPTImageProcessorPil(
        size={"height": side, "width": side},
        image_mean=[0.5] * 3,
        image_std=[0.5] * 3,
        keep_aspect_ratio=False,
        ensure_multiple_of=16,
    )
    processor.save_pretrained(folder / "feature_extractor")


def save_indices(folder: Path) -> None:
    """Write the file that names a pipeline's class and parts, for each form."""
    for form, name in CLASSES.items():
        extra = DEPTH_PARTS if form == "depth" else NO_CHECKER
        index = {"_class_name": name, "_diffusers_version": "0.35.0", **COMPONENTS, **extra}
        own = folder if form == "text" else folder / form
        write_json(own / "model_index.json", index)


def export(cache: Path, folder: Path) -> None:
    """Write everything that training made into `folder`, in place of what was there.

    The depth form is left out while there is no depth estimator.
    """
    written = [folder / name for name in ("README.md", "figures.json")]
    kept = {path.name: path.read_bytes() for path in written if path.exists()}
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, content in kept.items():
        (folder / name).write_bytes(content)
    painter = train_unet.painter(cache)
    encoder = latents.encoder(cache)
    encoder.vae.register_to_config(scaling_factor=encoder.scale)
    write_json(folder / "latent_colours.json", latent_colours(encoder))
    write_json(folder / "words.json", words_file())
    save_unet(painter.unet, folder)
    save_indices(folder)
    save_tokenizer(wordpieces.tokenizer(), folder / "tokenizer")
    networks.scheduler().save_pretrained(folder / "scheduler")
    half(encoder.vae).save_pretrained(folder / "vae")
    half(painter.text).save_pretrained(folder / "text_encoder")
    if (cache / "depth.pt").exists():
        save_depth(train_depth.load(cache), folder / "depth")
    else:
        shutil.rmtree(folder / "depth")


def main() -> None:
    """Export and say how big it became."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=paths.SHIPPED / "weights")
    wish = parser.parse_args()
    export(paths.cache(), wish.folder)
    if (paths.cache() / "judge.pt").exists():
        judge.freeze(paths.cache(), paths.JUDGE)
    files = [path for path in wish.folder.rglob("*") if path.is_file()]
    total = sum(path.stat().st_size for path in files)
    print(f"{len(files)} files, {total / 1e6:.1f} MB in {wish.folder}")


if __name__ == "__main__":
    main()
