"""The size a model works at, how many passes that takes, and which steps are run."""

import math
from dataclasses import dataclass

from scumble_protocol.geometry import Extent

TWO_PASSES_BELOW = 0.9
"""A context that must shrink below this is painted small and refined at its own size."""
TWO_PASSES_FROM_STRENGTH = 0.7
"""Below this strength the picture itself holds the structure together at any size."""
REFINE_STRENGTH = 0.4
WORKING_PIXELS = 6_000_000
"""No pass works on more pixels than this."""
SECOND_PASS_TIMES = 24
"""Nor a second pass on more than this many times the pixels that a model is at home with: of more
it sees nothing but texture, and takes minutes for it."""
MIN_STEPS = 4


@dataclass(frozen=True, slots=True)
class NativeRange:
    """The sizes a family of models was trained for, in pixels of the picture."""

    min_side: int
    max_side: int
    min_pixels: int
    max_pixels: int
    multiple: int = 8  # both sides are multiples of this

    def __post_init__(self) -> None:
        """Refuse a range that holds no size at all."""
        if not (0 < self.multiple <= self.min_side <= self.max_side):
            raise ValueError(f"A native range needs 0 < multiple <= min_side <= max_side: {self}.")
        if not (0 < self.min_pixels <= self.max_pixels):
            raise ValueError(f"A native range needs 0 < min_pixels <= max_pixels: {self}.")

    @property
    def square_side(self) -> int:
        """Side of the largest square the model is at home with, a whole multiple."""
        side = min(math.isqrt(self.max_pixels), self.max_side)
        return max(side // self.multiple, 1) * self.multiple

    def scales(self, extent: Extent) -> tuple[float, float]:
        """Return the least and greatest factor that bring a size into this range.

        The least is above the greatest where the shape is too long for the range.
        """
        least = max(self.min_side / extent.shortest_side, math.sqrt(self.min_pixels / extent.area))
        most = min(self.max_side / extent.longest_side, math.sqrt(self.max_pixels / extent.area))
        return least, most


@dataclass(frozen=True, slots=True)
class Steps:
    """Which part of a schedule is run: steps `start` to `total`."""

    total: int
    start: int

    @property
    def run(self) -> int:
        """How many steps are really taken."""
        return self.total - self.start

    @property
    def pipeline_strength(self) -> float:
        """The strength for which `int(total · strength)`, as diffusers counts, gives `run`."""
        return 1.0 if self.start == 0 else (self.run + 0.5) / self.total


def first_extent(context: Extent, native: NativeRange) -> Extent:
    """Return the size inside the native range that a context of a size is painted at.

    Unchanged where it fits, scaled up or down as little as possible where not. A shape too long
    for the range (wider than max_side where it is as high as min_side) keeps its aspect, misses
    both sides by the same factor and stays within max_pixels.
    """
    return _on_grid(context, _native_scale(context, native), native)


def refined_extent(
    bounds: Extent, native: NativeRange, most_pixels: int = WORKING_PIXELS
) -> Extent:
    """Return the size that a pass over what is there already works at.

    The size of the bounds themselves, scaled up as `first_extent` would and down only where it
    is more than `most_pixels`.
    """
    scale = max(1.0, _native_scale(bounds, native))
    scale = min(scale, math.sqrt(most_pixels / bounds.area))
    return _on_grid(bounds, scale, NativeRange(1, 1 << 30, 1, most_pixels, 1), native.multiple)


def second_extent(bounds: Extent, native: NativeRange) -> Extent:
    """Return the size that the second of two passes works at: `refined_extent`, within limits."""
    most = min(WORKING_PIXELS, SECOND_PASS_TIMES * native.max_pixels)
    return refined_extent(bounds, native, most)


def needs_two_passes(context: Extent, strength: float, native: NativeRange) -> bool:
    """Tell whether a context is painted small first and then refined at its own size."""
    first = first_extent(context, native)
    shrinks = first.area < TWO_PASSES_BELOW**2 * context.area
    return shrinks and strength >= TWO_PASSES_FROM_STRENGTH


def steps_of(count: int, strength: float, least: int = MIN_STEPS) -> Steps:
    """Return which steps of a schedule of `count` are run at a strength over 0 to 1.

    `start = round(count·(1 − s))`. Where fewer than 4 would run, the schedule is lengthened to
    `floor(4/s)` and its last 4 run, so low strengths still paint; a count below 4, as few-step
    models ask for, is kept (krita-ai-diffusion, `workflow.py`). At strength 1 all `count` run.
    """
    least = min(least, count)
    start = math.floor(count * (1 - strength) + 0.5)
    if count - start >= least:
        return Steps(count, start)
    total = math.floor(least / strength)
    return Steps(total, total - least)


def _native_scale(extent: Extent, native: NativeRange) -> float:
    least, most = native.scales(extent)
    if least <= most:
        return min(max(1.0, least), most)
    return min(math.sqrt(least * most), math.sqrt(native.max_pixels / extent.area))


def _on_grid(
    extent: Extent, scale: float, native: NativeRange, multiple: int | None = None
) -> Extent:
    """Return a scaled size on the grid: in range where possible, then nearest in shape and size.

    Each side is one of the two multiples around its exact length.
    """
    width, height = extent.width * scale, extent.height * scale
    step = multiple or native.multiple
    sizes = [Extent(w, h) for w in _around(width, step) for h in _around(height, step)]

    def cost(size: Extent) -> tuple[float, float, float]:
        over, outside = _excess(size, native)
        wider, higher = math.log(size.width / width), math.log(size.height / height)
        return over, outside, abs(wider - higher) + abs(wider + higher)

    return min(sizes, key=cost)


def _around(length: float, multiple: int) -> list[int]:
    below = max(math.floor(length / multiple), 1) * multiple
    return [below] if below >= length else [below, below + multiple]


def _excess(size: Extent, native: NativeRange) -> tuple[float, float]:
    """Return how far a size is above the pixels of a range, and how far outside it otherwise."""
    over = max(0.0, math.log(size.area / native.max_pixels))
    wide = max(0.0, math.log(size.longest_side / native.max_side))
    small = max(0.0, math.log(native.min_pixels / size.area))
    narrow = max(0.0, math.log(native.min_side / size.shortest_side))
    return over, wide + small + narrow
