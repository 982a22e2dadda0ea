"""A message as ZeroMQ frames, ``[b"scumble/1", header, buffer…]``, written and read here alone."""

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

import msgspec

from scumble_protocol.errors import ErrorCode, ProtocolError
from scumble_protocol.images import Attachment, Buffer, Encoding, Image, Pixels, as_array, raw_bytes
from scumble_protocol.messages import AnyReply, AnyRequest, Preview
from scumble_protocol.version import PROTOCOL_MAJOR, PROTOCOL_TAG

MAX_HEADER_BYTES = 1 << 20
MAX_BUFFERS = 64

Message = TypeVar("Message")

_encoder = msgspec.json.Encoder()
_requests: msgspec.json.Decoder[AnyRequest] = msgspec.json.Decoder(AnyRequest)
_replies: msgspec.json.Decoder[AnyReply] = msgspec.json.Decoder(AnyReply)


class _Envelope(msgspec.Struct):
    """The one field that an error answer needs, read from a header that is otherwise wrong."""

    request: str = ""


class Received(msgspec.Struct, Generic[Message], frozen=True):
    """A message and the raw buffers that came with it, checked against each other."""

    message: Message
    buffers: tuple[Buffer, ...] = ()

    def pixels(self, attachment: Attachment) -> Pixels:
        """Return an attached picture, a read-only uint8 view [H, W] or [H, W, C] of its buffer."""
        return as_array(attachment.image, self.buffers[attachment.buffer])


def pack(message: AnyRequest | AnyReply, buffers: Sequence[Buffer] = ()) -> list[Buffer]:
    """Return a message's frames; buffers are passed through without a copy."""
    return [PROTOCOL_TAG, _encoder.encode(message), *buffers]


def attach(
    images: Sequence[Image], pixels: Sequence[Pixels]
) -> tuple[tuple[Attachment, ...], list[Buffer]]:
    """Return the attachments and buffers that carry pictures, in their order, without a copy."""
    attachments = tuple(Attachment(image=image, buffer=n) for n, image in enumerate(images))
    return attachments, [raw_bytes(array) for array in pixels]


def read_request(frames: Sequence[Buffer]) -> Received[AnyRequest]:
    """Return a client's message. Raises ProtocolError for anything PROTOCOL.md does not allow."""
    return _read(frames, _requests)


def read_reply(frames: Sequence[Buffer]) -> Received[AnyReply]:
    """Return a daemon's message. Raises ProtocolError for anything PROTOCOL.md does not allow."""
    return _read(frames, _replies)


def _read(frames: Sequence[Buffer], decoder: msgspec.json.Decoder[Message]) -> Received[Message]:
    """Check from the outside in: count, version, header, then buffers against declared sizes."""
    if not 2 <= len(frames) <= 2 + MAX_BUFFERS:
        raise ProtocolError(
            f"A message has 2 to {2 + MAX_BUFFERS} frames, this one had {len(frames)}. "
            "It was not read."
        )
    _check_version(bytes(memoryview(frames[0])[:64]))
    header = memoryview(frames[1])
    if header.nbytes > MAX_HEADER_BYTES:
        raise ProtocolError(
            f"A header has at most {MAX_HEADER_BYTES} bytes, this one had {header.nbytes}. "
            "It was not read.",
            ErrorCode.TOO_LARGE,
        )
    message = _decode(header, decoder)
    buffers = tuple(frames[2:])
    _check_buffers(message, buffers)
    return Received(message, buffers)


def _check_version(tag: bytes) -> None:
    if tag == PROTOCOL_TAG:
        return
    name, _, major = tag.partition(b"/")
    if name == b"scumble" and major.isdigit():
        raise ProtocolError(
            f"This message speaks protocol {int(major)}, this program speaks {PROTOCOL_MAJOR}. "
            "It was not read; update the older of the two.",
            ErrorCode.VERSION_MISMATCH,
        )
    raise ProtocolError("This is no message of Scumble's: its first frame names no version.")


def _decode(header: memoryview, decoder: msgspec.json.Decoder[Message]) -> Message:
    try:
        return decoder.decode(header)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ProtocolError(
            f"The header was not understood: {error}. Nothing was done.",
            request=_request_of(header),
        ) from error


def _request_of(header: memoryview) -> str:
    try:
        return msgspec.json.decode(header, type=_Envelope).request[:64]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""


def _attachments_of(message: Any) -> tuple[Attachment, ...]:
    if isinstance(message, Preview):
        return (message.attachment,) if message.mask is None else (message.attachment, message.mask)
    attachments: tuple[Attachment, ...] = getattr(message, "attachments", ())
    return attachments


def _check_buffers(message: Any, buffers: Sequence[Buffer]) -> None:
    attachments = _attachments_of(message)
    request = getattr(message, "request", "")
    raw = [a for a in attachments if a.encoding is Encoding.RAW]
    if sorted(a.buffer for a in raw) != list(range(len(buffers))):
        raise ProtocolError(
            f"The header names {len(raw)} buffers and {len(buffers)} came, or one is named "
            "twice. Nothing was done.",
            request=request,
        )
    for attachment in raw:
        size = memoryview(buffers[attachment.buffer]).nbytes
        image = attachment.image
        if size != image.byte_count:
            raise ProtocolError(
                f"A picture of {image.width} × {image.height} {image.mode} has "
                f"{image.byte_count} bytes, but {size} came. Nothing was done.",
                request=request,
            )
