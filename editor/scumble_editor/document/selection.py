"""What is selected, as a soft mask: a value that is combined with others and never changes."""

from dataclasses import dataclass, field
from enum import Enum
from typing import Self

import numpy as np

from scumble_editor.document.errors import DocumentError
from scumble_editor.document.formats import GRAY8, Pixels
from scumble_editor.document.tiles import Key, Tiles
from scumble_protocol.geometry import Bounds, Point


class Combine(Enum):
    """How a fresh selection meets the one that is there."""

    REPLACE = "replace"
    ADD = "add"
    SUBTRACT = "subtract"
    INTERSECT = "intersect"


@dataclass(frozen=True, slots=True)
class Selection:
    """A soft mask over the canvas: 255 selects a pixel, 0 does not, grey selects by that much.

    `pixels` are gray8 tiles in canvas coordinates; where no tile is, nothing is selected.
    """

    pixels: Tiles = field(default_factory=lambda: Tiles(GRAY8))

    def __post_init__(self) -> None:
        if self.pixels.format != GRAY8 or self.pixels.default != 0:
            raise DocumentError("A selection is made of gray8 tiles with nothing outside them.")

    @classmethod
    def of(cls, coverage: Pixels, at: Point = Point(0, 0)) -> Self:  # noqa: B008
        """Return the selection of gray: uint8 [H, W] with its corner at a place of the canvas."""
        return cls(Tiles.of(coverage, at))

    @classmethod
    def of_rectangle(cls, bounds: Bounds) -> Self:
        """Return the selection of every pixel of a rectangle."""
        return cls(Tiles(GRAY8).filled(bounds, 255))

    @property
    def empty(self) -> bool:
        """Whether nothing at all is selected."""
        return len(self.pixels) == 0

    @property
    def bounds(self) -> Bounds | None:
        """The smallest rectangle that holds what is selected, None where nothing is."""
        return self.pixels.content_bounds()

    def read(self, bounds: Bounds) -> Pixels:
        """Return the coverage over a rectangle of the canvas: uint8 [H, W]."""
        return self.pixels.read(bounds)

    def combined(self, other: "Selection", how: Combine) -> "Selection":
        """Return this selection with another put in its place, added, taken away or shared."""
        match how:
            case Combine.REPLACE:
                return other
            case Combine.ADD:
                return self.union(other)
            case Combine.SUBTRACT:
                return self.minus(other)
            case Combine.INTERSECT:
                return self.intersection(other)

    def union(self, other: "Selection") -> "Selection":
        """Return what either selects: the larger of both values."""
        fresh: dict[Key, Pixels | None] = {}
        for key, theirs in other.pixels.mapping.items():
            mine = self.pixels.get(key)
            fresh[key] = theirs if mine is None else np.maximum(mine, theirs)
        return Selection(self.pixels.replaced(fresh))

    def minus(self, other: "Selection") -> "Selection":
        """Return what this selects and the other does not: the smaller of one and the inverse."""
        fresh: dict[Key, Pixels | None] = {}
        for key, mine in self.pixels.mapping.items():
            theirs = other.pixels.get(key)
            if theirs is not None:
                fresh[key] = np.minimum(mine, 255 - theirs)
        return Selection(self.pixels.replaced(fresh))

    def intersection(self, other: "Selection") -> "Selection":
        """Return what both select: the smaller of both values."""
        fresh: dict[Key, Pixels | None] = {}
        for key, mine in self.pixels.mapping.items():
            theirs = other.pixels.get(key)
            fresh[key] = None if theirs is None else np.minimum(mine, theirs)
        return Selection(self.pixels.replaced(fresh))

    def inverted(self, canvas: Bounds) -> "Selection":
        """Return what this does not select of the canvas."""
        return Selection.of_rectangle(canvas).minus(self)

    def moved(self, dx: int, dy: int) -> "Selection":
        """Return the selection moved over the canvas."""
        moved = Tiles(GRAY8)
        inside = self.bounds
        if inside is not None:
            moved = moved.written(self.read(inside), Point(inside.x + dx, inside.y + dy))
        return Selection(moved)

    def clamped(self, canvas: Bounds) -> "Selection":
        """Return the part of the selection that lies on the canvas."""
        return Selection(self.pixels.cropped(canvas))
