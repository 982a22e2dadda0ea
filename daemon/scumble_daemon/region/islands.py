"""Separate parts of one selection, each to be painted at its own resolution."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from scumble_daemon.region.arrays import Flags, Floats, distance_to
from scumble_protocol.geometry import Bounds

MAX_ISLANDS = 8
_MAX_PARTS = 24
"""Parts to be compared pair by pair; a selection of more specks is joined from nearer ones."""

Surroundings = Callable[[Bounds], Bounds]


@dataclass(frozen=True, slots=True, eq=False)
class Island:
    """One part of a selection."""

    bounds: Bounds  # on the canvas
    mask: Floats  # float32 [height, width] in 0..1, this part alone


def islands_of(
    selection: Floats,
    needs: Surroundings,
    sees: Surroundings,
    *,
    gap_px: float = 32.0,
    limit: int = MAX_ISLANDS,
) -> tuple[Island, ...]:
    """Return the parts of a selection [H, W] in 0..1 that are painted each for itself.

    Every pixel of the selection belongs to exactly one island. Parts nearer than `gap_px` are one.
    So are parts whose masks would meet (`needs`: from bounds to those of the mask), and parts for
    which one context together is no larger than two apart (`sees`: from bounds to those of the
    context). More than `limit` islands are joined where that adds least. In order of rows.
    """
    bounds = Bounds.of_mask(selection)
    if bounds is None:
        return ()
    inside = selection[bounds.slices]
    labels, parts = _parts(inside > 0, gap_px)
    groups: list[_Group] = [((label,), box.moved(bounds.x, bounds.y)) for label, box in parts]
    joined = sorted(_joined(groups, needs, sees, limit), key=lambda g: (g[1].y, g[1].x))
    return tuple(
        _island(inside, labels, group, box.relative_to(bounds), box) for group, box in joined
    )


_Group = tuple[tuple[int, ...], Bounds]


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


def _joined(
    groups: list[_Group], needs: Surroundings, sees: Surroundings, limit: int
) -> list[_Group]:
    """Return groups of parts joined until no pair is better painted together."""
    while len(groups) > 1:
        pairs = itertools.combinations(range(len(groups)), 2)
        costs = [(_cost(groups[a][1], groups[b][1], needs, sees), a, b) for a, b in pairs]
        cost, a, b = min(costs)
        if cost > 0 and len(groups) <= limit:
            break
        union = (groups[a][0] + groups[b][0], groups[a][1].union(groups[b][1]))
        groups = [group for i, group in enumerate(groups) if i not in (a, b)] + [union]
    return groups


def _cost(one: Bounds, other: Bounds, needs: Surroundings, sees: Surroundings) -> int:
    """Return how many pixels more are painted when two are joined; below 0 where they must be."""
    extra = sees(one.union(other)).area - sees(one).area - sees(other).area
    meet = needs(one).intersection(needs(other)) is not None
    return min(extra, -1) if meet else extra


def _island(
    selection: Floats, labels: np.ndarray, group: tuple[int, ...], inner: Bounds, bounds: Bounds
) -> Island:
    mask = np.where(np.isin(labels[inner.slices], group), selection[inner.slices], np.float32(0))
    return Island(bounds, mask)
