"""Edits of the layer tree: add, delete, move, group, merge, and the settings of one layer."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from scumble_editor.document import tree
from scumble_editor.document.composite import composite_nodes
from scumble_editor.document.document import Document
from scumble_editor.document.errors import DocumentError, LockedLayerError
from scumble_editor.document.layer import AnyNode, Group, Layer, new_id, painted_bounds
from scumble_editor.document.modes import BlendMode
from scumble_editor.document.tiles import Tiles
from scumble_protocol.geometry import Bounds, Point

LONGEST_MERGED_PX = 65_535
"""Longest side of what nodes that are merged hold together; files may place them anywhere."""


def add_layer(document: Document, layer: AnyNode, above: str | None = None) -> Document:
    """Put a layer or group directly above a node (None: above the active one) and activate it."""
    below = document.active_id if above is None else above
    layers = tree.inserted(document.layers, (layer,), below)
    return replace(document, layers=layers, active_id=layer.id)


def add_in_group(document: Document, layer: AnyNode, group_id: str | None, index: int) -> Document:
    """Put a node into a group (None: the root) at a place, 0 being the bottom; activate it."""
    layers = tree.inserted_in(document.layers, (layer,), group_id, index)
    return replace(document, layers=layers, active_id=layer.id)


def delete(document: Document, node_id: str) -> Document:
    """Take a node out, with all that it holds; the one beneath it becomes active."""
    _refuse_locked(document.find(node_id))
    parent = tree.parent_of(document.layers, node_id)
    siblings = document.layers if parent is None else parent.children
    index = tree.path_of(document.layers, node_id)[-1]
    layers = tree.changed(document.layers, node_id, lambda _: ())
    rest = (*siblings[:index], *siblings[index + 1 :])
    beneath = rest[max(index - 1, 0)] if rest else parent
    active = None if beneath is None else beneath.id
    return replace(document, layers=layers, active_id=active)


def duplicate(document: Document, node_id: str) -> Document:
    """Put a copy of a node directly above it and activate the copy; pixels are shared."""
    original = document.find(node_id)
    (copied,) = tree.everywhere((original,), lambda node: replace(node, id=new_id()))
    return add_layer(document, replace(copied, name=f"{original.name} copy"), above=node_id)


def move_in_stack(document: Document, node_id: str, group_id: str | None, index: int) -> Document:
    """Move a node into a group (None: the root), to a place counted without it from the bottom."""
    node = document.find(node_id)
    if group_id is not None:
        if isinstance(node, Group) and any(n.id == group_id for n in (node, *_inside(node))):
            raise DocumentError(f"“{node.name}” cannot be moved into itself.")
        document.group(group_id)
    without = tree.changed(document.layers, node_id, lambda _: ())
    return replace(document, layers=tree.inserted_in(without, (node,), group_id, index))


def raise_or_lower(document: Document, node_id: str, steps: int) -> Document:
    """Move a node up (positive) or down among its siblings, as far as there are any."""
    parent = tree.parent_of(document.layers, node_id)
    count = len(document.layers if parent is None else parent.children)
    index = tree.path_of(document.layers, node_id)[-1]
    target = min(max(index + steps, 0), count - 1)
    return move_in_stack(document, node_id, None if parent is None else parent.id, target)


def group(document: Document, node_ids: Sequence[str], name: str = "Group") -> Document:
    """Put nodes into a new group where the topmost of them was; their order is kept."""
    chosen = [n for n in document.walk() if n.id in set(node_ids)]
    held = {inner.id for node in chosen for inner in _inside(node)}
    chosen = [node for node in chosen if node.id not in held]
    if not chosen:
        raise DocumentError("Choose at least one layer to group.")
    made = Group(name=name, children=tuple(chosen))
    top = max(chosen, key=lambda node: tree.path_of(document.layers, node.id))
    layers = tree.changed(document.layers, top.id, lambda _: (made,))
    for node in chosen:
        if node is not top:
            layers = _without_outside(layers, node.id, made.id)
    return replace(document, layers=layers, active_id=made.id)


def ungroup(document: Document, group_id: str) -> Document:
    """Replace a group by what it holds."""
    old = document.group(group_id)
    layers = tree.changed(document.layers, group_id, lambda _: old.children)
    active = old.children[-1].id if old.children else None
    return replace(document, layers=layers, active_id=active)


def flatten(document: Document) -> Document:
    """Merge everything that shows into one layer of the canvas's size."""
    pixels = composite_nodes(document.layers, document.bounds)
    layer = Layer(name="Background", pixels=Tiles.of(pixels))
    return replace(document, layers=(layer,), active_id=layer.id)


def merge_group(document: Document, group_id: str) -> Document:
    """Turn a group into one layer with the same look, keeping the group's own settings."""
    old = document.group(group_id)
    merged = replace(
        _merged(old.children, old.name),
        id=old.id,
        opacity=old.opacity,
        blend_mode=old.blend_mode,
        visible=old.visible,
        clipped=old.clipped,
        mask=old.mask,
    )
    return document.changed(group_id, lambda _: merged)


