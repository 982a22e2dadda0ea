"""Flat pictures: PNG, JPEG, WebP and TIFF, with colour profile, resolution and orientation."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageOps

from scumble_editor.document.composite import composite
from scumble_editor.document.document import Document, Metadata
from scumble_editor.document.formats import Pixels
from scumble_editor.document.layer import Layer
from scumble_editor.document.tiles import Tiles
from scumble_editor.document.tracking import part
from scumble_editor.files.atomic import replacing
from scumble_editor.files.errors import SaveError, UnknownFormatError, UnreadableFileError
from scumble_editor.files.opened import Opened
from scumble_editor.files.pictures import MALFORMED, dpi_of, load_rgba, open_picture
from scumble_editor.files.recipes import png_text
from scumble_editor.files.watched import WatchedBytes
from scumble_protocol.geometry import Extent

READ = ("PNG", "JPEG", "WEBP", "TIFF", "BMP", "GIF")
WRITTEN = {
    ".png": "PNG",
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".webp": "WEBP",
    ".tif": "TIFF",
    ".tiff": "TIFF",
}
"""File name endings that can be written, and Pillow's name of the format of each."""

_EXIF_BYTES = 65_000  # what fits into a JPEG's segment
_LONGEST_SIDE_PX = {"JPEG": 65_500, "WEBP": 16_383}


@dataclass(frozen=True, slots=True)
class ImageOptions:
    """How a flat picture is written. `quality` 1 to 100 is for JPEG and lossy WebP."""

    quality: int = 92
    lossless: bool = True  # WebP only
    backdrop: tuple[int, int, int] = (255, 255, 255)  # beneath transparency, where JPEG has none


def read(path: Path) -> Opened:
    """Open a flat picture as a document of one layer; raises FileError."""
    try:
        with path.open("rb") as stream:
            return read_bytes(stream.read(), path.name)
    except OSError as error:
        why = error.strerror or str(error)
        raise UnreadableFileError(f"“{path.name}” cannot be read: {why}.") from error


def read_bytes(data: bytes, name: str = "Picture") -> Opened:
    """Open the bytes of a flat picture, of a file or of the clipboard; raises FileError."""
    what = f"“{name}”"
    image = open_picture(WatchedBytes(data), READ, what)
    try:
        notices = _notices(image, what)
        upright = ImageOps.exif_transpose(image)
        exif = upright.getexif()
    except MALFORMED as error:
        raise UnreadableFileError(f"{what} is cut short or damaged.") from error
    profile = image.info.get("icc_profile") if upright.mode in ("RGB", "RGBA", "P") else None
    metadata = Metadata(
        resolution_dpi=dpi_of(image.info),
        icc_profile=profile if isinstance(profile, bytes) else None,
        exif=_exif_bytes(exif),
    )
    rgba = load_rgba(upright, what)
    layer = Layer(name="Background", pixels=Tiles.of(rgba))
    document = Document(
        size=Extent.of(rgba), layers=(layer,), active_id=layer.id, metadata=metadata
    )
    return Opened(document, notices)


def write(document: Document, path: Path, options: ImageOptions | None = None) -> None:
    """Save what a document shows as a flat picture, by the end of its name; raises FileError."""
    form = WRITTEN.get(path.suffix.lower())
    if form is None:
        raise UnknownFormatError.for_path(path, tuple(WRITTEN))
    data = write_bytes(document, form, options)
    with replacing(path) as stream:
        stream.write(data)


def write_bytes(document: Document, form: str, options: ImageOptions | None = None) -> bytes:
    """Return what a document shows in Pillow's format `form`; raises SaveError.

    A PNG also says which jobs of models painted what it shows; see files/recipes.py.
    """
    options = options or ImageOptions()
    longest = _LONGEST_SIDE_PX.get(form)
    if longest is not None and document.size.longest_side > longest:
        raise SaveError(
            f"A {form} picture has at most {longest} pixels a side; this one has "
            f"{document.size.longest_side}. Nothing was written; save as PNG or OpenRaster."
        )
    with part(0, 0.5):
        pixels = composite(document)
    if form == "JPEG":
        pixels = over_colour(pixels, options.backdrop)
    elif int(pixels[..., 3].min()) == 255:
        pixels = np.ascontiguousarray(pixels[..., :3])
    chosen = _save_options(document.metadata, form, options)
    if form == "PNG":
        chosen["pnginfo"] = png_text(document)
    with part(0.5, 1):
        return _encoded(Image.fromarray(pixels), form, chosen)


def _encoded(image: Image.Image, form: str, options: dict[str, Any]) -> bytes:
    stream = WatchedBytes()
    try:
        image.save(stream, form, **options)
    except OSError:
        if not options.get("optimize"):
            raise
        # Pillow gives libjpeg room for a byte a pixel then, which pure noise does not fit into
        return _encoded(image, form, {**options, "optimize": False})
    return stream.getvalue()


def over_colour(rgba: Pixels, colour: tuple[int, int, int]) -> Pixels:
    """Return rgba: uint8 [H, W, 4] laid over one colour as rgb: uint8 [H, W, 3]."""
    alpha = rgba[..., 3:].astype(np.float32) / 255
    laid = rgba[..., :3] * alpha + np.array(colour, np.float32) * (1 - alpha)
    return (laid + 0.5).astype(np.uint8)


def _save_options(metadata: Metadata, form: str, options: ImageOptions) -> dict[str, Any]:
    by_format: dict[str, dict[str, Any]] = {
        "PNG": {"compress_level": 6},
        "JPEG": {"quality": options.quality, "subsampling": 0, "optimize": True},
        "WEBP": {"quality": options.quality, "lossless": options.lossless, "exact": True},
        "TIFF": {"compression": "tiff_adobe_deflate"},
    }
    chosen = by_format[form]
    if metadata.icc_profile is not None:
        chosen["icc_profile"] = metadata.icc_profile
    if metadata.resolution_dpi is not None and form != "WEBP":
        chosen["dpi"] = metadata.resolution_dpi
    if metadata.exif is not None and len(metadata.exif) <= _EXIF_BYTES and form != "TIFF":
        chosen["exif"] = metadata.exif
    return chosen


def _exif_bytes(exif: Image.Exif) -> bytes | None:
    try:
        return exif.tobytes() if len(exif) else None
    except MALFORMED:  # a camera's odd tags are no reason to refuse its picture
        return None


def _notices(image: Image.Image, what: str) -> tuple[str, ...]:
    notices = []
    if getattr(image, "n_frames", 1) > 1 and image.format != "MPO":
        notices.append(f"{what} holds several pictures; the first was opened.")
    if (image.mode in ("CMYK", "LAB", "YCbCr") and image.format != "JPEG") or image.mode == "CMYK":
        notices.append(f"{what} was converted from {image.mode} to sRGB.")
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        notices.append(f"{what} has more than 8 bits a channel; it was reduced to 8.")
    return tuple(notices)
