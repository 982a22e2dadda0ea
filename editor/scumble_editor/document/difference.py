"""What two documents show differently: the tiles of the canvas to paint again, by identity."""

from collections.abc import Iterable

from scumble_editor.document.document import Document
from scumble_editor.document.layer import AnyNode, Group, Layer, Mask
from scumble_editor.document.tiles import TILE, Key, Tiles, keys_of, tile_bounds
from scumble_protocol.geometry import Bounds, Point


def changed_tiles(before: Document, after: Document) -> set[Key]:
    """Return the canvas tiles (column, row) that may look different in two documents.

    Selections are not compared: they are not part of the picture. Work grows with what differs,
    since whatever two documents share is skipped by identity.
    """
    everything = set(keys_of(after.bounds))
    if before.size != after.size:
        return everything
    return _changed_nodes(before.layers, after.layers, everything) & everything


def changed_bounds(before: Document, after: Document) -> Bounds | None:
    """Return one rectangle of the canvas that holds every changed tile, None for no change."""
    found: Bounds | None = None
    for key in changed_tiles(before, after):
        area = tile_bounds(key)
        found = area if found is None else found.union(area)
    return None if found is None else found.intersection(after.bounds)


def _changed_nodes(
    before: tuple[AnyNode, ...], after: tuple[AnyNode, ...], everything: set[Key]
) -> set[Key]:
    if before is after:
        return set()
    old = {node.id: node for node in before}
    new = {node.id: node for node in after}
    kept = [node.id for node in after if node.id in old]
    if kept != [node.id for node in before if node.id in new]:
        moved = [n for n in (*before, *after) if n.visible]
        return set().union(*(_covered(node, everything) for node in moved))
    keys: set[Key] = set()
    for node in (*before, *after):
        if node.id not in old or node.id not in new:
            keys |= _covered(node, everything)
    for node_id in kept:
        keys |= _changed_node(old[node_id], new[node_id], everything)
    return keys


def _changed_node(before: AnyNode, after: AnyNode, everything: set[Key]) -> set[Key]:
    if before is after or not (before.visible or after.visible):
        return set()
    if _settings(before) != _settings(after) or _covers_all(after):
        return _covered(before, everything) | _covered(after, everything)
    keys = _changed_mask(before, after, everything)
    if isinstance(before, Group) and isinstance(after, Group):
        return keys | _changed_nodes(before.children, after.children, everything)
    if isinstance(before, Layer) and isinstance(after, Layer):
        return keys | _changed_plane(before.pixels, after.pixels, before.offset, after.offset)
    return everything


def _settings(node: AnyNode) -> tuple[object, ...]:
    isolated = isinstance(node, Group) and node.isolated
    return (node.opacity, node.blend_mode, node.visible, node.clipped, isolated)


def _covers_all(node: AnyNode) -> bool:
    return node.visible and node.blend_mode.clears


def _changed_mask(before: AnyNode, after: AnyNode, everything: set[Key]) -> set[Key]:
    old, new = before.mask, after.mask
    if old is new:
        return set()
    if not isinstance(old, Mask) or not isinstance(new, Mask) or old.enabled != new.enabled:
        return _covered(before, everything) | _covered(after, everything)
    if not (old.enabled or new.enabled):
        return set()
    if old.pixels.default != new.pixels.default:
        return _covered(after, everything)
    return _changed_plane(old.pixels, new.pixels, old.offset, new.offset)


def _changed_plane(before: Tiles, after: Tiles, was_at: Point, is_at: Point) -> set[Key]:
    if was_at != is_at:
        return _on_canvas(before, was_at) | _on_canvas(after, is_at)
    if before is after:
        return set()
    differing = [
        key
        for key in before.mapping.keys() | after.mapping.keys()
        if before.get(key) is not after.get(key)
    ]
    return _on_canvas(differing, is_at)


def _on_canvas(keys: Iterable[Key], offset: Point) -> set[Key]:
    found: set[Key] = set()
    for key in keys:
        if offset.x % TILE == 0 and offset.y % TILE == 0:
            found.add((key[0] + offset.x // TILE, key[1] + offset.y // TILE))
        else:
            found.update(keys_of(tile_bounds(key).moved(offset.x, offset.y)))
    return found


def _covered(node: AnyNode, everything: set[Key]) -> set[Key]:
    if not node.visible:
        return set()
    if _covers_all(node):
        return everything
    if isinstance(node, Group):
        return set().union(*(_covered(child, everything) for child in node.children))
    return _on_canvas(node.pixels, node.offset)
