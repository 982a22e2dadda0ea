"""How large a file's contents may be; checked before memory is taken."""

from PIL import Image

from scumble_editor.files.errors import TooLargeFileError
from scumble_protocol.geometry import Extent

PICTURE_PIXELS = 1 << 28
"""Most pixels of one picture or layer: 16384 × 16384."""

SIDE_PX = 65_535
"""Longest side of one picture or layer."""

DECODED_PIXELS = 1 << 33
"""Most pixels that one file may have decoded, however few of them are kept."""

DOCUMENT_BYTES = 4 << 30
"""Most bytes of pixels that one opened document may keep."""

LAYERS = 4096
"""Most layers and groups of one file."""

DEPTH = 64
"""Most groups within each other."""

TEXT_BYTES = 32 << 20
"""Most bytes of a file's own description: stack.xml, the manifest."""

KEPT_BYTES = 64 << 20
"""Most bytes of unknown entries that are carried through."""

ENTRY_BYTES = 1 << 30
"""Most bytes of one entry of an archive."""

Image.MAX_IMAGE_PIXELS = PICTURE_PIXELS  # Pillow's own check, for the whole process


def check_extent(extent: Extent, what: str) -> None:
    """Refuse a picture that is empty or too large; raises TooLargeFileError."""
    if extent.width < 1 or extent.height < 1:
        raise TooLargeFileError(f"{what} says that it has no pixels; it was not opened.")
    if max(extent.width, extent.height) > SIDE_PX or extent.area > PICTURE_PIXELS:
        raise TooLargeFileError(
            f"{what} says that it is {extent.width} × {extent.height} pixels; the most that is "
            f"opened is {PICTURE_PIXELS:,} pixels and {SIDE_PX:,} a side."
        )
