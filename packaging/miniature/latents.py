"""Scenes and selections through the frozen encoder, kept in shards: `python latents.py 32`."""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.multiprocessing.spawn import start_processes
from torch.nn import functional

import engine
import paths
import scenes
import selections
import wordpieces
from networks import Diffuser
from scenes import Scene
from selections import Selection
from train_vae import VaeTask

SHARD = 2048  # scenes
BATCH = 32
SEED = 7


@dataclass(frozen=True, slots=True)
class Encoder:
    """Pictures to latents of unit spread."""

    vae: Diffuser
    scale: float

    def __call__(self, pictures: Tensor) -> Tensor:
        """[N, 3, S, S] in -1 to 1 to latents [N, 4, S/8, S/8]."""
        channels_last = pictures.contiguous(memory_format=torch.channels_last)
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
            latents: Tensor = self.vae.encode(channels_last).latent_dist.mode()
        return latents.float() * self.scale


def encoder(folder: Path) -> Encoder:
    """The trained encoder; its scale is measured once, on fixed scenes, and then kept."""
    model = engine.trained(VaeTask(), engine.checkpoint_path(folder, "vae"))
    kept = folder / "scale.txt"
    if not kept.exists():
        drawn = [scenes.draw(np.random.default_rng([SEED, 0, i])).picture for i in range(64)]
        spread = float(Encoder(model, 1.0)(as_tensor(np.stack(drawn))).std())
        kept.write_text(f"{1 / spread:.5f}\n")
    return Encoder(model, float(kept.read_text()))


def as_tensor(pictures: NDArray[np.uint8]) -> Tensor:
    """uint8 [N, S, S, 3] to float [N, 3, S, S] in -1 to 1."""
    return torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 127.5 - 1


def as_arrays(pictures: Tensor) -> NDArray[np.uint8]:
    """The way back: float [N, 3, S, S] in -1 to 1 to uint8 [N, S, S, 3]."""
    scaled = ((pictures.clamp(-1, 1) + 1) * 127.5).round().byte()
    arrays: NDArray[np.uint8] = scaled.permute(0, 2, 3, 1).numpy()
    return arrays


def batches(pictures: NDArray[np.uint8], size: int) -> list[Tensor]:
    """The same, in parts of at most `size` pictures."""
    return [as_tensor(pictures[start : start + size]) for start in range(0, len(pictures), size)]


def depth_hint(depth: Tensor) -> Tensor:
    """Depth [N, 1, S, S] as the depth pipeline shows it: [N, 1, S/8, S/8], each from -1 to 1.

    As StableDiffusionDepth2ImgPipeline.prepare_depth_map does; a flat map is told as all -1.
    """
    side = depth.shape[-1] // 8
    small = functional.interpolate(depth, (side, side), mode="bicubic", align_corners=False)
    low, high = small.amin((1, 2, 3), keepdim=True), small.amax((1, 2, 3), keepdim=True)
    return 2 * (small - low) / (high - low).clamp(min=1e-6) - 1


def _shard(encode: Encoder, number: int) -> dict[str, Tensor]:
    """Draw and encode the scenes of one shard."""
    words = wordpieces.tokenizer()
    rng = np.random.default_rng([SEED, 1, number])
    parts: dict[str, list[Tensor]] = {}
    captions: list[str] = []
    prompts: list[str] = []
    for _ in range(SHARD // BATCH):
        drawn = [scenes.draw(rng) for _ in range(BATCH)]
        picked = [selections.draw(rng, scene) for scene in drawn]
        captions += [scenes.describe(rng, scene) for scene in drawn]
        prompts += [selection.prompt for selection in picked]
        for name, tensor in _encoded(encode, drawn, picked).items():
            parts.setdefault(name, []).append(tensor.half())
    shard = {name: torch.cat(tensors).contiguous() for name, tensors in parts.items()}
    shard["caption"] = wordpieces.encode(words, captions).short()
    shard["prompt"] = wordpieces.encode(words, prompts).short()
    return shard


def _encoded(encode: Encoder, drawn: list[Scene], picked: list[Selection]) -> dict[str, Tensor]:
    """One batch as the trainer wants it."""
    masks = torch.from_numpy(np.stack([selection.mask for selection in picked]))[:, None]
    truth = as_tensor(np.stack([selection.truth for selection in picked]))
    pictures = as_tensor(np.stack([scene.picture for scene in drawn]))
    things = functional.avg_pool2d(torch.from_numpy(np.stack([s.mask for s in drawn]))[:, None], 8)
    emptied = (truth != pictures).flatten(1).any(1)  # lessons in taking things away
    seen = encode(pictures)
    wanted = seen.clone()
    if emptied.any():
        wanted[emptied] = encode(truth[emptied])
    return {
        "latents": seen,
        "truth": wanted,
        "masked": encode(truth * (masks < 0.5)),
        "selected": functional.interpolate(masks, scale_factor=1 / 8),
        "things": things,
        "shown": things * ~emptied[:, None, None, None],
        "depth": depth_hint(torch.from_numpy(np.stack([s.depth for s in drawn]))[:, None]),
    }


def shard_paths(folder: Path) -> list[Path]:
    """The finished shards, in order."""
    return sorted((folder / "latents").glob("*.safetensors"))


def load(folder: Path) -> dict[str, Tensor]:
    """All finished shards as one table, float16 and int16."""
    shards = [load_file(path) for path in shard_paths(folder)]
    return {name: torch.cat([shard[name] for shard in shards]) for name in shards[0]}


def _work(rank: int, world: int, first: int, last: int) -> None:
    torch.set_num_threads(1)
    folder = paths.cache()
    encode = encoder(folder)
    for number in range(first + rank, last, world):
        path = folder / "latents" / f"{number:04d}.safetensors"
        if path.exists():
            continue
        scratch = path.with_suffix(f".{os.getpid()}.tmp")
        save_file(_shard(encode, number), scratch)
        scratch.replace(path)


def main() -> None:
    """Make shards `first` to `last`, those that exist apart."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("last", type=int)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--processes", type=int, default=2)
    wish = parser.parse_args()
    (paths.cache() / "latents").mkdir(exist_ok=True)
    encoder(paths.cache())
    start_processes(  # type: ignore[no-untyped-call]  # torch leaves it untyped
        _work, (wish.processes, wish.first, wish.last), nprocs=wish.processes, start_method="spawn"
    )


if __name__ == "__main__":
    main()
