"""Writing PNG a band of rows at a time (W3C PNG, third edition), so that size costs no memory."""

import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from scumble_editor.document.blocks import bands_of
from scumble_editor.document.formats import Pixels
from scumble_protocol.geometry import Bounds

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_GREY, _RGBA = 0, 6  # colour types
_NONE, _SUB, _UP = 0, 1, 2  # filters of a row
_LEVEL = 1  # of zlib: higher ones take several times as long to save a tenth


@dataclass(frozen=True, slots=True)
class Picture:
    """Pixels to be written: a rectangle, and how any part of it is read.

    `read` gives gray: uint8 [H, W], or rgba: uint8 [H, W, 4], straight alpha; it may be called
    from another thread, once for each band from the top down.
    """

    bounds: Bounds
    read: Callable[[Bounds], Pixels]


def encoded(
    picture: Picture, icc_profile: bytes | None, written: Callable[[int], None]
) -> Iterator[bytes]:
    """Yield a picture as a PNG file, part by part; tells the number of pixels of each band."""
    size = picture.bounds.extent
    packer = zlib.compressobj(_LEVEL)
    above: Pixels | None = None
    for band in bands_of(picture.bounds):
        pixels = picture.read(band)
        rows = pixels.reshape(band.height, -1)
        if above is None:
            channels = rows.shape[1] // size.width
            yield _SIGNATURE + _head(size.width, size.height, channels)
            if icc_profile is not None and channels > 1:
                yield _chunk(b"iCCP", b"ICC profile\0\0" + zlib.compress(icc_profile))
            above = np.zeros(rows.shape[1], np.uint8)
        data = packer.compress(_filtered(rows, above, rows.shape[1] // size.width))
        if data:
            yield _chunk(b"IDAT", data)
        above = rows[-1].copy()
        written(band.area)
    yield _chunk(b"IDAT", packer.flush()) + _chunk(b"IEND", b"")


def _filtered(rows: Pixels, above: Pixels, channels: int) -> bytes:
    """Return rows with the filter before each that leaves the smallest numbers (section 9.8)."""
    count, length = rows.shape
    filtered = np.empty((count, 1 + length), np.uint8)
    up = np.empty_like(rows)
    np.subtract(rows[0], above, out=up[0])
    np.subtract(rows[1:], rows[:-1], out=up[1:])
    sub = rows.copy()
    np.subtract(rows[:, channels:], rows[:, :-channels], out=sub[:, channels:])
    costs = [_cost(sub), _cost(up)]
    by_up = costs[1] <= costs[0]
    filtered[:, 0] = np.where(by_up, _UP, _SUB)
    filtered[:, 1:] = sub
    filtered[by_up, 1:] = up[by_up]
    plain = ~rows.any(axis=1)
    filtered[plain, 0] = _NONE
    filtered[plain, 1:] = 0
    return filtered.tobytes()


def _cost(filtered: Pixels) -> Pixels:
    """Return the sum of absolute differences of each row; a sample of it tells well enough."""
    sample = np.abs(filtered[:, ::5].view(np.int8).astype(np.int16))
    return np.asarray(sample.sum(axis=1))


def _head(width: int, height: int, channels: int) -> bytes:
    kind = _GREY if channels == 1 else _RGBA
    return _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0))


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
