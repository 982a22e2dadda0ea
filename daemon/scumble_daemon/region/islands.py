"""Separate parts of one selection, each to be painted at its own resolution."""

from dataclasses import dataclass

import cv2
import numpy as np

from scumble_daemon.region.arrays import Flags, Floats, distance_to
from scumble_daemon.region.joining import MAX_ISLANDS, Group, Surroundings, joined
from scumble_daemon.region.plan import Plan, plan_island
from scumble_daemon.region.resolution import NativeRange
from scumble_protocol.geometry import Bounds, Extent
from scumble_protocol.jobs import Region

_MAX_PARTS = 24
"""Parts to be compared pair by pair; a selection of more specks is joined from nearer ones."""


@dataclass(frozen=True, slots=True, eq=False)
class Island:
    """One part of a selection."""

    bounds: Bounds  # on the canvas
    mask: Floats  # float32 [height, width] in 0..1, this part alone


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


def islands_of(
    selection: Floats,
    needs: Surroundings,
    sees: Surroundings,
    *,
    gap_px: float = 32.0,
    limit: int = MAX_ISLANDS,
) -> tuple[Island, ...]:
    """Return the parts of a selection [H, W] in 0..1 that are painted each for itself.

    Every pixel of the selection belongs to exactly one island. Parts nearer than `gap_px` are one,
    and so are those that are better painted together (see `joined`). In order of rows.
    """
    bounds = Bounds.of_mask(selection)
    if bounds is None:
        return ()
    inside = selection[bounds.slices]
    labels, parts = _parts(inside > 0, gap_px)
    boxes = [box.moved(bounds.x, bounds.y) for _, box in parts]
    numbers = [label for label, _ in parts]
    return tuple(
        _island(inside, labels, [numbers[part] for part in group.parts], group, bounds)
        for group in joined(boxes, needs, sees, limit)
    )


def _parts(support: Flags, gap_px: float) -> tuple[np.ndarray, list[tuple[int, Bounds]]]:
    """Return a label for every pixel, int32 [H, W], and the bounds of each part."""
    away = distance_to(support)
    gap = gap_px
    while True:
        near = (away <= gap / 2).astype(np.uint8)
        count, grown = cv2.connectedComponents(near, connectivity=8, ltype=cv2.CV_32S)
        if count - 1 <= _MAX_PARTS:
            break
        gap = 2 * gap + 1
    labels = np.where(support, grown, 0)
    boxes = [(label, Bounds.of_mask(labels == label)) for label in range(1, count)]
    return labels, [(label, box) for label, box in boxes if box is not None]


def _island(
    selection: Floats, labels: np.ndarray, numbers: list[int], group: Group, around: Bounds
) -> Island:
    inner = group.bounds.relative_to(around).slices
    mask = np.where(np.isin(labels[inner], numbers), selection[inner], np.float32(0))
    return Island(group.bounds, mask)
