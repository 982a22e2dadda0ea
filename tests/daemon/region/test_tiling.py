"""Tiles cover a picture, overlap as asked, and are laid without a trace."""

import numpy as np
import pytest

from scumble_daemon.region.tiling import lay, tiles_of
from scumble_protocol.geometry import Extent


@pytest.mark.parametrize("extent", [(64, 64), (40, 30), (65, 64), (200, 333), (129, 20)])
@pytest.mark.parametrize("overlap", [0, 16, 500])
def test_tiles_cover_everything_and_share_what_was_asked_for(
    extent: tuple[int, int], overlap: int
) -> None:
    size = Extent(*extent)
    covered = np.zeros((size.height, size.width), int)
    for tile in tiles_of(size, 64, overlap):
        assert size.bounds.contains(tile.bounds)
        assert max(tile.bounds.width, tile.bounds.height) <= 64
        least = min(overlap, 32)
        assert tile.from_left >= least or tile.bounds.x == 0
        assert tile.from_above >= least or tile.bounds.y == 0
        covered[tile.bounds.slices] += 1
    assert covered.min() >= 1


def test_tiles_of_one_picture_make_that_picture() -> None:
    picture = np.random.default_rng(1).random((150, 90, 3), np.float32)
    result = np.zeros_like(picture)
    for tile in tiles_of(Extent(90, 150), 64, 16):
        lay(result, tile, picture[tile.bounds.slices])
    assert np.allclose(result, picture, atol=1e-6)


def test_tiles_that_differ_fade_into_each_other() -> None:
    result = np.zeros((64, 112, 1), np.float32)
    for number, tile in enumerate(tiles_of(Extent(112, 64), 64, 16)):
        lay(result, tile, np.full((64, 64, 1), number, np.float32))
    row = result[32, :, 0]
    assert (row[:48] == 0).all()
    assert (row[64:] == 1).all()
    assert np.abs(np.diff(row)).max() < 0.12
