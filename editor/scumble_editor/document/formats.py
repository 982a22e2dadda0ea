"""The pixel formats that tiles may have: a number of channels and a type of number."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scumble_editor.document.errors import DocumentError

Pixels = NDArray[Any]
"""Pixels in the format of their tiles: [H, W] of one channel, [H, W, C] of several."""


@dataclass(frozen=True, slots=True)
class PixelFormat:
    """Channels a pixel and the type of each; integers span 0 to their largest, floats 0 to 1."""

    channels: int
    dtype: str

    @classmethod
    def of(cls, pixels: Pixels) -> "PixelFormat":
        """Return the format of an array [H, W] or [H, W, C]."""
        if pixels.ndim not in (2, 3):
            raise DocumentError(f"Pixels have 2 or 3 dimensions, these have {pixels.ndim}.")
        channels = 1 if pixels.ndim == 2 else int(pixels.shape[2])
        return cls(channels, pixels.dtype.name)

    @property
    def white(self) -> float:
        """The value of full intensity and full coverage."""
        dtype = np.dtype(self.dtype)
        return 1.0 if dtype.kind == "f" else float(np.iinfo(dtype).max)

    @property
    def bytes_per_pixel(self) -> int:
        """Size of one pixel."""
        return self.channels * np.dtype(self.dtype).itemsize

    def shape(self, height: int, width: int) -> tuple[int, ...]:
        """Return the shape of an array of this format."""
        return (height, width) if self.channels == 1 else (height, width, self.channels)

    def full(self, height: int, width: int, value: float) -> Pixels:
        """Return a new array with every channel of every pixel at one value."""
        return np.full(self.shape(height, width), value, np.dtype(self.dtype))


RGBA8 = PixelFormat(4, "uint8")
GRAY8 = PixelFormat(1, "uint8")
