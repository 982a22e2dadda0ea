"""Opening and saving by the kind of a file: what it contains, or the end of its name."""

from collections.abc import Sequence
from pathlib import Path

from scumble_editor.document.document import Document
from scumble_editor.document.paintings import Painting
from scumble_editor.files import images, openraster
from scumble_editor.files.errors import UnknownFormatError, UnreadableFileError
from scumble_editor.files.images import ImageOptions
from scumble_editor.files.opened import Opened

WRITTEN = (".ora", *images.WRITTEN)
"""File name endings that can be saved."""

OPENED = (*WRITTEN, ".psd", ".psb", ".bmp", ".gif")
"""File name endings that can be opened."""


def open_document(path: Path) -> Opened:
    """Open a file by what it contains; raises FileError with a sentence for the painter."""
    try:
        with path.open("rb") as stream:
            start = stream.read(4)
    except OSError as error:
        why = error.strerror or str(error)
        raise UnreadableFileError(f"“{path.name}” cannot be read: {why}.") from error
    if start == b"PK\x03\x04":
        return openraster.read(path)
    if start == b"8BPS":
        from scumble_editor.files import psd  # psd-tools takes as long to load as all the rest

        return psd.read(path)
    return images.read(path)


def save_document(
    document: Document,
    path: Path,
    options: ImageOptions | None = None,
    paintings: Sequence[Painting] = (),
) -> None:
    """Save in the format of the name's end; what was there is kept as `NAME~`.

    Flat formats get the merged picture alone. Raises UnknownFormatError, SaveError.
    """
    ending = path.suffix.lower()
    if ending == ".ora":
        openraster.write(document, path, paintings)
    elif ending in images.WRITTEN:
        images.write(document, path, options)
    else:
        raise UnknownFormatError.for_path(path, WRITTEN)
