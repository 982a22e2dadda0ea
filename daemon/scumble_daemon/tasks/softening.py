"""Soft masks inside a stock pipeline: at each step's end what is not free yet is put back.

Differential diffusion (see `region.soften`), done in `callback_on_step_end`, because the pipelines
of diffusers make masks hard.
"""

from dataclasses import dataclass
from typing import Any

import torch

from scumble_daemon.models.pipeline_classes import Pipeline
from scumble_daemon.region.arrays import Floats
from scumble_daemon.region.soften import free_latents, latent_mask
from scumble_protocol.geometry import Extent

_NOISE_SALT = 0x5C0FF


@dataclass(frozen=True, slots=True, eq=False)
class Softener:
    """Puts the original back where the mask says that it may not change yet."""

    mask: Floats  # [h, w] in 0..1, on the latents' grid
    originals: torch.Tensor  # [N, C, h, w], clean
    noise: torch.Tensor  # [N, C, h, w]

    def put_back(self, pipeline: Pipeline, index: int, latents: torch.Tensor) -> torch.Tensor:
        """Return the latents after step `index`, counted from 0, with the original put back."""
        steps = int(pipeline.num_timesteps)
        original = self._original(pipeline, index + 1, steps)
        return torch.where(self._free(pipeline, index, latents), latents, original)

    def over_originals(self, pipeline: Pipeline, index: int, clean: torch.Tensor) -> torch.Tensor:
        """Return clean latents as predicted at step `index`, over the originals where not free."""
        return torch.where(self._free(pipeline, index, clean), clean, self.originals)

    def _free(self, pipeline: Pipeline, index: int, like: torch.Tensor) -> torch.Tensor:
        free = free_latents(self.mask, index + 1, int(pipeline.num_timesteps))
        return torch.from_numpy(free).to(like.device)

    def _original(self, pipeline: Pipeline, following: int, steps: int) -> torch.Tensor:
        if following >= steps:
            return self.originals
        scheduler = pipeline.scheduler
        # The pipelines run the last `steps` of the scheduler's own timesteps.
        when = scheduler.timesteps[following - steps].reshape(1)
        if hasattr(scheduler, "scale_noise"):
            return _tensor(scheduler.scale_noise(self.originals, when, self.noise))
        return _tensor(scheduler.add_noise(self.originals, self.noise, when))


def is_soft(mask: Floats, extent: Extent, factor: int) -> bool:
    """Tell whether a mask [H, W] has values between 0 and 1 on the latents' grid."""
    cells = latent_mask(mask, _latents(extent, factor))
    return bool(((cells > 0) & (cells < 1)).any())


def softener(
    pipeline: Pipeline,
    mask: Floats,
    originals: tuple[Floats, ...],
    seeds: tuple[int, ...],
    factor: int,
) -> Softener:
    """Return what puts back the originals, float32 [H, W, 3] in 0..1, one for each seed.

    The noise is drawn apart from the pipeline's own, so that a soft mask changes nothing in what
    the pipeline draws.
    """
    cells = latent_mask(mask, _latents(Extent.of(mask), factor))
    latents = torch.cat([_encoded(pipeline, original) for original in originals])
    drawn = [
        torch.randn(latents.shape[1:], generator=torch.Generator("cpu").manual_seed(seed))
        for seed in (number ^ _NOISE_SALT for number in seeds)
    ]
    return Softener(cells, latents, torch.stack(drawn).to(latents))


def is_softenable(pipeline: Pipeline) -> bool:
    """Tell whether a pipeline's latents lie on a grid as the picture does, so that a mask fits."""
    vae = getattr(pipeline, "vae", None)
    has_grid = vae is not None and hasattr(vae.config, "scaling_factor")
    return has_grid and not hasattr(pipeline, "_pack_latents")


def open_mask(mask: Floats, factor: int, steps: int) -> Floats:
    """Return the hard mask of all latents that are ever free, at the size of the picture."""
    cells = latent_mask(mask, _latents(Extent.of(mask), factor))
    free = free_latents(cells, steps, steps).astype(mask.dtype)
    return free.repeat(factor, axis=0).repeat(factor, axis=1)


def _encoded(pipeline: Pipeline, picture: Floats) -> torch.Tensor:
    """Return the likeliest latents of a picture, [1, C, h, w], in the denoiser's number format."""
    vae = pipeline.vae
    denoiser = pipeline.unet if hasattr(pipeline, "unet") else pipeline.transformer
    before = vae.dtype
    if before is torch.float16 and vae.config.get("force_upcast"):
        vae.to(torch.float32)
    pixels = torch.from_numpy(picture).permute(2, 0, 1)[None] * 2 - 1
    given = vae.encode(pixels.to(pipeline._execution_device, vae.dtype))
    latents = given.latents if hasattr(given, "latents") else given.latent_dist.mode()
    if vae.dtype is not before:
        vae.to(before)
    shift = vae.config.get("shift_factor") or 0.0
    return _tensor((latents - shift) * vae.config.scaling_factor).to(denoiser.dtype)


def _latents(extent: Extent, factor: int) -> Extent:
    return Extent(extent.width // factor, extent.height // factor)


def _tensor(value: Any) -> torch.Tensor:
    if not isinstance(value, torch.Tensor):
        raise TypeError(f"a scheduler gave {type(value).__name__} for noised latents")
    return value
