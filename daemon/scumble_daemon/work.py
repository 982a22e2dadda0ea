"""What front and worker say to each other over the worker's pipes: length-prefixed msgpack.

Pixels never pass here, small previews apart: both sides share the picture store.
"""

import struct
from typing import IO, TypeVar

import msgspec

from scumble_protocol.errors import ErrorCode
from scumble_protocol.geometry import Bounds
from scumble_protocol.images import Image
from scumble_protocol.jobs import Job, JobId, Phase, Result

MAX_MESSAGE_BYTES = 64 << 20


class Order(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """What the front tells a worker."""


class Run(Order, frozen=True, kw_only=True, tag="run"):
    """Do a job whose pictures lie in the store."""

    job: Job


class Stop(Order, frozen=True, kw_only=True, tag="stop"):
    """Cancel a job, running or about to; unknown ids are ignored."""

    job: JobId


class Take(Order, frozen=True, kw_only=True, tag="take"):
    """Let a job end at the step it is at, with what it has; unknown ids are ignored."""

    job: JobId


class Warm(Order, frozen=True, kw_only=True, tag="warm"):
    """Bring a model into memory."""

    model: str


class Drop(Order, frozen=True, kw_only=True, tag="drop"):
    """Give an idle model's memory back; every idle model's without a name."""

    model: str | None = None


class Quit(Order, frozen=True, kw_only=True, tag="quit"):
    """Leave after the job in hand was stopped. The end of the pipe means the same."""


AnyOrder = Run | Stop | Take | Warm | Drop | Quit


class Word(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """What a worker tells the front."""


class Ready(Word, frozen=True, kw_only=True, tag="ready"):
    """Torch is up; orders are taken."""

    device: str  # such as "cpu" or "cuda:0 NVIDIA RTX 4090"
    device_memory_total_bytes: int = 0


class Memory(Word, frozen=True, kw_only=True, tag="memory"):
    """Which models are where, after anything changed."""

    on_device: tuple[str, ...]
    on_host: tuple[str, ...]
    device_memory_bytes: int = 0


class Started(Word, frozen=True, kw_only=True, tag="started"):
    """The model of a job is loaded and the job runs."""

    job: JobId


class Stepped(Word, frozen=True, kw_only=True, tag="stepped"):
    """Progress of a job; fields as in the protocol's `progress`."""

    job: JobId
    phase: Phase
    step: int = 0
    steps: int = 0
    fraction: float | None = None
    seconds_left: float | None = None


class Glimpse(Word, frozen=True, kw_only=True, tag="glimpse"):
    """A preview of a job: rgb8 pixels and a gray8 mask, both to be stretched over bounds."""

    job: JobId
    image: Image
    pixels: bytes
    bounds: Bounds
    step: int
    variant: int = 0
    mask: Image | None = None
    mask_pixels: bytes = b""


class Finished(Word, frozen=True, kw_only=True, tag="finished"):
    """A job's result, its pictures in the store."""

    job: JobId
    result: Result


class Broken(Word, frozen=True, kw_only=True, tag="broken"):
    """A job failed, the worker did not; an empty job id tells of a failed `warm`."""

    job: str
    code: ErrorCode
    sentence: str
    details: str = ""


class Stopped(Word, frozen=True, kw_only=True, tag="stopped"):
    """A job was cancelled."""

    job: JobId


AnyWord = Ready | Memory | Started | Stepped | Glimpse | Finished | Broken | Stopped

_Message = TypeVar("_Message")
_length = struct.Struct("<I")
_encoder = msgspec.msgpack.Encoder()
orders: msgspec.msgpack.Decoder[AnyOrder] = msgspec.msgpack.Decoder(AnyOrder)
words: msgspec.msgpack.Decoder[AnyWord] = msgspec.msgpack.Decoder(AnyWord)


def send(pipe: IO[bytes], message: AnyOrder | AnyWord) -> None:
    """Write one message. Raises OSError where the other side has gone."""
    body = _encoder.encode(message)
    pipe.write(_length.pack(len(body)) + body)
    pipe.flush()


def receive(pipe: IO[bytes], decoder: msgspec.msgpack.Decoder[_Message]) -> _Message | None:
    """Read one message, waiting for it; None where the other side has gone.

    Raises msgspec.DecodeError for a message that is none.
    """
    prefix = pipe.read(_length.size)
    if len(prefix) < _length.size:
        return None
    size = _length.unpack(prefix)[0]
    if size > MAX_MESSAGE_BYTES:
        raise msgspec.DecodeError(f"a message of {size} bytes")
    body = pipe.read(size)
    return decoder.decode(body) if len(body) == size else None
