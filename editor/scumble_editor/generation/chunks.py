"""The texts inside a picture file: PNG's text chunks and the comment in Exif, read with limits."""

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from PIL import Image

from scumble_editor.files.pictures import MALFORMED

PNG = b"\x89PNG\r\n\x1a\n"
MOST_CHUNKS = 4096
LONGEST_TEXT = 2 << 20
"""Bytes of one text; longer ones are left out."""

ALL_TEXTS = 8 << 20
"""Bytes of all texts of one picture together."""

_EXIF_IFD = 0x8769
_USER_COMMENT = 0x9286


def texts_of(path: Path) -> dict[str, str]:
    """Return the texts of a picture by keyword; nothing where there are none, or it is damaged.

    The comment of JPEG and WebP files has the keyword `comment`. Pixels are not read.
    """
    try:
        with path.open("rb") as stream:
            if stream.read(len(PNG)) == PNG:
                return dict(_bounded(_png_texts(stream)))
        comment = _comment(path)
    except MALFORMED:
        return {}
    return {"comment": comment} if comment else {}


def _bounded(texts: Iterator[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    used = 0
    for keyword, text in texts:
        used += len(text)
        if used > ALL_TEXTS:
            return
        yield keyword, text


def _png_texts(stream: IO[bytes]) -> Iterator[tuple[str, str]]:
    """Yield keyword and text of every chunk tEXt, zTXt and iTXt (PNG, third edition, 11.3.3)."""
    for _ in range(MOST_CHUNKS):
        head = stream.read(8)
        if len(head) < 8:
            return
        length, kind = struct.unpack(">I4s", head)
        if kind == b"IEND":
            return
        if kind not in (b"tEXt", b"zTXt", b"iTXt") or length > LONGEST_TEXT:
            stream.seek(length + 4, 1)
            continue
        data = stream.read(length)
        stream.seek(4, 1)
        keyword, _, rest = data.partition(b"\0")
        text = _text(kind, rest)
        if text is not None:
            yield keyword.decode("latin-1"), text


def _text(kind: bytes, rest: bytes) -> str | None:
    """Return the text behind a keyword, None where it is damaged or unpacks to too much."""
    packed = kind == b"zTXt"
    if kind == b"iTXt":
        packed = rest[:1] == b"\1"
        rest = rest[2:].split(b"\0", 2)[-1]  # behind language and translated keyword
    elif packed:
        rest = rest[1:]
    if packed:
        try:
            unpacking = zlib.decompressobj()
            rest = unpacking.decompress(rest, LONGEST_TEXT)
        except zlib.error:
            return None
        if unpacking.unconsumed_tail:
            return None
    return rest.decode("utf-8" if kind == b"iTXt" else "latin-1", errors="replace")


def _comment(path: Path) -> str:
    with Image.open(path, formats=("JPEG", "WEBP")) as image:
        comment = image.getexif().get_ifd(_EXIF_IFD).get(_USER_COMMENT, b"")
    if not isinstance(comment, bytes) or len(comment) > LONGEST_TEXT:
        return ""
    code, text = comment[:8], comment[8:]
    if code == b"UNICODE\0":
        big = text[1:2] != b"\0" and text[:1] == b"\0"
        return text.decode("utf-16-be" if big else "utf-16-le", errors="replace")
    return text.decode("utf-8", errors="replace").strip("\0")
