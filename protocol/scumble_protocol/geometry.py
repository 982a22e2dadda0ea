"""Sizes, points and rectangles on a pixel grid: frozen values that do their own arithmetic."""

import math
from typing import Any, Self

import msgspec
import numpy as np
from numpy.typing import NDArray


class Extent(msgspec.Struct, frozen=True, array_like=True):
    """A size in whole pixels."""

    width: int
    height: int

    @classmethod
    def of(cls, pixels: NDArray[Any]) -> Self:
        """Return the size of an image array [H, W] or [H, W, C]."""
        return cls(int(pixels.shape[1]), int(pixels.shape[0]))

    @property
    def area(self) -> int:
        """Number of pixels."""
        return self.width * self.height

    @property
    def diagonal(self) -> float:
        """Length of the diagonal in pixels."""
        return math.hypot(self.width, self.height)

    @property
    def longest_side(self) -> int:
        """The larger of width and height."""
        return max(self.width, self.height)

    @property
    def shortest_side(self) -> int:
        """The smaller of width and height."""
        return min(self.width, self.height)

    @property
    def bounds(self) -> "Bounds":
        """The rectangle of this size at the origin."""
        return Bounds(0, 0, self.width, self.height)

    def scaled(self, factor: float) -> "Extent":
        """Return this size times a factor, rounded to whole pixels, at least 1 × 1."""
        return Extent(max(1, round(self.width * factor)), max(1, round(self.height * factor)))

    def multiple_of(self, step: int) -> "Extent":
        """Return the smallest size that holds this one and whose sides are multiples of `step`."""
        return Extent(-(-self.width // step) * step, -(-self.height // step) * step)


class Point(msgspec.Struct, frozen=True, array_like=True):
    """A position in whole pixels, x to the right and y down."""

    x: int
    y: int


class Bounds(msgspec.Struct, frozen=True, array_like=True):
    """A rectangle of whole pixels; right and bottom lie one past the last pixel."""

    x: int
    y: int
    width: int
    height: int

    @classmethod
    def of_edges(cls, left: int, top: int, right: int, bottom: int) -> Self:
        """Return the rectangle between four edges."""
        return cls(left, top, right - left, bottom - top)

    @classmethod
    def of_mask(cls, mask: NDArray[Any], threshold: float = 0) -> Self | None:
        """Return the smallest rectangle that holds every value of mask [H, W] above a threshold.

        None where there is no such value.
        """
        above = mask > threshold
        rows = np.flatnonzero(above.any(axis=1))
        if rows.size == 0:
            return None
        top, bottom = int(rows[0]), int(rows[-1]) + 1
        columns = np.flatnonzero(above[top:bottom].any(axis=0))
        return cls.of_edges(int(columns[0]), top, int(columns[-1]) + 1, bottom)

    @property
    def left(self) -> int:
        """The first column inside."""
        return self.x

    @property
    def top(self) -> int:
        """The first row inside."""
        return self.y

    @property
    def right(self) -> int:
        """The first column past the end."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """The first row past the end."""
        return self.y + self.height

    @property
    def extent(self) -> Extent:
        """The size alone."""
        return Extent(self.width, self.height)

    @property
    def origin(self) -> Point:
        """The upper left corner."""
        return Point(self.x, self.y)

    @property
    def area(self) -> int:
        """Number of pixels."""
        return self.width * self.height

    @property
    def center(self) -> tuple[float, float]:
        """The middle, x and y, in pixels."""
        return self.x + self.width / 2, self.y + self.height / 2

    @property
    def slices(self) -> tuple[slice, slice]:
        """Row and column slices, to cut this rectangle out of an array [H, W, …]."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    def padded(self, px: int) -> "Bounds":
        """Return this rectangle grown by `px` on every side."""
        return Bounds(self.x - px, self.y - px, self.width + 2 * px, self.height + 2 * px)

    def moved(self, dx: int, dy: int) -> "Bounds":
        """Return this rectangle moved by dx, dy."""
        return Bounds(self.x + dx, self.y + dy, self.width, self.height)

    def relative_to(self, origin: "Bounds | Point") -> "Bounds":
        """Return this rectangle as seen from the corner of another."""
        return self.moved(-origin.x, -origin.y)

    def intersection(self, other: "Bounds") -> "Bounds | None":
        """Return what two rectangles share, or None where they share nothing."""
        left, top = max(self.left, other.left), max(self.top, other.top)
        right, bottom = min(self.right, other.right), min(self.bottom, other.bottom)
        return Bounds.of_edges(left, top, right, bottom) if left < right and top < bottom else None

    def union(self, other: "Bounds") -> "Bounds":
        """Return the smallest rectangle that holds both."""
        return Bounds.of_edges(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    def contains(self, other: "Bounds") -> bool:
        """Tell whether another rectangle lies wholly inside this one."""
        return (
            self.left <= other.left
            and self.top <= other.top
            and other.right <= self.right
            and other.bottom <= self.bottom
        )

    def clamped(self, extent: Extent) -> "Bounds":
        """Return the part inside a canvas, possibly of no area at its edge."""
        left, right = (min(max(v, 0), extent.width) for v in (self.left, self.right))
        top, bottom = (min(max(v, 0), extent.height) for v in (self.top, self.bottom))
        return Bounds.of_edges(left, top, right, bottom)

    def shifted_inside(self, extent: Extent) -> "Bounds":
        """Return this rectangle moved inside a canvas and cut to it where it is longer."""
        width, height = min(self.width, extent.width), min(self.height, extent.height)
        x = min(max(self.x, 0), extent.width - width)
        y = min(max(self.y, 0), extent.height - height)
        return Bounds(x, y, width, height)

    def scaled(self, fx: float, fy: float) -> "Bounds":
        """Return this rectangle on a grid fx and fy times as fine, edges rounded."""
        left, right = round(self.left * fx), round(self.right * fx)
        top, bottom = round(self.top * fy), round(self.bottom * fy)
        return Bounds.of_edges(left, top, right, bottom)
