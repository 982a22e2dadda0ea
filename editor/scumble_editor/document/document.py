"""The document: canvas size, layers, selection and metadata, as one value that never changes."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Self

from scumble_editor.document import tree
from scumble_editor.document.errors import DocumentError
from scumble_editor.document.formats import Pixels
from scumble_editor.document.layer import AnyNode, Group, Layer, walk
from scumble_editor.document.selection import Selection
from scumble_editor.document.tiles import Tiles
from scumble_protocol.geometry import Bounds, Extent

LARGEST_SIDE_PX = 65_535
"""Longest side of a canvas."""


@dataclass(frozen=True, slots=True, kw_only=True, weakref_slot=True)
class Metadata:
    """What a file says of a picture besides its pixels, carried through from file to file.

    `entries` are the parts of an OpenRaster file that this program does not know, by name.
    """

    resolution_dpi: tuple[float, float] | None = None  # across, down
    icc_profile: bytes | None = None
    exif: bytes | None = None  # without orientation: pixels are stored upright
    entries: Mapping[str, bytes] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A layered picture. Every change makes another document that shares what stayed the same.

    `layers` are listed from the bottom up. A `selection` of None selects everything.
    """

    size: Extent
    layers: tuple[AnyNode, ...] = ()
    active_id: str | None = None
    selection: Selection | None = None
    metadata: Metadata = field(default_factory=Metadata)

    def __post_init__(self) -> None:
        width, height = self.size.width, self.size.height
        if not (1 <= width <= LARGEST_SIDE_PX and 1 <= height <= LARGEST_SIDE_PX):
            raise DocumentError(
                f"A canvas has 1 to {LARGEST_SIDE_PX} pixels a side, not {width} × {height}."
            )

    @classmethod
    def of_image(cls, rgba: Pixels, name: str = "Background") -> Self:
        """Return a document of one layer with the pixels rgba: uint8 [H, W, 4], straight alpha."""
        layer = Layer(name=name, pixels=Tiles.of(rgba))
        return cls(size=Extent.of(rgba), layers=(layer,), active_id=layer.id)

    @property
    def bounds(self) -> Bounds:
        """The canvas as a rectangle at the origin."""
        return self.size.bounds

    @property
    def active(self) -> AnyNode | None:
        """The node that edits act on, None where there is none."""
        return None if self.active_id is None else self.find(self.active_id)

    def find(self, node_id: str) -> AnyNode:
        """Return the node with an id; raises NoSuchLayerError."""
        return tree.find(self.layers, node_id)

    def layer(self, layer_id: str) -> Layer:
        """Return the layer with an id; raises NoSuchLayerError, DocumentError for a group."""
        node = self.find(layer_id)
        if isinstance(node, Layer):
            return node
        raise DocumentError(f"“{node.name}” is a group; choose a layer inside it.")

    def group(self, group_id: str) -> Group:
        """Return the group with an id; raises NoSuchLayerError, DocumentError for a layer."""
        node = self.find(group_id)
        if isinstance(node, Group):
            return node
        raise DocumentError(f"“{node.name}” is not a group.")

    def walk(self) -> Iterator[AnyNode]:
        """Yield every node from the bottom up, each group before what it holds."""
        return walk(self.layers)

    def changed(self, node_id: str, change: Callable[[AnyNode], AnyNode]) -> Self:
        """Return the document with one node replaced by what a function makes of it."""
        return replace(self, layers=tree.changed(self.layers, node_id, lambda n: (change(n),)))

    def planes(self) -> Iterator[Tiles]:
        """Yield every plane of pixels held: layers, masks, the selection."""
        for node in self.walk():
            if isinstance(node, Layer):
                yield node.pixels
            if node.mask is not None:
                yield node.mask.pixels
        if self.selection is not None:
            yield self.selection.pixels
