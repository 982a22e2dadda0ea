"""Messages over a pipe: what is written is read, and rubbish is refused."""

import io
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scumble_host.pipe import MAX_HEADER_BYTES, Message, PipeError, read_message, write_message


def _written(header: dict[str, object], *buffers: bytes) -> bytes:
    out = io.BytesIO()
    write_message(out, header, buffers)
    return out.getvalue()


@given(st.text(), st.lists(st.binary(max_size=64), max_size=4))
def test_what_was_written_is_read(text: str, buffers: list[bytes]) -> None:
    message = read_message(io.BytesIO(_written({"type": "x", "text": text}, *buffers)))
    assert isinstance(message, Message)
    assert message.header["text"] == text
    assert [bytes(buffer) for buffer in message.buffers] == buffers


def test_several_messages_come_in_order_and_then_none() -> None:
    pipe = io.BytesIO(_written({"type": "a"}, b"1") + _written({"type": "b"}, b"22", b""))
    first, second = read_message(pipe), read_message(pipe)
    assert first is not None
    assert second is not None
    assert (first.header["type"], second.header["type"]) == ("a", "b")
    assert [len(buffer) for buffer in second.buffers] == [2, 0]
    assert read_message(pipe) is None


@given(st.integers(min_value=1, max_value=60))
def test_a_message_cut_short_is_an_error(kept: int) -> None:
    whole = _written({"type": "a"}, b"0123456789" * 4)
    with pytest.raises(PipeError):
        read_message(io.BytesIO(whole[: min(kept, len(whole) - 1)]))


@pytest.mark.parametrize(
    "header",
    [
        b"[]",
        b"{",
        b"{}",
        b'{"type": 3}',
        b'{"type": "a", "buffers": [-1]}',
        b'{"type": "a", "buffers": [true]}',
        b'{"type": "a", "buffers": [99999999999999]}',
        b'{"type": "a", "buffers": "x"}',
        b"\xff\xfe",
    ],
)
def test_a_header_that_is_none_is_an_error(header: bytes) -> None:
    with pytest.raises(PipeError):
        read_message(io.BytesIO(struct.pack(">I", len(header)) + header))


def test_an_enormous_header_is_refused_before_it_is_read() -> None:
    with pytest.raises(PipeError, match="announced"):
        read_message(io.BytesIO(struct.pack(">I", MAX_HEADER_BYTES + 1)))
