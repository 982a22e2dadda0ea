"""Soft masks through to the latents: which of them may change from which step on.

Differential diffusion, Levin and Fried 2023, "Differential Diffusion: Giving Each Pixel Its
Strength" (arXiv 2306.00950). A latent whose mask value is v follows the original, noised to the
step's level, for the first 1 − v of the schedule and is denoised freely after that.
"""

import numpy as np

from scumble_daemon.region.arrays import Flags, Floats, averaged
from scumble_protocol.geometry import Extent


def latent_mask(mask: Floats, latents: Extent) -> Floats:
    """Return a mask [H, W] in 0..1 on the grid of the latents, each cell the mean of its area."""
    return np.clip(averaged(mask, latents), 0, 1)


def thresholds(steps: int) -> Floats:
    """Return the mask value from which latents are free at each of the steps run, float32 [steps].

    `1 − i/steps` at step i, counted from 0: only 1 is free at the first step, 1/steps at the last,
    and 0 never. The comparison of ComfyUI's `DifferentialDiffusion` node on an even schedule.
    """
    return np.float32(1) - np.arange(steps, dtype=np.float32) / np.float32(steps)


def free_latents(mask: Floats, step: int, steps: int) -> Flags:
    """Return which latents are free at a step, bool [h, w].

    mask: float32 [h, w] in 0..1 on the latents' grid; step: 0 to steps. The others are to be put
    back, as the original noised to the level that step starts from, before it runs; a callback at
    the end of step i asks for step i + 1. At `steps`, after the last one, the answer is the last
    step's: what never was free is put back clean.
    """
    level = 1 - min(step, steps - 1) / steps
    # Half a thousandth of slack: averages of float32 ones may fall short of 1.
    return np.asarray(mask >= np.float32(level - 5e-4))
