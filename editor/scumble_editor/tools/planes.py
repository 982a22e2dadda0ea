"""The plane of pixels that painting changes: a layer's colours, a mask, or the selection."""

from dataclasses import dataclass, replace

from scumble_editor.document.document import Document
from scumble_editor.document.errors import DocumentError
from scumble_editor.document.formats import GRAY8
from scumble_editor.document.layer import AnyNode, Layer
from scumble_editor.document.selection import Selection
from scumble_editor.document.tiles import Tiles
from scumble_editor.tools.stage import Target
from scumble_editor.tools.tool import editable, paintable
from scumble_protocol.geometry import Point

ORIGIN = Point(0, 0)


@dataclass(frozen=True, slots=True)
class Plane:
    """Tiles and where their origin lies on the canvas; `node` wears them, None: the selection."""

    tiles: Tiles
    offset: Point
    target: Target
    node: AnyNode | None
    alpha_locked: bool = False

    def put(self, document: Document, tiles: Tiles) -> Document:
        """Return the document with other pixels in this plane."""
        if self.target is Target.SELECTION:
            selection = Selection(tiles)
            return replace(document, selection=None if selection.empty else selection)
        if self.node is None:
            raise DocumentError("No layer is chosen; nothing was changed.")
        if self.target is Target.MASK:
            return document.changed(self.node.id, lambda node: _with_mask(node, tiles))
        return document.changed(self.node.id, lambda node: _with_pixels(node, tiles))


def plane_of(document: Document, target: Target) -> Plane:
    """Return what painting changes; raises DocumentError where there is nothing to paint on."""
    if target is Target.SELECTION:
        selection = document.selection
        return Plane(Tiles(GRAY8) if selection is None else selection.pixels, ORIGIN, target, None)
    if target is Target.MASK:
        node = editable(document)
        if node.mask is None:
            raise DocumentError(f"“{node.name}” has no mask to paint on. Add one first.")
        return Plane(node.mask.pixels, node.mask.offset, target, node)
    layer = paintable(document)
    return Plane(layer.pixels, layer.offset, target, layer, layer.alpha_locked)


def _with_pixels(node: AnyNode, tiles: Tiles) -> AnyNode:
    return replace(node, pixels=tiles) if isinstance(node, Layer) else node


def _with_mask(node: AnyNode, tiles: Tiles) -> AnyNode:
    return node if node.mask is None else replace(node, mask=replace(node.mask, pixels=tiles))
