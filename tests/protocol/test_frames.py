"""Frames are checked from the outside in, and every fault has a code and a sentence."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.sample_messages import ATTACHED, BUFFERS, JOB, REPLIES, REQUESTS
from scumble_protocol import messages as m
from scumble_protocol.errors import ErrorCode, ProtocolError
from scumble_protocol.frames import (
    MAX_BUFFERS,
    MAX_HEADER_BYTES,
    attach,
    pack,
    read_reply,
    read_request,
)
from scumble_protocol.images import Buffer, describe

TAG = b"scumble/1"
PING = b'{"type":"ping","request":"r1"}'


def refusal(frames: list[Buffer]) -> ProtocolError:
    with pytest.raises(ProtocolError) as caught:
        read_request(frames)
    return caught.value


@pytest.mark.parametrize(("message", "buffers"), REQUESTS)
def test_every_request_survives_the_wire(message: m.AnyRequest, buffers: list[Buffer]) -> None:
    received = read_request(pack(message, buffers))

    assert received.message == message
    assert list(received.buffers) == buffers


@pytest.mark.parametrize(("message", "buffers"), REPLIES)
def test_every_reply_survives_the_wire(message: m.AnyReply, buffers: list[Buffer]) -> None:
    assert read_reply(pack(message, buffers)).message == message


def test_pixels_pass_without_a_copy() -> None:
    pixels = np.zeros((4, 4, 3), np.uint8)
    attachments, buffers = attach([describe(pixels)], [pixels])
    received = read_request(
        pack(m.Images(request="r1", job="job-00000001", attachments=attachments), buffers)
    )

    assert np.shares_memory(received.pixels(attachments[0]), pixels)


@pytest.mark.parametrize("count", [0, 1, 3 + MAX_BUFFERS])
def test_a_wrong_number_of_frames_is_refused_first(count: int) -> None:
    error = refusal([b"nonsense"] * count)

    assert error.code is ErrorCode.BAD_REQUEST
    assert f"this one had {count}" in str(error)


def test_another_major_version_is_refused_naming_both() -> None:
    error = refusal([b"scumble/2", PING])

    assert error.code is ErrorCode.VERSION_MISMATCH
    assert "protocol 2" in str(error)
    assert "speaks 1" in str(error)


@pytest.mark.parametrize(
    "tag", [b"", b"scumble", b"scumble/", b"scumble/x", b"http/1", b"\xff" * 99]
)
def test_a_first_frame_of_something_else_is_refused(tag: bytes) -> None:
    assert refusal([tag, PING]).code is ErrorCode.BAD_REQUEST


def test_an_enormous_header_is_refused_unread() -> None:
    error = refusal([TAG, b" " * (MAX_HEADER_BYTES + 1)])

    assert error.code is ErrorCode.TOO_LARGE


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"[" * 100_000,
        b'{"type":"ping"}',
        b'{"type":"unheard-of","request":"r1"}',
        b'{"type":"ping","request":"no spaces allowed"}',
        b'{"type":"reorder","request":"r1","job":"job-00000001","position":-1}',
        b'{"type":"reorder","request":"r1","job":"../../etc/passwd","position":1}',
    ],
)
def test_a_header_that_is_not_allowed_is_refused_with_the_reason(header: bytes) -> None:
    error = refusal([TAG, header])

    assert error.code is ErrorCode.BAD_REQUEST
    assert "Nothing was done" in str(error)


def test_a_refusal_names_the_request_where_it_can_be_read() -> None:
    assert refusal([TAG, b'{"type":"unheard-of","request":"r9"}']).request == "r9"


def test_unknown_fields_are_ignored() -> None:
    received = read_request([TAG, PING[:-1] + b',"from":"a later minor version"}'])

    assert received.message == m.Ping(request="r1")


@pytest.mark.parametrize("value", [b"NaN", b"Infinity", b"1e999", b"-0.1", b"1.5", b'"1"', b"null"])
def test_a_strength_out_of_range_is_refused(value: bytes) -> None:
    _, header, *buffers = pack(m.Submit(request="r1", job=JOB, attachments=ATTACHED), BUFFERS)
    wrong = bytes(header).replace(b'"strength":0.8', b'"strength":' + value)

    assert wrong != bytes(header)
    assert refusal([TAG, wrong, *buffers]).code is ErrorCode.BAD_REQUEST


def test_a_buffer_of_another_size_than_declared_is_refused() -> None:
    frames = pack(m.Submit(request="r1", job=JOB, attachments=ATTACHED), BUFFERS)

    error = refusal([*frames[:2], b"too short", frames[3]])

    assert error.request == "r1"
    assert "has 6 bytes, but 9 came" in str(error)


@pytest.mark.parametrize("buffers", [[], BUFFERS[:1], [*BUFFERS, b"one more"]])
def test_missing_and_extra_buffers_are_refused(buffers: list[Buffer]) -> None:
    frames = pack(m.Submit(request="r1", job=JOB, attachments=ATTACHED), buffers)

    assert "buffers" in str(refusal(frames))


@given(st.lists(st.binary(max_size=200), max_size=6))
def test_rubbish_is_always_a_protocol_error(frames: list[bytes]) -> None:
    with pytest.raises(ProtocolError):
        read_request(frames)


@given(st.binary(max_size=300))
def test_rubbish_behind_a_right_tag_is_always_a_protocol_error(header: bytes) -> None:
    with pytest.raises(ProtocolError):
        read_request([TAG, header])


@given(st.integers(min_value=0, max_value=400), st.binary(min_size=1, max_size=4))
def test_a_damaged_header_is_read_or_refused_and_never_crashes(place: int, damage: bytes) -> None:
    _, header, *buffers = pack(m.Submit(request="r1", job=JOB, attachments=ATTACHED), BUFFERS)
    damaged = bytearray(header)
    damaged[place : place + len(damage)] = damage

    answer: object
    try:
        answer = read_request([TAG, damaged, *buffers]).message
    except ProtocolError as error:
        answer = error
    assert isinstance(answer, (m.Submit, ProtocolError))
