"""What one run of a pipeline is given, whatever the family and the task."""

from dataclasses import dataclass

import torch

from scumble_daemon.region.arrays import Floats
from scumble_protocol.geometry import Bounds, Extent
from scumble_protocol.jobs import Phase


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """What one run of a pipeline is given; one picture, original and seed for each variant."""

    extent: Extent  # working resolution
    bounds: Bounds  # what it stands for on the canvas
    seeds: tuple[int, ...]
    strength: float = 1.0
    pictures: tuple[Floats, ...] = ()  # [H, W, 3] in 0..1 each; none for text to image
    latents: tuple[torch.Tensor, ...] = ()  # [C, h, w] each, instead of pictures
    mask: Floats | None = None  # [H, W] in 0..1; None paints all of it
    originals: tuple[Floats, ...] = ()  # what a soft mask puts back
    soft: bool = False
    depth: Floats | None = None  # [h, w], large is near; keeps the depths of what is painted
    seen: Floats | None = None  # [H, W, 3], shown to ControlNets instead of the job's picture
    conditions: tuple[Floats, ...] = ()  # [H, W, 3] each, what ControlNets are shown
    from_noise: bool = False  # forget the picture under the mask, as diffusers does at strength 1
    phase: Phase = Phase.DENOISING
