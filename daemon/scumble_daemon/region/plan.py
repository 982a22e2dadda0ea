"""Everything decided before a pixel is touched; numbers alone, for whoever must not compute too."""

from collections.abc import Sequence
from dataclasses import dataclass

from scumble_daemon.region.bounds import (
    Margins,
    context_bounds,
    full_strength_share,
    margins_of,
    mask_bounds,
)
from scumble_daemon.region.joining import joined
from scumble_daemon.region.resolution import (
    REFINE_STRENGTH,
    TWO_PASSES_FROM_STRENGTH,
    NativeRange,
    first_extent,
    needs_two_passes,
    refined_extent,
    second_extent,
)
from scumble_protocol.geometry import Bounds, Extent
from scumble_protocol.jobs import Direction, Fill, Region

WHOLE = Region(feather=0, grow=0, fill=Fill.ORIGINAL, soft=False, match_colour=False)
"""How a canvas is painted over everywhere: there is no edge to care for."""


_FADES_OUTSIDE = {Direction.INSIDE: 0.0, Direction.CENTRED: 0.5, Direction.OUTSIDE: 1.0}
"""How much of a fade lies outside the selection."""


@dataclass(frozen=True, slots=True)
class PlannedPass:
    """One run of the denoising loop."""

    bounds: Bounds  # what is painted, on the canvas
    extent: Extent  # the size it is painted at
    strength: float


@dataclass(frozen=True, slots=True)
class Plan:
    """How one island of a selection is painted; numbers alone, so it can be shown beforehand."""

    canvas: Extent
    selection: Bounds  # bounds of the island
    margins: Margins
    mask: Bounds  # holds every pixel that may change
    context: Bounds  # what the model sees
    passes: tuple[PlannedPass, ...]  # one or two; the first is of the whole context
    region: Region

    @property
    def strength(self) -> float:
        """The strength asked for."""
        return self.passes[0].strength

    @property
    def anew(self) -> float:
        """How far, over 0 to 1, the selection is painted anew instead of over what is there.

        What is painted anew changes as far as it is seen; a painter who chose how far to grow, or
        wants no soft edges, gets that at any strength.
        """
        free = self.region.grow is None and self.region.soft
        return full_strength_share(self.strength) if free else 0.0

    @property
    def lift(self) -> float:
        """How far, over 0 to 1, the result is seen opaque from the middle of its fade on.

        Paint made anew leads back to the original by itself within its fade. A fade that the
        painter chose stays as it is.
        """
        return self.anew if self.region.feather is None else 0.0

    @property
    def reach_px(self) -> float:
        """How far outside the selection anything may be changed by the model."""
        if self.anew < 1:
            return self.margins.reach_px
        return self.margins.blend_px * _FADES_OUTSIDE[self.region.direction]


def plan_island(
    canvas: Extent, selection: Bounds, strength: float, region: Region, native: NativeRange
) -> Plan:
    """Return the plan for one island of a selection with given bounds.

    Two passes where the context is larger than the model's range: the context small first, then
    the mask bounds alone at their own size with strength 0.4.
    """
    margins = margins_of(selection.extent, strength, feather_px=region.feather, grow_px=region.grow)
    side, multiple = native.square_side, native.multiple
    mask = mask_bounds(selection, margins, canvas, multiple=multiple, native_side=side)
    context = context_bounds(
        mask,
        canvas,
        strength,
        side,
        multiple=multiple,
        context_px=region.context,
    )
    passes = _passes(context, mask, strength, native)
    return Plan(canvas, selection, margins, mask, context, passes, region)


def plan_whole(canvas: Extent, strength: float, native: NativeRange) -> Plan:
    """Return the plan for a canvas that is painted over everywhere."""
    return plan_island(canvas, canvas.bounds, strength, WHOLE, native)


def plan_parts(
    canvas: Extent, parts: Sequence[Bounds], strength: float, region: Region, native: NativeRange
) -> tuple[Plan, ...]:
    """Return the plan for each island of a selection of which the bounds of its parts are known."""

    def planned(bounds: Bounds) -> Plan:
        return plan_island(canvas, bounds, strength, region, native)

    islands = joined(
        parts,
        needs=lambda bounds: planned(bounds).mask,
        sees=lambda bounds: planned(bounds).context,
    )
    return tuple(planned(island.bounds) for island in islands)


def plan_picture(extent: Extent, native: NativeRange) -> tuple[PlannedPass, ...]:
    """Return the passes in which a whole picture is painted from words.

    Two where it is larger than the model's range: small first, then enlarged and refined.
    """
    first = PlannedPass(extent.bounds, first_extent(extent, native), 1.0)
    if not needs_two_passes(extent, 1.0, native):
        return (first,)
    return (first, PlannedPass(extent.bounds, second_extent(extent, native), REFINE_STRENGTH))


def _passes(
    context: Bounds, mask: Bounds, strength: float, native: NativeRange
) -> tuple[PlannedPass, ...]:
    if strength < TWO_PASSES_FROM_STRENGTH:
        extent = refined_extent(context.extent, native)
        return (PlannedPass(context, extent, strength),)
    first = PlannedPass(context, first_extent(context.extent, native), strength)
    if not needs_two_passes(context.extent, strength, native):
        return (first,)
    second = PlannedPass(mask, second_extent(mask.extent, native), REFINE_STRENGTH)
    return (first, second)
