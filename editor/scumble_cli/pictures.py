"""Opening what a command is given: documents and masks, by the same readers as the editor's."""

from pathlib import Path

from scumble_cli.failures import BadUseError, readable
from scumble_cli.speech import say
from scumble_editor.document.document import Document
from scumble_editor.files import documents
from scumble_editor.files.errors import FileError
from scumble_editor.files.opened import Opened
from scumble_protocol.images import Image, Pictures, Pixels


def open_document(file: Path) -> Document:
    """Open a flat picture or a layered one. Raises BadUseError where it is neither."""
    opened = _opened(file)
    for notice in opened.notices:
        say(notice)
    return opened.document


def open_grey(file: Path) -> Pixels:
    """Open a picture as a mask: uint8 [H, W], its luma (Rec. 601) times its alpha.

    Raises BadUseError where it is no picture.
    """
    import cv2
    import numpy as np

    from scumble_editor.document.composite import composite

    rgba = composite(_opened(file).document)
    luma = cv2.cvtColor(np.ascontiguousarray(rgba[..., :3]), cv2.COLOR_RGB2GRAY)
    return np.rint(luma * (rgba[..., 3] / 255)).astype(np.uint8)


def seen(document: Document, pictures: Pictures) -> Image:
    """Add what a document shows to a job's pictures, without alpha where it is opaque."""
    import numpy as np

    from scumble_editor.document.composite import composite

    rgba = composite(document)
    opaque = int(rgba[..., 3].min()) == 255
    return pictures.add(np.ascontiguousarray(rgba[..., :3]) if opaque else rgba)


def _opened(file: Path) -> Opened:
    try:
        return documents.open_document(readable(file))
    except FileError as error:
        raise BadUseError(f"{error} Nothing was painted; try another picture.") from error
