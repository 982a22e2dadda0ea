"""Which parts of a selection are better painted together: told from their bounds alone."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from scumble_protocol.geometry import Bounds

MAX_ISLANDS = 8

Surroundings = Callable[[Bounds], Bounds]


@dataclass(frozen=True, slots=True)
class Group:
    """Parts of a selection that are painted as one island."""

    parts: tuple[int, ...]  # their places in what was given
    bounds: Bounds  # around all of them, on the canvas


def joined(
    parts: Sequence[Bounds], needs: Surroundings, sees: Surroundings, limit: int = MAX_ISLANDS
) -> tuple[Group, ...]:
    """Return the parts of a selection, joined until no pair is better painted together.

    Parts whose masks would meet are one (`needs`: from bounds to those of the mask), and so are
    parts for which one context together is no larger than two apart (`sees`: from bounds to those
    of the context). More than `limit` islands are joined where that adds least. In order of rows.
    """
    groups = [Group((number,), bounds) for number, bounds in enumerate(parts)]
    while len(groups) > 1:
        pairs = itertools.combinations(range(len(groups)), 2)
        costs = [(_cost(groups[a].bounds, groups[b].bounds, needs, sees), a, b) for a, b in pairs]
        cost, a, b = min(costs)
        if cost > 0 and len(groups) <= limit:
            break
        one, other = groups[a], groups[b]
        union = Group(one.parts + other.parts, one.bounds.union(other.bounds))
        groups = [group for i, group in enumerate(groups) if i not in (a, b)] + [union]
    return tuple(sorted(groups, key=lambda group: (group.bounds.y, group.bounds.x)))


def _cost(one: Bounds, other: Bounds, needs: Surroundings, sees: Surroundings) -> int:
    """Return how many pixels more are painted when two are joined; below 0 where they must be."""
    extra = sees(one.union(other)).area - sees(one).area - sees(other).area
    meet = needs(one).intersection(needs(other)) is not None
    return min(extra, -1) if meet else extra