def merge_down(document: Document, node_id: str) -> Document:
    """Merge a node with the one directly beneath it into a plain layer."""
    node = document.find(node_id)
    parent = tree.parent_of(document.layers, node_id)
    siblings = document.layers if parent is None else parent.children
    index = tree.path_of(document.layers, node_id)[-1]
    if index == 0:
        raise DocumentError(f"There is nothing beneath “{node.name}” to merge it with.")
    below = siblings[index - 1]
    _refuse_locked(node)
    _refuse_locked(below)
    merged = replace(
        _merged((replace(below, visible=True, clipped=False), node), below.name),
        id=below.id,
        clipped=below.clipped,
    )
    layers = tree.changed(document.layers, node_id, lambda _: ())
    layers = tree.changed(layers, below.id, lambda _: (merged,))
    return replace(document, layers=layers, active_id=merged.id)


def rename(document: Document, node_id: str, name: str) -> Document:
    """Give a node another name."""
    return document.changed(node_id, lambda node: replace(node, name=name))


def set_opacity(document: Document, node_id: str, opacity: float) -> Document:
    """Set how much a node shows: 0 not at all, 1 in full."""
    return document.changed(node_id, lambda node: replace(node, opacity=opacity))


def set_blend_mode(document: Document, node_id: str, mode: BlendMode) -> Document:
    """Set how a node meets what lies beneath it."""
    return document.changed(node_id, lambda node: replace(node, blend_mode=mode))


def set_visible(document: Document, node_id: str, visible: bool) -> Document:
    """Show or hide a node."""
    return document.changed(node_id, lambda node: replace(node, visible=visible))


def show_only(document: Document, node_id: str, among: Sequence[str]) -> Document:
    """Show one of several nodes and hide the others: how variants are browsed."""
    for other in among:
        document = set_visible(document, other, other == node_id)
    return replace(document, active_id=node_id)


def set_locked(document: Document, node_id: str, locked: bool) -> Document:
    """Protect a node from edits, or allow them again."""
    return document.changed(node_id, lambda node: replace(node, locked=locked))


def set_alpha_locked(document: Document, layer_id: str, locked: bool) -> Document:
    """Keep the transparency of a layer while it is painted on, or let it change again."""
    layer = document.layer(layer_id)
    return document.changed(layer_id, lambda _: replace(layer, alpha_locked=locked))


def set_clipped(document: Document, node_id: str, clipped: bool) -> Document:
    """Show a node only where the nearest unclipped one beneath it has paint, or everywhere."""
    return document.changed(node_id, lambda node: replace(node, clipped=clipped))


def set_isolated(document: Document, group_id: str, isolated: bool) -> Document:
    """Blend a group's children with each other first, or straight with what lies beneath."""
    old = document.group(group_id)
    return document.changed(group_id, lambda _: replace(old, isolated=isolated))


def move(document: Document, node_id: str, dx: int, dy: int) -> Document:
    """Move a node over the canvas together with its mask and all that it holds."""
    _refuse_locked(document.find(node_id))
    return document.changed(node_id, lambda node: node.moved(dx, dy))


def activate(document: Document, node_id: str | None) -> Document:
    """Choose the node that edits act on."""
    if node_id is not None:
        document.find(node_id)
    return replace(document, active_id=node_id)


def _refuse_locked(node: AnyNode) -> None:
    if node.locked:
        raise LockedLayerError.for_name(node.name)


def _inside(node: AnyNode) -> tuple[AnyNode, ...]:
    if not isinstance(node, Group):
        return ()
    return tuple(inner for child in node.children for inner in (child, *_inside(child)))


def _without_outside(nodes: tree.Nodes, node_id: str, keep_in: str) -> tree.Nodes:
    """Remove a node from the tree wherever it is, except inside one group."""
    rest: list[AnyNode] = []
    for node in nodes:
        if node.id == node_id:
            continue
        if isinstance(node, Group) and node.id != keep_in:
            node = replace(node, children=_without_outside(node.children, node_id, keep_in))
        rest.append(node)
    return tuple(rest)


def _merged(nodes: Sequence[AnyNode], name: str) -> Layer:
    bounds = painted_bounds(nodes) or Bounds(0, 0, 1, 1)
    if bounds.extent.longest_side > LONGEST_MERGED_PX:
        raise DocumentError(
            f"What they hold lies more than {LONGEST_MERGED_PX} pixels apart; nothing was merged. "
            "Move one of them nearer, or crop the picture first."
        )
    pixels = composite_nodes(nodes, bounds)
    tiles = Tiles.of(pixels, Point(bounds.x, bounds.y))
    return Layer(name=name, pixels=tiles if np.any(pixels) else Tiles())
