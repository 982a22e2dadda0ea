"""A result of the gallery put back into its document, as one edit."""

from dataclasses import replace

from scumble_editor.document import tree
from scumble_editor.document.document import Document
from scumble_editor.document.errors import DocumentError
from scumble_editor.document.layer import Group, Layer, new_id
from scumble_editor.document.paintings import Painting


def in_document(document: Document, painting: Painting) -> Layer | None:
    """Return the layer of a document that shows a result, the visible one first; None if none."""
    ids = {layer.id for layer in painting.layers}
    there = [node for node in document.walk() if isinstance(node, Layer) and node.id in ids]
    return next((node for node in there if node.visible), there[0] if there else None)


def put_back(document: Document, painting: Painting) -> Document:
    """Return a document with a result above its active layer: one layer, or a group of variants.

    The first variant is shown. Layers that are in the document already get ids of their own.
    """
    if not painting.layers:
        raise DocumentError("This result holds no layer; nothing was changed.")
    taken = {node.id for node in document.walk()}
    variants = [
        replace(layer, visible=number == 0, id=new_id() if layer.id in taken else layer.id)
        for number, layer in enumerate(painting.layers)
    ]
    first = variants[0]
    node: Layer | Group = first
    if len(variants) > 1:
        name = first.name.rsplit(" (", 1)[0]
        node = Group(name=name, children=tuple(reversed(variants)), isolated=False)
    layers = tree.inserted(document.layers, (node,), document.active_id)
    return replace(document, layers=layers, active_id=first.id)
