"""The handles around a box: eight to stretch it by, its inside to move it."""

from enum import Enum

from scumble_editor.tools.shapes import Place

_REACH_PX = 9.0  # on the screen


class Grip(Enum):
    """A place to take hold of a box: across and down, -1 for left or top, 1 for right or bottom."""

    TOP_LEFT = (-1, -1)
    TOP = (0, -1)
    TOP_RIGHT = (1, -1)
    RIGHT = (1, 0)
    BOTTOM_RIGHT = (1, 1)
    BOTTOM = (0, 1)
    BOTTOM_LEFT = (-1, 1)
    LEFT = (-1, 0)
    INSIDE = (0, 0)
    OUTSIDE = (2, 2)

    @property
    def corner(self) -> bool:
        """Whether it is one of the four corners."""
        across, down = self.value
        return abs(across) == 1 and abs(down) == 1


def grips_of(corners: tuple[Place, ...]) -> dict[Grip, Place]:
    """Return where the handles of a box are; corners from the upper left one clockwise."""
    first, second, third, fourth = corners
    return {
        Grip.TOP_LEFT: first,
        Grip.TOP: _middle(first, second),
        Grip.TOP_RIGHT: second,
        Grip.RIGHT: _middle(second, third),
        Grip.BOTTOM_RIGHT: third,
        Grip.BOTTOM: _middle(third, fourth),
        Grip.BOTTOM_LEFT: fourth,
        Grip.LEFT: _middle(fourth, first),
    }


def nearest(corners: tuple[Place, ...], place: Place, zoom: float) -> Grip | None:
    """Return the handle within reach of a place, or the inside; None for the outside."""
    reach = _REACH_PX / zoom
    found = [
        (abs(at[0] - place[0]) + abs(at[1] - place[1]), grip.name, grip)
        for grip, at in grips_of(corners).items()
        if abs(at[0] - place[0]) <= reach and abs(at[1] - place[1]) <= reach
    ]
    if found:
        return min(found)[2]
    return Grip.INSIDE if _inside(corners, place) else None


def _inside(corners: tuple[Place, ...], place: Place) -> bool:
    """Tell whether a place is in a polygon (even-odd)."""
    x, y = place
    inside = False
    for (x0, y0), (x1, y1) in zip(corners, (*corners[1:], corners[0]), strict=True):
        if (y0 > y) != (y1 > y) and x < (x1 - x0) * (y - y0) / (y1 - y0) + x0:
            inside = not inside
    return inside


def _middle(first: Place, second: Place) -> Place:
    return (first[0] + second[0]) / 2, (first[1] + second[1]) / 2
