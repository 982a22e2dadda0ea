"""What was painted in a document, kept inside it: recipes and thumbnails, saved with the .kra."""

import base64
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

import krita

from scumble_krita.qt import QtCore

ANNOTATION = "scumble/history.json"
DESCRIPTION = "What Scumble painted here, and how"
MOST_THUMBNAILS = 200  # older entries keep their recipe alone


@dataclass(frozen=True)
class Entry:
    """One painted layer.

    layer: the node's unique id; thumbnail: a PNG in base64, or nothing.
    recipe: the job that paints it again, as JSON.
    """

    layer: str
    command: str
    prompt: str
    seed: int
    recipe: str
    thumbnail: str = ""

    @property
    def png(self) -> bytes:
        """The thumbnail as a PNG; empty where it was let go."""
        return base64.b64decode(self.thumbnail)


def read(document: "krita.Document") -> list[Entry]:
    """Return the entries of a document, the oldest first; none where they cannot be understood."""
    raw = bytes(document.annotation(ANNOTATION).data())
    try:
        return [Entry(**entry) for entry in json.loads(raw or b"[]")]
    except (ValueError, TypeError):
        return []


def add(document: "krita.Document", entries: Sequence[Entry]) -> None:
    """Keep more entries in a document."""
    every = [*read(document), *entries]
    old = len(every) - MOST_THUMBNAILS
    kept = [replace(e, thumbnail="") if n < old else e for n, e in enumerate(every)]
    text = json.dumps([asdict(entry) for entry in kept])
    document.setAnnotation(ANNOTATION, DESCRIPTION, QtCore.QByteArray(text.encode()))


def thumbnail(png: bytes) -> str:
    """Return a PNG as an entry keeps it."""
    return base64.b64encode(png).decode()
