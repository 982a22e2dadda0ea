"""Hashes of documents, to compare them across processes."""

import hashlib

from scumble_editor.document.document import Document
from scumble_editor.document.layer import Layer
from scumble_editor.document.tiles import Tiles


def document_hash(document: Document) -> str:
    """Return a hash of the tree, its settings and every pixel of a document."""
    digest = hashlib.sha256(repr((document.size, document.active_id)).encode())
    for node in document.walk():
        settings = (node.id, node.name, node.opacity, node.blend_mode.value, node.visible)
        digest.update(repr(settings).encode())
        if isinstance(node, Layer):
            digest.update(repr(node.offset).encode())
    for plane in document.planes():
        _add(digest, plane)
    return digest.hexdigest()


def _add(digest: "hashlib._Hash", plane: Tiles) -> None:
    for key in sorted(plane):
        tile = plane.get(key)
        assert tile is not None
        digest.update(repr(key).encode() + tile.tobytes())
