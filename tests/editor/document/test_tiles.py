"""Tiles: sparse, shared, never changed."""

import numpy as np
import pytest

from helpers.pictures import gray_noise, noise
from scumble_editor.document.errors import DocumentError
from scumble_editor.document.formats import GRAY8, RGBA8, PixelFormat
from scumble_editor.document.tiles import TILE, Tiles, keys_of
from scumble_protocol.geometry import Bounds, Point


def test_what_is_written_anywhere_is_read_back() -> None:
    pixels = noise(700, 300)
    tiles = Tiles.of(pixels, Point(-333, -17))
    assert np.array_equal(tiles.read(Bounds(-333, -17, 700, 300)), pixels)
    around = tiles.read(Bounds(-335, -19, 704, 304))
    assert np.array_equal(around[2:-2, 2:-2], pixels)
    assert not around[:2].any()
    assert not around[:, :2].any()


def test_writing_a_dab_copies_only_the_tiles_it_touches() -> None:
    before = Tiles.of(noise(1024, 1024))
    after = before.written(noise(20, 20, 5), Point(250, 600))
    changed = {key for key in before if before.get(key) is not after.get(key)}
    assert changed == {(0, 2), (1, 2)}


def test_a_copy_that_is_edited_never_changes_the_original() -> None:
    original = Tiles.of(noise(300, 300))
    kept = original.read(Bounds(0, 0, 300, 300))
    original.edited(Bounds(0, 0, 300, 300), lambda view, _: view.fill(7))
    original.filled(Bounds(10, 10, 30, 30), 9)
    original.cleared(Bounds(10, 10, 30, 30))
    assert np.array_equal(original.read(Bounds(0, 0, 300, 300)), kept)


def test_the_array_given_may_be_reused_by_its_owner() -> None:
    pixels = noise(TILE, TILE)
    kept = pixels.copy()
    tiles = Tiles.of(pixels)
    pixels[...] = 0
    assert np.array_equal(tiles.read(Bounds(0, 0, TILE, TILE)), kept)


def test_tiles_refuse_to_be_written_to() -> None:
    tile = Tiles.of(noise(TILE, TILE)).get((0, 0))
    assert tile is not None
    with pytest.raises(ValueError, match="read-only"):
        tile[0, 0] = 1


def test_tiles_of_one_colour_are_one_array() -> None:
    tiles = Tiles().filled(Bounds(0, 0, 8192, 8192), np.array((1, 2, 3, 255), np.uint8))
    assert len(tiles) == 32 * 32
    assert tiles.nbytes == TILE * TILE * 4


def test_transparent_tiles_are_not_kept() -> None:
    tiles = Tiles.of(noise(TILE, TILE)).cleared(Bounds(0, 0, TILE, TILE))
    assert len(tiles) == 0
    assert len(Tiles.of(np.zeros((500, 500, 4), np.uint8))) == 0


def test_an_edit_that_changes_nothing_gives_the_same_value() -> None:
    tiles = Tiles.of(noise(300, 300))
    assert tiles.written(tiles.read(Bounds(5, 5, 100, 100)), Point(5, 5)) is tiles
    assert tiles.cleared(Bounds(900, 900, 10, 10)) is tiles


def test_content_bounds_are_tight_and_bounds_are_those_of_tiles() -> None:
    tiles = Tiles.of(noise(40, 30, opaque=True), Point(500, -3))
    assert tiles.content_bounds() == Bounds(500, -3, 40, 30)
    assert tiles.bounds == Bounds(256, -256, 512, 512)
    assert Tiles().content_bounds() is None


def test_a_default_of_white_surrounds_a_mask() -> None:
    mask = Tiles(GRAY8, default=255).written(gray_noise(30, 30), Point(0, 0))
    assert mask.read(Bounds(200, 200, 5, 5)).min() == 255
    assert mask.filled(Bounds(0, 0, 400, 400), 255) == Tiles(GRAY8, default=255)


def test_peeking_inside_one_tile_copies_nothing() -> None:
    tiles = Tiles.of(noise(600, 600))
    view = tiles.peek(Bounds(300, 300, 100, 100))
    assert view is not None
    assert view.base is tiles.get((1, 1))
    assert tiles.peek(Bounds(5000, 0, 10, 10)) is None


def test_cropping_drops_what_is_outside() -> None:
    tiles = Tiles.of(noise(600, 600, opaque=True)).cropped(Bounds(10, 20, 300, 30))
    assert tiles.content_bounds() == Bounds(10, 20, 300, 30)


def test_sixteen_bit_tiles_need_no_other_code() -> None:
    deep = np.random.default_rng(0).integers(0, 65536, (300, 300, 4), dtype=np.uint16)
    tiles = Tiles.of(deep, Point(7, 7))
    assert tiles.format == PixelFormat(4, "uint16")
    assert np.array_equal(tiles.read(Bounds(7, 7, 300, 300)), deep)


def test_pixels_of_another_format_are_refused() -> None:
    with pytest.raises(DocumentError, match="cannot be written"):
        Tiles(RGBA8).written(gray_noise(3, 3), Point(0, 0))


def test_keys_cover_negative_ground() -> None:
    assert keys_of(Bounds(-1, -1, 2, 2)) == [(-1, -1), (0, -1), (-1, 0), (0, 0)]
    assert keys_of(Bounds(0, 0, 0, 5)) == []
