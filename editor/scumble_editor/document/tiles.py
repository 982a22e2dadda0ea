"""Pixels on an unbounded plane, cut into read-only tiles that are shared between documents.

A `Tiles` value never changes. Writing returns another value that holds new arrays for the tiles
that were touched and the very same arrays for all others, so what two values differ in is seen
by identity, and the memory of a history is the bytes of its distinct arrays. A tile that is
missing has the default value in every channel: transparent for paint.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from weakref import WeakValueDictionary

import numpy as np

from scumble_editor.document.errors import DocumentError
from scumble_editor.document.formats import RGBA8, PixelFormat, Pixels
from scumble_editor.document.tracking import tracked
from scumble_protocol.geometry import Bounds, Point

TILE = 256
"""Side of a tile in pixels."""

Key = tuple[int, int]
"""Column and row of a tile; either may be negative."""

_uniform: WeakValueDictionary[tuple[PixelFormat, bytes], Pixels] = WeakValueDictionary()


class Tiles:
    """An immutable plane of pixels in one format, held as tiles of 256 × 256.

    `format` is the pixel format and `default` the value of every channel where no tile is.
    Two values are equal when their pixels are.
    """

    __slots__ = ("__weakref__", "_tiles", "default", "format")

    def __init__(
        self,
        form: PixelFormat = RGBA8,
        tiles: Mapping[Key, Pixels] | None = None,
        default: float = 0,
    ) -> None:
        """Hold tiles that nobody writes to any more; each must be frozen by `freeze`."""
        self.format = form
        self.default = default
        self._tiles: Mapping[Key, Pixels] = MappingProxyType({} if tiles is None else dict(tiles))

    @classmethod
    def of(cls, pixels: Pixels, at: Point = Point(0, 0), default: float = 0) -> "Tiles":  # noqa: B008
        """Return tiles with a copy of an array [H, W] or [H, W, C], its corner at a point."""
        return cls(PixelFormat.of(pixels), default=default).written(pixels, at)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Tiles):
            return NotImplemented
        if self is other:
            return True
        if (self.format, self.default) != (other.format, other.default):
            return False
        mine, theirs = self._tiles, other._tiles
        return mine.keys() == theirs.keys() and all(
            tile is theirs[key] or np.array_equal(tile, theirs[key]) for key, tile in mine.items()
        )

    __hash__ = None  # type: ignore[assignment]  # equal by pixels, so too costly to hash

    def __repr__(self) -> str:
        return f"Tiles({self.format.channels} × {self.format.dtype}, {len(self._tiles)} tiles)"

    def __len__(self) -> int:
        return len(self._tiles)

    def __iter__(self) -> Iterator[Key]:
        return iter(self._tiles)

    def get(self, key: Key) -> Pixels | None:
        """Return a tile, read-only, or None where the plane has its default value."""
        return self._tiles.get(key)

    @property
    def mapping(self) -> Mapping[Key, Pixels]:
        """The tiles by column and row, read-only."""
        return self._tiles

    @property
    def nbytes(self) -> int:
        """Bytes of the distinct arrays held."""
        return distinct_bytes(self._tiles.values())

    @property
    def bounds(self) -> Bounds | None:
        """The rectangle of all tiles, a little larger than what is painted; None where empty."""
        if not self._tiles:
            return None
        columns = [key[0] for key in self._tiles]
        rows = [key[1] for key in self._tiles]
        left, top = min(columns) * TILE, min(rows) * TILE
        return Bounds.of_edges(left, top, (max(columns) + 1) * TILE, (max(rows) + 1) * TILE)

    def content_bounds(self) -> Bounds | None:
        """Return the smallest rectangle that holds every pixel unlike the default."""
        found: Bounds | None = None
        for key, tile in self._tiles.items():
            area = tile_bounds(key)
            if found is not None and found.contains(area):
                continue
            unlike = tile != self.default
            inside = Bounds.of_mask(unlike if unlike.ndim == 2 else unlike.any(axis=2))
            if inside is not None:
                inside = inside.moved(area.x, area.y)
                found = inside if found is None else found.union(inside)
        return found

    def keys_in(self, bounds: Bounds) -> list[Key]:
        """Return the keys of the tiles held that touch a rectangle."""
        keys = keys_of(bounds)
        if (bounds.width // TILE) * (bounds.height // TILE) > len(self._tiles):
            return [key for key in self._tiles if tile_bounds(key).intersection(bounds)]
        return [key for key in keys if key in self._tiles]

    def peek(self, bounds: Bounds) -> Pixels | None:
        """Return the pixels of a rectangle, perhaps read-only; None where all have the default.

        Nothing is copied where the rectangle lies inside one tile.
        """
        keys = self.keys_in(bounds)
        if not keys:
            return None
        area = tile_bounds(keys[0])
        if len(keys) == 1 and area.contains(bounds):
            return self._tiles[keys[0]][bounds.relative_to(area).slices]
        return self._gathered(bounds, keys)

    def read(self, bounds: Bounds) -> Pixels:
        """Return a new array with the pixels of a rectangle: [H, W] or [H, W, C]."""
        return self._gathered(bounds, self.keys_in(bounds))

    def _gathered(self, bounds: Bounds, keys: Iterable[Key]) -> Pixels:
        pixels = self.format.full(bounds.height, bounds.width, self.default)
        for key in keys:
            area = tile_bounds(key)
            shared = area.intersection(bounds)
            if shared is not None:
                tile = self._tiles[key]
                pixels[shared.relative_to(bounds).slices] = tile[shared.relative_to(area).slices]
        return pixels

    def written(self, pixels: Pixels, at: Point) -> "Tiles":
        """Return tiles with an array copied in, its upper left corner at a point."""
        if PixelFormat.of(pixels) != self.format:
            raise DocumentError(
                f"Pixels of {PixelFormat.of(pixels)} cannot be written to a layer of {self.format}."
            )
        area = Bounds(at.x, at.y, int(pixels.shape[1]), int(pixels.shape[0]))

        def copy_in(view: Pixels, place: Bounds) -> None:
            view[...] = pixels[place.relative_to(area).slices]

        return self.edited(area, copy_in)

    def edited(self, bounds: Bounds, change: Callable[[Pixels, Bounds], None]) -> "Tiles":
        """Return tiles with one rectangle changed in place by a function, tile by tile.

        `change` is given a writable view of the pixels and the rectangle they cover. Tiles that
        it leaves as they were stay the same arrays.
        """
        tiles = dict(self._tiles)
        for key in tracked(keys_of(bounds)):
            area = tile_bounds(key)
            place = area.intersection(bounds)
            if place is None:
                continue
            before = tiles.get(key)
            fresh = self.format.full(TILE, TILE, self.default) if before is None else before.copy()
            change(fresh[place.relative_to(area).slices], place)
            self._put(tiles, key, fresh, before)
        return self._like(tiles)

    def replaced(self, fresh: Mapping[Key, Pixels | None]) -> "Tiles":
        """Return tiles with some exchanged for new arrays, or dropped where None is given.

        An array that is writable is handed over: the caller must not keep it.
        """
        tiles = dict(self._tiles)
        for key, tile in fresh.items():
            if tile is None:
                tiles.pop(key, None)
            elif tile.flags.writeable:
                self._put(tiles, key, tile, tiles.get(key))
            else:
                tiles[key] = tile
        return self._like(tiles)

    def mapped(self, change: Callable[[Pixels, Bounds], Pixels]) -> "Tiles":
        """Return tiles with each tile held replaced by a function of it and its rectangle.

        `change` must return a new array of the same format, or the one it was given.
        """
        tiles = dict(self._tiles)
        for key, before in tracked(tuple(self._tiles.items())):
            after = change(before, tile_bounds(key))
            if after is not before:
                self._put(tiles, key, after, before)
        return self._like(tiles)

    def filled(self, bounds: Bounds, value: Pixels | float) -> "Tiles":
        """Return tiles with one rectangle at one pixel value; whole tiles share one array."""
        whole: Pixels | None = None
        tiles = dict(self._tiles)
        for key in keys_of(bounds):
            area = tile_bounds(key)
            place = area.intersection(bounds)
            if place is None:
                continue
            if place == area and whole is not None:
                tiles[key] = whole
                continue
            before = tiles.get(key)
            fresh = self.format.full(TILE, TILE, self.default) if before is None else before.copy()
            fresh[place.relative_to(area).slices] = value
            self._put(tiles, key, fresh, before)
            if place == area:
                whole = tiles.get(key)
                if whole is None:
                    return self._like(tiles).cleared(bounds)
        return self._like(tiles)

    def cleared(self, bounds: Bounds) -> "Tiles":
        """Return tiles with one rectangle back at the default value."""
        tiles = dict(self._tiles)
        for key in self.keys_in(bounds):
            area = tile_bounds(key)
            place = area.intersection(bounds)
            if place == area:
                del tiles[key]
            elif place is not None:
                fresh = self._tiles[key].copy()
                fresh[place.relative_to(area).slices] = self.default
                self._put(tiles, key, fresh, self._tiles[key])
        return self._like(tiles)

    def cropped(self, bounds: Bounds) -> "Tiles":
        """Return tiles with everything outside a rectangle at the default value."""
        tiles = {key: self._tiles[key] for key in self.keys_in(bounds)}
        for key, before in list(tiles.items()):
            area = tile_bounds(key)
            place = area.intersection(bounds)
            if place is not None and place != area:
                fresh = self.format.full(TILE, TILE, self.default)
                inside = place.relative_to(area).slices
                fresh[inside] = before[inside]
                self._put(tiles, key, fresh, before)
        return self._like(tiles)

    def _like(self, tiles: dict[Key, Pixels]) -> "Tiles":
        same = tiles.keys() == self._tiles.keys() and all(
            tile is self._tiles[key] for key, tile in tiles.items()
        )
        return self if same else Tiles(self.format, tiles, self.default)

    def _put(
        self, tiles: dict[Key, Pixels], key: Key, fresh: Pixels, before: Pixels | None
    ) -> None:
        """Store a new tile: dropped where default, shared where uniform, kept where unchanged."""
        if before is not None and np.array_equal(fresh, before):
            tiles[key] = before
            return
        tile = freeze(fresh, self.format)
        if tile.flat[0] == self.default and bool((tile == self.default).all()):
            tiles.pop(key, None)
        else:
            tiles[key] = tile


def freeze(tile: Pixels, form: PixelFormat) -> Pixels:
    """Return a tile made read-only; tiles of one colour all become one array.

    The array must be 256 × 256, own its pixels and be referred to by nobody who writes.
    """
    if tile.shape != form.shape(TILE, TILE) or tile.dtype.name != form.dtype:
        raise DocumentError(f"A tile of {tile.shape} {tile.dtype} is not one of {form}.")
    first = tile[0, 0].tobytes()
    if first == tile[-1, -1].tobytes() and tile.tobytes() == first * (TILE * TILE):
        return _uniform.setdefault((form, first), _read_only(tile))
    return _read_only(tile)


def _read_only(tile: Pixels) -> Pixels:
    alone = tile.base is None and tile.flags.c_contiguous
    owned = tile if alone else np.array(tile, order="C")
    owned.flags.writeable = False
    return owned


def tile_bounds(key: Key) -> Bounds:
    """Return the rectangle that a tile covers."""
    return Bounds(key[0] * TILE, key[1] * TILE, TILE, TILE)


def keys_of(bounds: Bounds) -> list[Key]:
    """Return the keys of all tiles that touch a rectangle, row by row."""
    if bounds.width <= 0 or bounds.height <= 0:
        return []
    rows = range(bounds.top // TILE, (bounds.bottom - 1) // TILE + 1)
    columns = range(bounds.left // TILE, (bounds.right - 1) // TILE + 1)
    return [(column, row) for row in rows for column in columns]


def distinct_bytes(tiles: Iterable[Pixels]) -> int:
    """Return the bytes of arrays, each counted once however often it appears."""
    return sum({id(tile): int(tile.nbytes) for tile in tiles}.values())
