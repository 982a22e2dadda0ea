"""Finding and exchanging nodes of a layer tree: pure functions on tuples, bottom first."""

from collections.abc import Callable
from dataclasses import replace

from scumble_editor.document.errors import DocumentError, NoSuchLayerError
from scumble_editor.document.layer import AnyNode, Group, walk

Nodes = tuple[AnyNode, ...]


def find(nodes: Nodes, node_id: str) -> AnyNode:
    """Return the node with an id; raises NoSuchLayerError."""
    for node in walk(nodes):
        if node.id == node_id:
            return node
    raise NoSuchLayerError.for_id(node_id)


def path_of(nodes: Nodes, node_id: str) -> tuple[int, ...]:
    """Return the indices that lead to a node from the root; raises NoSuchLayerError."""
    for index, node in enumerate(nodes):
        if node.id == node_id:
            return (index,)
        if isinstance(node, Group):
            try:
                return (index, *path_of(node.children, node_id))
            except NoSuchLayerError:
                continue
    raise NoSuchLayerError.for_id(node_id)


def parent_of(nodes: Nodes, node_id: str) -> Group | None:
    """Return the group that holds a node, None at the root; raises NoSuchLayerError."""
    parent: Group | None = None
    for index in path_of(nodes, node_id)[:-1]:
        child = (nodes if parent is None else parent.children)[index]
        parent = child if isinstance(child, Group) else parent
    return parent


def changed(nodes: Nodes, node_id: str, change: Callable[[AnyNode], Nodes]) -> Nodes:
    """Return the tree with one node replaced by what a function makes of it.

    The function returns the nodes to put there: none to delete it, several to add siblings.
    """
    return _changed_at(nodes, path_of(nodes, node_id), change)


def _changed_at(nodes: Nodes, path: tuple[int, ...], change: Callable[[AnyNode], Nodes]) -> Nodes:
    index = path[0]
    node = nodes[index]
    if len(path) == 1:
        fresh = change(node)
    elif isinstance(node, Group):
        fresh = (replace(node, children=_changed_at(node.children, path[1:], change)),)
    else:
        raise DocumentError(f"“{node.name}” is not a group.")
    return (*nodes[:index], *fresh, *nodes[index + 1 :])


def inserted(nodes: Nodes, fresh: Nodes, above: str | None) -> Nodes:
    """Return the tree with nodes put directly above one, or on top of all where None."""
    if above is None:
        return (*nodes, *fresh)
    return changed(nodes, above, lambda node: (node, *fresh))


def inserted_in(nodes: Nodes, fresh: Nodes, group_id: str | None, index: int) -> Nodes:
    """Return the tree with nodes put into a group (None: the root), 0 being the bottom."""
    if group_id is None:
        return (*nodes[:index], *fresh, *nodes[index:])

    def put(node: AnyNode) -> Nodes:
        if not isinstance(node, Group):
            raise DocumentError(f"“{node.name}” is not a group.")
        children = (*node.children[:index], *fresh, *node.children[index:])
        return (replace(node, children=children),)

    return changed(nodes, group_id, put)


def everywhere(nodes: Nodes, change: Callable[[AnyNode], AnyNode]) -> Nodes:
    """Return the tree with every node changed by a function, children before their group."""
    fresh: list[AnyNode] = []
    for node in nodes:
        inner = (
            replace(node, children=everywhere(node.children, change))
            if isinstance(node, Group)
            else node
        )
        fresh.append(change(inner))
    return tuple(fresh)
