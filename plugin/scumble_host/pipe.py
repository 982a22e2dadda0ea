"""Messages over a pipe: a JSON header and raw buffers, each with its length before it.

One message is ``u32 header size | header | buffer | buffer | …``, big-endian; the header is a JSON
object whose ``buffers`` lists the buffers' sizes in bytes. Host and bridge both use this module.
"""

import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, Union

PIPE_VERSION = 1
MAX_HEADER_BYTES = 1 << 22
MAX_BUFFERS = 64
MAX_BUFFER_BYTES = 1 << 32

Buffer = Union[bytes, bytearray, memoryview]  # noqa: UP007 - evaluated by Python 3.10 too

_SIZE = struct.Struct(">I")


class PipeError(Exception):
    """What came over the pipe is no message, or the pipe broke inside one."""


@dataclass(frozen=True)
class Message:
    """A header and the buffers that came with it."""

    header: dict[str, Any]
    buffers: tuple[Buffer, ...] = ()


def write_message(pipe: BinaryIO, header: dict[str, Any], buffers: Sequence[Buffer] = ()) -> None:
    """Write one message whole; buffers are not copied. Raises OSError where nobody reads."""
    views = [memoryview(buffer).cast("B") for buffer in buffers]
    text = json.dumps({**header, "buffers": [view.nbytes for view in views]}).encode()
    pipe.write(_SIZE.pack(len(text)) + text)
    pipe.writelines(views)
    pipe.flush()


def read_message(pipe: BinaryIO) -> Message | None:
    """Read one message, waiting for it; None where the other side ended between two messages.

    Raises PipeError where it ended inside one, or sends something else.
    """
    prefix = pipe.read(_SIZE.size)
    if not prefix:
        return None
    if len(prefix) < _SIZE.size:
        raise PipeError("The other side ended inside a message.")
    (size,) = _SIZE.unpack(prefix)
    if size > MAX_HEADER_BYTES:
        raise PipeError(f"A header of {size} bytes was announced; {MAX_HEADER_BYTES} may be.")
    header = _header(bytes(_read_whole(pipe, size)))
    return Message(header, tuple(_read_whole(pipe, size) for size in _sizes(header)))


def _header(text: bytes) -> dict[str, Any]:
    try:
        header = json.loads(text)
    except ValueError as error:
        raise PipeError(f"A header is no JSON: {error}.") from error
    if not isinstance(header, dict) or not isinstance(header.get("type"), str):
        raise PipeError("A header is no JSON object with a type.")
    return header


def _sizes(header: dict[str, Any]) -> list[int]:
    sizes = header.get("buffers", [])
    fits = isinstance(sizes, list) and len(sizes) <= MAX_BUFFERS
    if not fits or not all(type(n) is int and 0 <= n <= MAX_BUFFER_BYTES for n in sizes):
        raise PipeError("A header's list of buffers cannot be used.")
    return list(sizes)


def _read_whole(pipe: BinaryIO, size: int) -> bytearray:
    whole = bytearray(size)
    view = memoryview(whole)
    done = 0
    while done < size:
        count = pipe.readinto(view[done:])  # type: ignore[attr-defined] # typeshed has it on the classes alone
        if not count:
            raise PipeError("The other side ended inside a message.")
        done += count
    return whole
