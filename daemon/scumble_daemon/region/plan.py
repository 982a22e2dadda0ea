"""Everything decided about one region before a pixel is touched."""

from dataclasses import dataclass

from scumble_daemon.region.arrays import Floats
from scumble_daemon.region.bounds import Margins, context_bounds, margins_of, mask_bounds
from scumble_daemon.region.islands import Island, islands_of
from scumble_daemon.region.resolution import (
    REFINE_STRENGTH,
    TWO_PASSES_FROM_STRENGTH,
    NativeRange,
    first_extent,
    needs_two_passes,
    refined_extent,
)
from scumble_protocol.geometry import Bounds, Extent
from scumble_protocol.jobs import Region


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


def plan_selection(
    selection: Floats, strength: float, region: Region, native: NativeRange
) -> tuple[tuple[Island, Plan], ...]:
    """Return the islands of a selection and the plan of each; empty where nothing is selected.

    selection: float32 [H, W] in 0..1, of the canvas' size. Islands are joined where painting them
    together costs no more (see `islands_of`).
    """
    canvas = Extent.of(selection)

    def planned(bounds: Bounds) -> Plan:
        return plan_island(canvas, bounds, strength, region, native)

    islands = islands_of(
        selection,
        needs=lambda bounds: planned(bounds).mask,
        sees=lambda bounds: planned(bounds).context,
    )
    return tuple((island, planned(island.bounds)) for island in islands)


def _passes(
    context: Bounds, mask: Bounds, strength: float, native: NativeRange
) -> tuple[PlannedPass, ...]:
    if strength < TWO_PASSES_FROM_STRENGTH:
        extent = refined_extent(context.extent, native)
        return (PlannedPass(context, extent, strength),)
    first = PlannedPass(context, first_extent(context.extent, native), strength)
    if not needs_two_passes(context.extent, strength, native):
        return (first,)
    second = PlannedPass(mask, refined_extent(mask.extent, native), REFINE_STRENGTH)
    return (first, second)
