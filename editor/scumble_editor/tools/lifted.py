"""Pixels lifted off a layer, to be moved or transformed and laid down again."""

from dataclasses import dataclass, replace

import numpy as np

from scumble_editor.document.blocks import Draft
from scumble_editor.document.document import Document
from scumble_editor.document.edits import pixels as edits
from scumble_editor.document.edits.selection import move_selection
from scumble_editor.document.edits.transforms import Matrix, transform
from scumble_editor.document.errors import DocumentError
from scumble_editor.document.formats import Pixels
from scumble_editor.document.layer import Layer
from scumble_editor.document.pixel_math import premultiplied, straight
from scumble_editor.document.selection import Selection
from scumble_editor.document.tiles import Tiles, keys_of, tile_bounds
from scumble_protocol.geometry import Bounds, Point


@dataclass(frozen=True, slots=True)
class Lifted:
    """What was selected of a layer, and the document without it."""

    rest: Document
    layer_id: str
    part: Layer

    @classmethod
    def of(cls, document: Document, layer_id: str) -> "Lifted":
        """Lift what is selected; raises DocumentError where there is no paint."""
        lifted = edits.copied(document, layer_id)
        if lifted is None or not lifted[0][..., 3].any():
            raise DocumentError("There is no paint in what is selected; nothing was moved.")
        pixels, at = lifted
        return cls(edits.clear(document, layer_id), layer_id, Layer(pixels=Tiles.of(pixels, at)))

    def moved(self, dx: int, dy: int) -> Document:
        """Return the document with the pixels laid down elsewhere, the selection with them."""
        laid = self._laid(self.part.moved(dx, dy))
        return move_selection(laid, dx, dy)

    def transformed(self, matrix: Matrix, draft: Draft | None = None) -> Document:
        """Return the document with the pixels laid down through a matrix on places."""
        alone = Document(size=self.rest.size, layers=(self.part,), active_id=self.part.id)
        laid = self._laid(transform(alone, self.part.id, matrix, draft).layer(self.part.id))
        selection = self.rest.selection
        if selection is None:
            return laid
        mask = _as_layer(selection)
        holder = Document(size=self.rest.size, layers=(mask,), active_id=mask.id)
        warped = transform(holder, mask.id, matrix, draft).layer(mask.id)
        coverage = warped.read(self.rest.bounds)[..., 3]
        return replace(laid, selection=Selection.of(np.ascontiguousarray(coverage)))

    def _laid(self, part: Layer) -> Document:
        layer = self.rest.layer(self.layer_id)
        area = part.content_bounds()
        inside = None if area is None else area.intersection(self.rest.bounds)
        if inside is None:
            return self.rest
        fresh = layer
        for key in keys_of(inside):
            place = tile_bounds(key).intersection(inside)
            if place is not None:
                fresh = fresh.written(over(part.read(place), fresh.read(place)), _corner(place))
        return self.rest.changed(self.layer_id, lambda _: fresh)


def lifted_bounds(document: Document, layer: Layer) -> Bounds | None:
    """Return the rectangle around what is selected of a layer's paint, None where nothing is."""
    selection = document.selection
    area = layer.content_bounds()
    if selection is None or area is None:
        return area
    found: Bounds | None = None
    for key in selection.pixels.keys_in(area):
        place = tile_bounds(key).intersection(area)
        pixels = None if place is None else layer.peek(place)
        if place is None or pixels is None:
            continue
        inside = Bounds.of_mask(np.minimum(pixels[..., 3], selection.read(place)))
        if inside is not None:
            inside = inside.moved(place.x, place.y)
            found = inside if found is None else found.union(inside)
    return found


def over(top: Pixels, below: Pixels) -> Pixels:
    """Return rgba laid over rgba: uint8 [H, W, 4], straight alpha; untouched where clear."""
    source, backdrop = premultiplied(top), premultiplied(below)
    mixed = straight(source + backdrop * (1 - source[..., 3:] / 255))
    return np.where(top[..., 3:] == 0, below, mixed)


def _as_layer(selection: Selection) -> Layer:
    area = selection.bounds or Bounds(0, 0, 1, 1)
    coverage = selection.read(area)
    rgba = np.zeros((*coverage.shape, 4), np.uint8)
    rgba[..., 3] = coverage
    return Layer(pixels=Tiles.of(rgba, _corner(area)))


def _corner(area: Bounds) -> Point:
    return Point(area.x, area.y)
