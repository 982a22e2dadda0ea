"""Before and after: a document as it was before models painted on it."""

from collections.abc import Collection
from dataclasses import replace

from scumble_editor.document import tree
from scumble_editor.document.document import Document
from scumble_editor.document.layer import AnyNode, Group, Layer


def painted_by_models(document: Document) -> frozenset[str]:
    """Return what to hide to see how it was: the active layer, where a model painted it, or all.

    Of variants in a group the whole group counts as active.
    """
    active = document.active
    if active is not None and _is_painted(active):
        parent = tree.parent_of(document.layers, active.id)
        together = parent is not None and all(_is_painted(child) for child in parent.children)
        return frozenset((parent.id if parent is not None and together else active.id,))
    return frozenset(node.id for node in document.walk() if _is_painted(node))


def hiding(document: Document, hidden: Collection[str]) -> Document:
    """Return a document in which some nodes are not seen."""

    if not hidden:
        return document

    def hide(node: AnyNode) -> AnyNode:
        return replace(node, visible=False) if node.id in hidden and node.visible else node

    return replace(document, layers=tree.everywhere(document.layers, hide))


def _is_painted(node: AnyNode) -> bool:
    if isinstance(node, Group):
        return bool(node.children) and all(_is_painted(child) for child in node.children)
    return isinstance(node, Layer) and node.recipe is not None
