"""What a finished job gives to Python: layers as arrays, and the report."""

from dataclasses import dataclass

from scumble_protocol.geometry import Bounds
from scumble_protocol.images import Pixels
from scumble_protocol.jobs import Report


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """One variant: pixels with a margin around the mask, and the mask apart."""

    pixels: Pixels  # uint8 [H, W, 3] or [H, W, 4], straight alpha, sRGB
    mask: Pixels | None  # uint8 [H, W], 255 shows the layer; None shows all of it
    bounds: Bounds  # where both lie on the canvas
    seed: int
    seam_score: float | None  # 1 is as smooth as the original was


@dataclass(frozen=True, slots=True, eq=False)
class Painted:
    """A job's result."""

    layers: tuple[Layer, ...]
    report: Report


@dataclass(frozen=True, slots=True, eq=False)
class Glance:
    """A preview of a running job."""

    pixels: Pixels  # uint8 [H, W, 3], sRGB, small: stretch it over bounds
    bounds: Bounds  # on the canvas
    step: int
    variant: int
    mask: Pixels | None = None  # uint8 [h, w], 255 where it will be seen: stretch it over bounds
