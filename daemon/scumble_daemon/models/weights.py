"""What a .safetensors file holds, read from its header alone; nothing is executed or loaded.

The layout is that of https://github.com/huggingface/safetensors#format: eight bytes of length, a
JSON header of names to dtype, shape and offsets, then the values.
"""

import math
import struct
from pathlib import Path
from typing import Any

import msgspec

from scumble_daemon.models.errors import ModelFileError, PickledModelError

Shape = tuple[int, ...]
MAX_HEADER_BYTES = 100 << 20
PICKLED_SUFFIXES = frozenset({".ckpt", ".pt", ".pth", ".bin", ".pkl", ".pickle"})
_ITEM_BITS = {
    "BOOL": 8, "U8": 8, "I8": 8, "F8_E4M3": 8, "F8_E5M2": 8, "F8_E8M0": 8,
    "I16": 16, "U16": 16, "F16": 16, "BF16": 16,
    "I32": 32, "U32": 32, "F32": 32, "I64": 64, "U64": 64, "F64": 64, "C64": 64,
}  # fmt: skip


class _Tensor(msgspec.Struct):
    dtype: str
    shape: tuple[int, ...]
    data_offsets: tuple[int, int]


def read_metadata(file: Path) -> dict[str, str]:
    """Return what a trainer wrote into a .safetensors file beside its weights. Raises as below."""
    told = msgspec.json.decode(_header(file)[0], type=dict[str, Any]).get("__metadata__")
    return msgspec.convert(told or {}, dict[str, str], strict=False)


def read_shapes(file: Path) -> dict[str, Shape]:
    """Return the shape of every tensor in a .safetensors file.

    Raises ModelFileError where the file is cut short or does not hold what its header says,
    PickledModelError where it is no .safetensors file by name or by content.
    """
    return _checked(file, *_header(file))


def _header(file: Path) -> tuple[bytes, int]:
    """Return the header of a file, and how many bytes of weights follow it."""
    if file.suffix.lower() in PICKLED_SUFFIXES:
        raise PickledModelError(file.name)
    try:
        size = file.stat().st_size
        with file.open("rb") as opened:
            start = opened.read(8)
            if start[:2] in (b"\x80\x02", b"PK"):
                raise PickledModelError(file.name)
            length = struct.unpack("<Q", start)[0] if len(start) == 8 else 0
            if not 2 <= length <= min(MAX_HEADER_BYTES, size - 8):
                raise _broken(file, "it is cut short or is no .safetensors file")
            header = opened.read(length)
    except OSError as error:
        raise _broken(file, f"it could not be read ({error.strerror})") from error
    return header, size - 8 - length


def _checked(file: Path, header: bytes, payload_bytes: int) -> dict[str, Shape]:
    try:
        raw: dict[str, Any] = msgspec.json.decode(header, type=dict[str, Any])
        raw.pop("__metadata__", None)
        tensors = msgspec.convert(raw, dict[str, _Tensor])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _broken(file, "its header cannot be read", str(error)) from error
    if not tensors:
        raise _broken(file, "it holds no weights")
    for name, tensor in tensors.items():
        start, end = tensor.data_offsets
        if not 0 <= start <= end <= payload_bytes:
            raise _broken(file, "it is cut short: not all of its weights are there", name)
        bits = _ITEM_BITS.get(tensor.dtype)
        if bits is not None and math.prod(tensor.shape) * bits != 8 * (end - start):
            raise _broken(file, "its header lies about the size of its weights", name)
    return {name: tensor.shape for name, tensor in tensors.items()}


def _broken(file: Path, reason: str, details: str = "") -> ModelFileError:
    return ModelFileError(
        f"{file.name} cannot be used: {reason}. Nothing was added; download it again.", details
    )
