"""What the latents look like so far: a linear map to colours, throttled to cost nothing."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from scumble_daemon.models.families import Family
from scumble_daemon.region.arrays import Bytes

INTERVAL_S = 0.2
MAX_SIDE = 128
"""Latents larger than this are thinned before they are sent."""
_CHART_SIDE = 256  # px
_CHART_PATCH = 32  # px


class Throttle:
    """Lets one thing through in an interval; what comes later in it is not worth its while."""

    def __init__(
        self, interval_s: float = INTERVAL_S, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._interval_s = interval_s
        self._clock = clock
        self._next = -float("inf")

    def ready(self) -> bool:
        """Tell whether the interval since the last one let through is over, and begin a new one."""
        now = self._clock()
        if now < self._next:
            return False
        self._next = now + self._interval_s
        return True


def colours(latents: torch.Tensor, rgb_map: torch.Tensor) -> list[Bytes]:
    """Return small pictures of latents [N, C, h, w]: uint8 [h, w, 3] each.

    rgb_map: float32 [C + 1, 3], a row for each channel and one of bias, to values in -1..1.
    """
    thin = -(-max(latents.shape[-2:]) // MAX_SIDE)
    small = latents[..., ::thin, ::thin].detach().to("cpu", torch.float32)
    values = torch.einsum("nchw,cr->nhwr", small, rgb_map[:-1]) + rgb_map[-1]
    pixels = ((values.nan_to_num() / 2 + 0.5).clamp(0, 1) * 255).round().to(torch.uint8)
    return [np.ascontiguousarray(one) for one in pixels.numpy()]


def decoded(vae: Any, latents: torch.Tensor) -> list[Bytes]:
    """Return small pictures of latents [N, C, h, w], uint8 [h, w, 3] each, by a tiny VAE."""
    # Called on the class, as the instance may be listened to.
    values = type(vae).decode(vae, latents.to(vae.dtype)).sample.float()
    thin = -(-max(values.shape[-2:]) // (2 * MAX_SIDE))
    pixels = ((values[..., ::thin, ::thin].nan_to_num() / 2 + 0.5).clamp(0, 1) * 255).round()
    return [np.ascontiguousarray(one) for one in pixels.byte().permute(0, 2, 3, 1).cpu().numpy()]


def latent_map(family: Family, vae: Any) -> torch.Tensor | None:
    """Return the map from latents to colours, float32 [C + 1, 3]: the family's, or a fitted one.

    Checkpoints of the Stable Diffusion layout that were trained with another VAE, the bundled one
    among them, differ from their family's table, so it is used only at the published size.
    """
    if family.latent_rgb is not None and _is_published_size(vae):
        return torch.tensor(family.latent_rgb)
    return fitted_map(vae)


@torch.no_grad()
def fitted_map(vae: Any) -> torch.Tensor | None:
    """Return the least-squares map from a VAE's latents to colours, from one chart of patches.

    None where the VAE has no such latents.
    """
    if not hasattr(vae, "encode") or not hasattr(vae.config, "scaling_factor"):
        return None
    generator = np.random.default_rng(0)
    cells = _CHART_SIDE // _CHART_PATCH
    patches = generator.uniform(-1, 1, (3, cells, cells)).astype(np.float32)
    chart = torch.from_numpy(patches).repeat_interleave(_CHART_PATCH, 1)
    chart = chart.repeat_interleave(_CHART_PATCH, 2)[None]
    given = vae.encode(chart.to(_working_device(vae), next(vae.parameters()).dtype))
    if hasattr(given, "latents"):  # of a VQ model, whose latents are painted as they are
        latents = given.latents.float().cpu()
    elif hasattr(given, "latent_dist"):
        shift = getattr(vae.config, "shift_factor", None) or 0.0
        latents = (given.latent_dist.mode().float().cpu() - shift) * vae.config.scaling_factor
    else:
        return None
    targets = torch.nn.functional.adaptive_avg_pool2d(chart, latents.shape[-2:])
    rows = latents[0].flatten(1).T
    rows = torch.cat([rows, torch.ones(len(rows), 1)], dim=1)
    fitted = torch.linalg.lstsq(rows, targets[0].flatten(1).T, driver="gelsd").solution
    return fitted if bool(torch.isfinite(fitted).all()) else None


def _working_device(vae: Any) -> torch.device:
    """Return where a VAE computes: where its weights are, or are brought to by the hooks of
    offloading, which keep them elsewhere between calls."""
    hooks = (getattr(module, "_hf_hook", None) for module in vae.modules())
    devices = (getattr(hook, "execution_device", None) for hook in hooks)
    found = next((device for device in devices if device is not None), None)
    return next(vae.parameters()).device if found is None else torch.device(found)


def _is_published_size(vae: Any) -> bool:
    return tuple(vae.config.get("block_out_channels", ())) == (128, 256, 512, 512)
