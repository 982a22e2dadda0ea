"""A stroke as it is drawn: prints of a tip along a path, laid on a plane within a selection.

What the prints cover adds up in a plane of its own, so that a stroke's opacity is a ceiling
however often it crosses itself. Only the touched parts of touched tiles are computed again.
"""

from dataclasses import dataclass

import numpy as np

from scumble_editor.document.formats import Pixels
from scumble_editor.document.selection import Selection
from scumble_editor.document.tiles import TILE, Key, Tiles, keys_of, tile_bounds
from scumble_editor.tools.dabs import Coverage, dab
from scumble_editor.tools.paints import Paint
from scumble_protocol.geometry import Bounds, Point


@dataclass(frozen=True, slots=True)
class Tip:
    """One print: its place on the canvas, its size and how much it adds."""

    x: float
    y: float
    radius: float
    hardness: float
    flow: float  # 0 to 1
    aliased: bool = False
    ratio: float = 1.0
    angle_deg: float = 0.0


class Stroke:
    """Coverage that grows print by print, and the plane with the paint laid by it.

    `tiles` is the plane as it looks now, a new value after every `lay`.
    """

    def __init__(
        self,
        tiles: Tiles,
        offset: Point,
        canvas: Bounds,
        paint: Paint,
        *,
        opacity: float = 1.0,
        selection: Selection | None = None,
    ) -> None:
        """Begin on a plane whose origin lies at `offset` of the canvas; nothing is laid yet."""
        self.tiles = tiles
        self._base = tiles
        self._offset = offset
        self._canvas = canvas.relative_to(offset)
        self._paint = paint
        self._opacity = np.float32(opacity)
        self._selection = selection
        self._coverage: dict[Key, Coverage] = {}

    def lay(self, tips: list[Tip]) -> Tiles:
        """Add prints and return the plane with them."""
        touched: dict[Key, Bounds] = {}
        for tip in tips:
            self._cover(tip, touched)
        fresh: dict[Key, Pixels | None] = {}
        for key, place in touched.items():
            fresh[key] = self._painted(key, place)
        self.tiles = self.tiles.replaced(fresh)
        return self.tiles

    def _cover(self, tip: Tip, touched: dict[Key, Bounds]) -> None:
        mask, at = dab(
            tip.x - self._offset.x,
            tip.y - self._offset.y,
            tip.radius,
            tip.hardness,
            aliased=tip.aliased,
            ratio=tip.ratio,
            angle_deg=tip.angle_deg,
        )
        area = Bounds(at.x, at.y, mask.shape[1], mask.shape[0])
        inside = area.intersection(self._canvas)
        for key in keys_of(inside) if inside is not None else ():
            tile = tile_bounds(key)
            place = tile.intersection(inside) if inside is not None else None
            if place is None:
                continue
            covered = self._coverage.get(key)
            if covered is None:
                covered = self._coverage[key] = np.zeros((TILE, TILE), np.float32)
            window = covered[place.relative_to(tile).slices]
            added = 1 - window
            added *= mask[place.relative_to(area).slices]
            if not added.any():  # covered in full already
                continue
            if tip.flow < 1:
                added *= np.float32(tip.flow)
            window += added
            known = touched.get(key)
            touched[key] = place if known is None else known.union(place)

    def _painted(self, key: Key, place: Bounds) -> Pixels:
        """Return one tile with its touched part painted anew from what was there at first."""
        now = self.tiles.get(key)
        base = self._base.get(key)
        form = self._base.format
        fresh = form.full(TILE, TILE, self._base.default) if now is None else now.copy()
        inside = place.relative_to(tile_bounds(key)).slices
        if base is None:
            under = form.full(place.height, place.width, self._base.default)
        else:
            under = base[inside]
        coverage = self._coverage[key][inside] * self._opacity
        if self._selection is not None:
            chosen = self._selection.read(place.moved(self._offset.x, self._offset.y))
            coverage = coverage * (chosen * np.float32(1 / 255))
        fresh[inside] = self._paint(under, coverage, place)
        return fresh
