"""Pictures as Pillow reads them, made into rgba arrays and back: the part all formats share."""

import io
import math
import struct
import zlib
from typing import IO, Any

import numpy as np
from PIL import Image, ImageCms, UnidentifiedImageError

from scumble_editor.document.formats import Pixels
from scumble_editor.files.errors import TooLargeFileError, UnreadableFileError
from scumble_editor.files.limits import check_extent
from scumble_protocol.geometry import Extent

MALFORMED = (
    OSError,
    SyntaxError,  # Pillow's PNG reader says so of broken chunks
    ValueError,
    EOFError,
    ArithmeticError,
    LookupError,
    TypeError,
    AttributeError,
    struct.error,
    zlib.error,
)
"""What parsers raise when they are fed damaged or malicious files."""

_DEFLATE_RATIO = 1040  # RFC 1951 packs at most 1032 bytes into one


def open_picture(stream: IO[bytes], formats: tuple[str, ...], what: str) -> Image.Image:
    """Return a picture whose size has been checked and whose pixels have not been read yet.

    `what` names it in errors; raises UnreadableFileError, TooLargeFileError.
    """
    try:
        image = Image.open(stream, formats=formats)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise TooLargeFileError(f"{what} says that it has far too many pixels.") from error
    except UnidentifiedImageError as error:
        raise UnreadableFileError(f"{what} is no picture of a known kind.") from error
    except MALFORMED as error:
        raise UnreadableFileError(f"{what} is damaged and cannot be opened.") from error
    check_extent(Extent(*image.size), what)
    return image


def decode_png(data: bytes, what: str) -> Pixels:
    """Return the pixels of a PNG file as rgba: uint8 [H, W, 4], or gray: uint8 [H, W] for mode L.

    Refuses sizes that so few bytes cannot hold before any pixel memory is taken.
    """
    image = open_picture(io.BytesIO(data), ("PNG",), what)
    if Extent(*image.size).area // 8 > len(data) * _DEFLATE_RATIO:
        raise UnreadableFileError(f"{what} is smaller than the size it claims; it was not opened.")
    return load_gray(image, what) if image.mode == "L" else load_rgba(image, what)


def load_gray(image: Image.Image, what: str) -> Pixels:
    """Return a picture of mode L as gray: uint8 [H, W]; raises UnreadableFileError."""
    try:
        return np.asarray(image.convert("L"))
    except MALFORMED as error:
        raise UnreadableFileError(f"{what} is cut short or damaged.") from error


def load_rgba(image: Image.Image, what: str) -> Pixels:
    """Return a picture as rgba: uint8 [H, W, 4], straight alpha; raises UnreadableFileError."""
    try:
        return np.asarray(_as_rgba(image))
    except MALFORMED as error:
        raise UnreadableFileError(f"{what} is cut short or damaged.") from error


def _as_rgba(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I;16") or image.mode == "I":
        shallow = (np.asarray(image).astype(np.int64) >> 8).clip(0, 255).astype(np.uint8)
        return Image.fromarray(shallow).convert("RGBA")
    if image.mode == "F":
        scaled = np.nan_to_num(np.asarray(image)).clip(0, 1) * 255
        return Image.fromarray((scaled + 0.5).astype(np.uint8)).convert("RGBA")
    if image.mode in ("CMYK", "L", "LA", "LAB") and image.info.get("icc_profile"):
        managed = _to_srgb(image)
        if managed is not None:
            return managed
    return image.convert("RGBA")


def _to_srgb(image: Image.Image) -> Image.Image | None:
    """Return a grey or CMYK picture in sRGB by its own profile, None where that is unusable."""
    alpha = image.getchannel("A") if image.mode == "LA" else None
    plain = image.convert("L") if image.mode == "LA" else image
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(image.info["icc_profile"]))
        srgb = ImageCms.createProfile("sRGB")
        converted = ImageCms.profileToProfile(plain, profile, srgb, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):
        return None
    if converted is None:
        return None
    rgba = converted.convert("RGBA")
    if alpha is not None:
        rgba.putalpha(alpha)
    return rgba


def dpi_of(info: dict[Any, Any]) -> tuple[float, float] | None:
    """Return the resolution that a picture declares, None where it is absent or nonsense."""
    try:
        across, down = (float(value) for value in info["dpi"])
    except (KeyError, TypeError, ValueError, ArithmeticError):
        return None
    sane = all(math.isfinite(value) and 1 <= value <= 100_000 for value in (across, down))
    return (across, down) if sane else None
