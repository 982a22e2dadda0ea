"""What a tool draws over the picture while it works, in canvas pixels; a canvas paints it."""

from dataclasses import dataclass

Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Path:
    """A line through points; dashed ones march as a selection's outline does."""

    points: tuple[Place, ...]
    closed: bool = False
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Oval:
    """An ellipse in a rectangle given by two corners."""

    first: Place
    second: Place
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Handle:
    """Something to take hold of; `round` ones turn, square ones stretch."""

    at: Place
    round: bool = False
    hot: bool = False  # the pointer is on it


@dataclass(frozen=True, slots=True)
class Shade:
    """Everything outside a rectangle is darkened: what a crop would take away."""

    first: Place
    second: Place


@dataclass(frozen=True, slots=True)
class Label:
    """A few words beside a point, such as a size."""

    at: Place
    text: str


Shape = Path | Oval | Handle | Shade | Label


def box(first: Place, second: Place, dashed: bool = False) -> Path:
    """Return the outline of a rectangle between two corners."""
    (left, top), (right, bottom) = first, second
    corners = ((left, top), (right, top), (right, bottom), (left, bottom))
    return Path(corners, closed=True, dashed=dashed)
