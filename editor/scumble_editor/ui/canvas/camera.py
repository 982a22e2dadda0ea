"""Where the painter looks: zoom, place, rotation and mirroring, as a value that does its own sums.

Canvas coordinates are pixels of the document; view coordinates are pixels of the screen, with
their origin in the upper left corner of the widget. No Qt.
"""

import math
from dataclasses import dataclass, replace
from typing import Self

from scumble_protocol.geometry import Bounds, Extent

SMALLEST, LARGEST = 1 / 64, 64.0
"""Limits of the zoom: screen pixels for each pixel of the document."""

_STOPS = tuple(
    stop
    for base in (1 / 64, 1 / 32, 1 / 16, 1 / 8, 1 / 4, 1 / 2, 1, 2, 4, 8, 16, 32, 64)
    for stop in (base, base * 1.5)
    if stop <= LARGEST
)


@dataclass(frozen=True, slots=True)
class Camera:
    """A view of a canvas: the point `x`, `y` of the canvas is shown in the middle of `viewport`."""

    x: float = 0.0
    y: float = 0.0
    zoom: float = 1.0  # screen pixels for one pixel of the document
    rotation_deg: float = 0.0  # clockwise
    mirrored: bool = False  # left and right exchanged, on the screen only
    viewport: tuple[float, float] = (1.0, 1.0)

    @property
    def matrix(self) -> tuple[float, float, float, float, float, float]:
        """a, b, c, d, tx, ty: view x = a·x + c·y + tx, view y = b·x + d·y + ty."""
        turn = math.radians(self.rotation_deg)
        cos, sin = math.cos(turn) * self.zoom, math.sin(turn) * self.zoom
        flip = -1.0 if self.mirrored else 1.0
        a, b, c, d = flip * cos, sin, -flip * sin, cos
        width, height = self.viewport
        tx = width / 2 - a * self.x - c * self.y
        ty = height / 2 - b * self.x - d * self.y
        return a, b, c, d, tx, ty

    def to_view(self, x: float, y: float) -> tuple[float, float]:
        """Return where a point of the canvas is on the screen."""
        a, b, c, d, tx, ty = self.matrix
        return a * x + c * y + tx, b * x + d * y + ty

    def to_canvas(self, x: float, y: float) -> tuple[float, float]:
        """Return which point of the canvas a point of the screen shows."""
        a, b, c, d, tx, ty = self.matrix
        determinant = a * d - b * c
        x, y = x - tx, y - ty
        return (d * x - c * y) / determinant, (a * y - b * x) / determinant

    def visible(self) -> Bounds:
        """Return the rectangle of the canvas that holds all that is on the screen."""
        width, height = self.viewport
        corners = [self.to_canvas(x, y) for x in (0, width) for y in (0, height)]
        xs, ys = [corner[0] for corner in corners], [corner[1] for corner in corners]
        left, top = math.floor(min(xs)), math.floor(min(ys))
        return Bounds.of_edges(left, top, math.ceil(max(xs)), math.ceil(max(ys)))

    def zoomed(self, zoom: float, at: tuple[float, float] | None = None) -> Self:
        """Return the view at another zoom; the canvas stays put under a point of the screen."""
        zoom = min(max(zoom, SMALLEST), LARGEST)
        if at is None:
            return replace(self, zoom=zoom)
        x, y = self.to_canvas(*at)
        return replace(self, zoom=zoom)._with_under((x, y), at)

    def stepped(self, steps: int, at: tuple[float, float] | None = None) -> Self:
        """Return the view zoomed in (positive) or out to the next round number."""
        zoom = self.zoom
        for _ in range(abs(steps)):
            if steps > 0:
                zoom = next((stop for stop in _STOPS if stop > zoom * 1.001), LARGEST)
            else:
                zoom = next((stop for stop in reversed(_STOPS) if stop < zoom * 0.999), SMALLEST)
        return self.zoomed(zoom, at)

    def panned(self, dx: float, dy: float) -> Self:
        """Return the view with the canvas pushed by a distance on the screen."""
        width, height = self.viewport
        x, y = self.to_canvas(width / 2 - dx, height / 2 - dy)
        return replace(self, x=x, y=y)

    def rotated(self, degrees: float, at: tuple[float, float] | None = None) -> Self:
        """Return the view turned clockwise, around a point of the screen or its middle."""
        turn = -degrees if self.mirrored else degrees
        turned = (self.rotation_deg + turn + 180) % 360 - 180
        if at is None:
            return replace(self, rotation_deg=turned)
        return replace(self, rotation_deg=turned)._with_under(self.to_canvas(*at), at)

    def mirrored_now(self) -> Self:
        """Return the view with left and right of the screen exchanged."""
        return replace(self, mirrored=not self.mirrored)

    def upright(self) -> Self:
        """Return the view turned upright again."""
        return replace(self, rotation_deg=0.0)

    def resized(self, width: float, height: float) -> Self:
        """Return the view in a widget of another size, its middle kept."""
        return replace(self, viewport=(max(width, 1.0), max(height, 1.0)))

    def fitted(self, size: Extent, margin_px: float = 24.0, largest: float = LARGEST) -> Self:
        """Return the view that shows all of a canvas with a margin, unrotated zoom kept round."""
        width, height = self.viewport
        turn = math.radians(self.rotation_deg)
        cos, sin = abs(math.cos(turn)), abs(math.sin(turn))
        wide = size.width * cos + size.height * sin
        high = size.width * sin + size.height * cos
        room = max(width - 2 * margin_px, 16.0), max(height - 2 * margin_px, 16.0)
        zoom = min(room[0] / wide, room[1] / high, largest)
        x, y = size.bounds.center
        return replace(self, x=x, y=y, zoom=min(max(zoom, SMALLEST), LARGEST))

    def _with_under(self, canvas: tuple[float, float], view: tuple[float, float]) -> Self:
        x, y = self.to_canvas(*view)
        return replace(self, x=self.x + canvas[0] - x, y=self.y + canvas[1] - y)
