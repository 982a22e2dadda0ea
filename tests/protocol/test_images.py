"""Pictures are named by their content and turned to and from arrays without a copy."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from scumble_protocol.errors import ErrorCode, ProtocolError
from scumble_protocol.images import (
    MAX_SIDE,
    Image,
    Mode,
    Pictures,
    Pixels,
    as_array,
    describe,
    raw_bytes,
)

pictures = st.sampled_from([(), (3,), (4,)]).flatmap(
    lambda channels: arrays.arrays(
        np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9)).map(lambda hw: (*hw, *channels))
    )
)


@given(pictures)
def test_an_array_comes_back_as_it_went(pixels: Pixels) -> None:
    image = describe(pixels)

    assert np.array_equal(as_array(image, raw_bytes(pixels)), pixels)


def test_an_array_that_came_in_is_a_view_that_nobody_can_write_to() -> None:
    raw = bytearray(12)
    image = Image(hash="0" * 64, width=2, height=2, mode=Mode.RGB8)

    pixels = as_array(image, raw)

    assert np.shares_memory(pixels, np.frombuffer(raw, np.uint8))
    with pytest.raises(ValueError, match="read-only"):
        pixels[0, 0] = 1


def test_equal_bytes_of_another_shape_or_mode_have_another_name() -> None:
    flat = np.arange(24, dtype=np.uint8)

    names = {
        describe(flat.reshape(shape)).hash for shape in [(2, 12), (4, 6), (2, 3, 4), (2, 4, 3)]
    }

    assert len(names) == 4


def test_a_cut_out_that_is_not_contiguous_has_the_name_of_its_copy() -> None:
    canvas = np.random.default_rng(1).integers(0, 255, (8, 8, 3), np.uint8)

    assert describe(canvas[2:5, 1:4]) == describe(canvas[2:5, 1:4].copy())


@pytest.mark.parametrize(
    "wrong",
    [
        np.zeros((4, 4), np.float32),
        np.zeros((4, 4, 2), np.uint8),
        np.zeros(4, np.uint8),
        np.zeros((1, 4, 4, 3), np.uint8),
    ],
)
def test_an_array_that_is_no_picture_is_refused(wrong: NDArray[Any]) -> None:
    with pytest.raises(ProtocolError, match="is no picture"):
        describe(wrong)


@pytest.mark.parametrize("shape", [(0, 4), (4, 0, 3), (1, MAX_SIDE + 1)])
def test_a_picture_of_no_or_enormous_size_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ProtocolError) as caught:
        describe(np.zeros(shape, np.uint8))
    assert caught.value.code is ErrorCode.TOO_LARGE


def test_bytes_that_do_not_fill_the_picture_are_refused() -> None:
    image = Image(hash="0" * 64, width=2, height=2, mode=Mode.RGBA8)

    with pytest.raises(ProtocolError, match="needs 16 bytes, but 15 came"):
        as_array(image, bytes(15))


def test_adding_a_picture_twice_keeps_it_once() -> None:
    kept = Pictures()
    first = np.zeros((2, 2), np.uint8)

    image = kept.add(first)

    assert kept.add(first.copy()) == image
    assert kept[image.hash] is first
    assert image.hash in kept
