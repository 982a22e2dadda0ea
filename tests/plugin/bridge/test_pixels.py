"""Hosts' bytes to arrays and back; canvases that grow; thumbnails."""

import io

import numpy as np
import pytest
from PIL import Image

from scumble_bridge.pixels import OVERLAP_SIDE, expanded, for_host, from_host, thumbnail
from scumble_bridge.talk import Edges, Picture
from scumble_protocol.errors import ProtocolError
from scumble_protocol.images import Pixels


def _random(*shape: int) -> Pixels:
    return np.random.default_rng(1).integers(0, 255, shape, np.uint8)


def _picture(layout: str, width: int, height: int) -> Picture:
    return Picture(role="image", layout=layout, width=width, height=height, buffer=0)  # type: ignore[arg-type] # one of the three


@pytest.mark.parametrize("layout", ["rgba8", "bgra8"])
def test_pixels_come_back_in_the_layout_they_came_in(layout: str) -> None:
    pixels = _random(3, 5, 4)
    array = from_host(_picture(layout, 5, 3), pixels.tobytes())
    assert array.shape == (3, 5, 4)
    assert for_host(array, layout) == pixels.tobytes()


def test_blue_and_red_are_swapped_for_kritas_layout() -> None:
    array = from_host(_picture("bgra8", 1, 1), bytes((1, 2, 3, 4)))
    assert array.tolist() == [[[3, 2, 1, 4]]]


def test_an_opaque_picture_loses_its_alpha() -> None:
    pixels = _random(3, 5, 4)
    pixels[..., 3] = 255
    array = from_host(_picture("bgra8", 5, 3), pixels.tobytes())
    np.testing.assert_array_equal(array, pixels[..., 2::-1])


def test_a_grey_result_becomes_four_equal_channels() -> None:
    assert for_host(np.full((1, 1), 7, np.uint8), "bgra8") == bytes((7, 7, 7, 255))


def test_too_few_bytes_are_refused() -> None:
    with pytest.raises(ProtocolError, match="59 bytes"):
        from_host(_picture("rgba8", 5, 3), bytes(59))


def test_an_expanded_canvas_keeps_the_picture_and_selects_what_is_new_and_a_strip() -> None:
    picture = _random(200, 300, 3)
    larger, selection = expanded(picture, Edges(left=40, bottom=10))
    assert larger.shape == (210, 340, 3)
    np.testing.assert_array_equal(larger[:200, 40:], picture)
    assert (selection[:, :40] == 255).all()
    assert (selection[200:] == 255).all()
    assert (selection[: 200 - OVERLAP_SIDE, 40 + OVERLAP_SIDE :] == 0).all()
    assert (selection[:100, 40 : 40 + OVERLAP_SIDE] == 255).all()


def test_a_thumbnail_is_small_and_seen_through_its_mask() -> None:
    mask = np.zeros((300, 400), np.uint8)
    small = Image.open(io.BytesIO(thumbnail(_random(300, 400, 3), mask)))
    assert max(small.size) == 128
    assert not np.asarray(small)[..., 3].any()
