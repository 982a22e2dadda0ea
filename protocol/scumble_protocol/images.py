"""Pictures on the wire: described, named by their content, and turned to and from arrays."""

import enum
from typing import Annotated, Any

import blake3
import msgspec
import numpy as np
from numpy.typing import NDArray

from scumble_protocol.errors import ErrorCode, ProtocolError
from scumble_protocol.geometry import Extent

MAX_SIDE = 32_768
"""Largest width or height in pixels that a message can name; a daemon's limits may be lower."""

Pixels = NDArray[np.uint8]
Buffer = bytes | bytearray | memoryview

Side = Annotated[int, msgspec.Meta(ge=1, le=MAX_SIDE)]
Hash = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]


class Mode(enum.StrEnum):
    """How many channels a pixel has and what they are: straight alpha, sRGB, 8 bits each."""

    RGBA8 = "rgba8"
    RGB8 = "rgb8"
    GRAY8 = "gray8"

    @property
    def channels(self) -> int:
        """Values a pixel."""
        return {"rgba8": 4, "rgb8": 3, "gray8": 1}[self.value]


class Image(msgspec.Struct, frozen=True, kw_only=True):
    """A picture named by its content; its pixels travel beside the header or are there already.

    `hash` is BLAKE3-256 over the ASCII text ``mode:width:height:`` and the raw pixels.
    """

    hash: Hash
    width: Side
    height: Side
    mode: Mode

    @property
    def extent(self) -> Extent:
        """The size in pixels."""
        return Extent(self.width, self.height)

    @property
    def byte_count(self) -> int:
        """Size of the raw pixels in bytes."""
        return self.width * self.height * self.mode.channels


class Encoding(enum.StrEnum):
    """How pixels travel: `raw` in a buffer of the message, `file` as a file (section 4.2)."""

    RAW = "raw"
    FILE = "file"


class Attachment(msgspec.Struct, frozen=True, kw_only=True):
    """Says that the pixels of an image come with this message, in a buffer or as a file."""

    image: Image
    buffer: Annotated[int, msgspec.Meta(ge=0, le=1023)] = 0  # not looked at where it is a file
    encoding: Encoding = Encoding.RAW


Attachments = Annotated[tuple[Attachment, ...], msgspec.Meta(max_length=64)]


def describe(pixels: Pixels) -> Image:
    """Return the wire's description of an array.

    pixels: uint8 [H, W] (gray8), [H, W, 3] (rgb8) or [H, W, 4] (rgba8, straight alpha), sRGB.
    Raises ProtocolError for any other array.
    """
    mode = _mode_of(pixels)
    extent = Extent.of(pixels)
    if not (extent.shortest_side >= 1 and extent.longest_side <= MAX_SIDE):
        raise ProtocolError(
            f"A picture of {extent.width} × {extent.height} pixels cannot be sent: "
            f"sides from 1 to {MAX_SIDE} can. Nothing was sent; use a smaller picture.",
            ErrorCode.TOO_LARGE,
        )
    digest = content_hash(mode, extent, raw_bytes(pixels))
    return Image(hash=digest, width=extent.width, height=extent.height, mode=mode)


def content_hash(mode: Mode, extent: Extent, raw: Buffer) -> str:
    """Return the name of a picture: BLAKE3-256 of ``mode:width:height:`` and its raw pixels."""
    hasher = begun_hash(mode, extent)
    hasher.update(raw)
    return hasher.hexdigest()


def begun_hash(mode: Mode, extent: Extent) -> blake3.blake3:
    """Return the hasher of a picture's name that waits for the raw pixels."""
    hasher = blake3.blake3(max_threads=blake3.blake3.AUTO)
    hasher.update(f"{mode}:{extent.width}:{extent.height}:".encode())
    return hasher


def raw_bytes(pixels: Pixels) -> memoryview:
    """Return an array's pixels as flat bytes, without a copy where the array is contiguous."""
    return np.ascontiguousarray(pixels).data.cast("B")


def as_array(image: Image, raw: Buffer) -> Pixels:
    """Return raw pixels as a read-only array, uint8 [H, W] or [H, W, C], without a copy.

    Raises ProtocolError where the bytes are not as many as the description says.
    """
    if memoryview(raw).nbytes != image.byte_count:
        raise ProtocolError(
            f"A picture of {image.width} × {image.height} {image.mode} needs "
            f"{image.byte_count} bytes, but {memoryview(raw).nbytes} came. It was not used."
        )
    flat = np.frombuffer(raw, np.uint8)
    shape: tuple[int, ...] = (image.height, image.width)
    if image.mode.channels > 1:
        shape = (*shape, image.mode.channels)
    pixels = flat.reshape(shape)
    pixels.flags.writeable = False
    return pixels


def _mode_of(pixels: NDArray[Any]) -> Mode:
    modes = {(): Mode.GRAY8, (3,): Mode.RGB8, (4,): Mode.RGBA8}
    mode = modes.get(pixels.shape[2:]) if pixels.ndim in (2, 3) else None
    if mode is None or pixels.dtype != np.uint8:
        raise ProtocolError(
            f"An array of {pixels.dtype} {list(pixels.shape)} is no picture: uint8 [H, W], "
            "[H, W, 3] or [H, W, 4] is. Nothing was sent."
        )
    return mode


class Pictures:
    """The pixels that go with a job, by name; adding the same picture twice keeps it once."""

    def __init__(self) -> None:
        self._pixels: dict[str, Pixels] = {}

    def add(self, pixels: Pixels) -> Image:
        """Keep an array, uint8 [H, W], [H, W, 3] or [H, W, 4], and return its description.

        The array must not be changed while the job may still need it.
        Raises ProtocolError where the array is no picture.
        """
        image = describe(pixels)
        self._pixels.setdefault(image.hash, pixels)
        return image

    def __getitem__(self, hash_: str) -> Pixels:
        return self._pixels[hash_]

    def __contains__(self, hash_: object) -> bool:
        return hash_ in self._pixels
