"""Where fresh paint goes: above the layer it was asked from, and above what was asked before it."""

from collections.abc import Collection

from scumble_editor.document import tree
from scumble_editor.document.document import Document
from scumble_editor.document.layer import AnyNode, Layer, walk


def top_of(document: Document, above: str, behind: Collection[str]) -> str:
    """Return the node that a result goes directly above; raises NoSuchLayerError.

    above: the layer it was asked from.
    behind: ids of jobs that were under way from there when it was asked. What they have painted
        since is stepped over, so that of two results for one place the later one is seen.
    """
    group = tree.parent_of(document.layers, above)
    siblings = document.layers if group is None else group.children
    ids = [node.id for node in siblings]
    top = above
    for node in siblings[ids.index(above) + 1 :]:
        if not any(_is_of(node, job) for job in behind):
            break
        top = node.id
    return top


def _is_of(node: AnyNode, job: str) -> bool:
    mark = f'"{job}"'
    return any(
        isinstance(inner, Layer) and inner.recipe is not None and mark in inner.recipe
        for inner in walk((node,))
    )
