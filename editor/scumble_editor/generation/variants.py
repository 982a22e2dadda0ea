"""The variants of one result, as they lie in a document: found, looked at one by one, kept."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from scumble_editor.document import tree
from scumble_editor.document.document import Document
from scumble_editor.document.errors import DocumentError
from scumble_editor.document.layer import AnyNode, Group


@dataclass(frozen=True, slots=True)
class Variants:
    """A group that holds the variants of one result, the first one first."""

    group_id: str
    layer_ids: tuple[str, ...]

    def in_(self, document: Document) -> bool:
        """Tell whether the group and all its variants are still there."""
        try:
            group = document.group(self.group_id)
        except DocumentError:
            return False
        return {child.id for child in group.children} >= set(self.layer_ids)


def variants_of(document: Document, count: int) -> Variants | None:
    """Return the variants that were put in last: the group around the active layer."""
    if document.active_id is None:
        return None
    group = tree.parent_of(document.layers, document.active_id)
    if group is None or len(group.children) != count:
        return None
    return Variants(group.id, tuple(child.id for child in reversed(group.children)))


def showing(document: Document, variants: Variants, chosen: str) -> Document:
    """Return a document in which one variant alone is seen."""
    if not variants.in_(document):
        return document

    def show(node: AnyNode) -> tuple[AnyNode, ...]:
        assert isinstance(node, Group)
        children = tuple(_seen(child, child.id == chosen) for child in node.children)
        return (replace(node, children=children, visible=True),)

    return replace(document, layers=tree.changed(document.layers, variants.group_id, show))


def keeping(document: Document, variants: Variants, kept: Collection[str]) -> Document:
    """Return a document with some of the variants: one takes the place of its group.

    The first of those kept is seen and active. None kept leaves no trace of the result.
    """
    wanted = [layer_id for layer_id in variants.layer_ids if layer_id in kept]

    def choose(node: AnyNode) -> tuple[AnyNode, ...]:
        assert isinstance(node, Group)
        children = tuple(
            _seen(child, child.id == wanted[0]) for child in node.children if child.id in wanted
        )
        return children if len(children) == 1 else (replace(node, children=children),)

    if not wanted:
        return _without(document, variants)
    layers = tree.changed(document.layers, variants.group_id, choose)
    return replace(document, layers=layers, active_id=wanted[0])


def _without(document: Document, variants: Variants) -> Document:
    """Return a document without the group; what lay beneath it becomes active."""
    parent = tree.parent_of(document.layers, variants.group_id)
    siblings = document.layers if parent is None else parent.children
    place = next(i for i, node in enumerate(siblings) if node.id == variants.group_id)
    beneath = siblings[place - 1] if place else next(iter(siblings[1:]), parent)
    layers = tree.changed(document.layers, variants.group_id, lambda _: ())
    return replace(document, layers=layers, active_id=None if beneath is None else beneath.id)


def _seen(node: AnyNode, visible: bool) -> AnyNode:
    return node if node.visible == visible else replace(node, visible=visible)
