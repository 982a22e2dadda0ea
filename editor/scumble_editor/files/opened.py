"""What opening a file gives: the document, and what of the file could not be kept."""

from dataclasses import dataclass

from scumble_editor.document.document import Document
from scumble_editor.document.paintings import Painting


@dataclass(frozen=True, slots=True)
class Opened:
    """A document from a file. `notices` are sentences for the painter, empty if all was kept.

    `paintings` are results of models that the file keeps beside the document.
    """

    document: Document
    notices: tuple[str, ...] = ()
    paintings: tuple[Painting, ...] = ()
