"""A canvas that grows: the room that comes, and the selection that a model paints it through."""

from dataclasses import replace

import numpy as np

from scumble_editor.document.document import Document
from scumble_editor.document.edits import canvas
from scumble_editor.document.errors import DocumentError
from scumble_editor.document.selection import Selection
from scumble_editor.generation.settings import Sides
from scumble_protocol.geometry import Bounds, Extent

LONGEST_OVERLAP_PX = 32
_SHARE = 1 / 4  # of the picture's shorter side, at most
_SPARE_PX = 6  # the edge of a result fades over this much more than its feather


def expanded(document: Document, sides: Sides) -> Document:
    """Return the document with a larger canvas on which the new room is selected.

    The selection reaches a little into the picture, so that the seam lies where there is paint
    on both sides. Raises DocumentError where no side grows.
    """
    if not sides.any:
        raise DocumentError(
            "No side was chosen, so nothing was painted. Say by how many pixels the canvas grows."
        )
    old = document.size
    size = Extent(
        old.width + sides.left + sides.right,
        old.height + sides.top + sides.bottom,
    )
    larger = canvas.resize_canvas(document, size, sides.left, sides.top)
    overlap = _overlap_px(old)
    kept = Bounds.of_edges(
        sides.left + overlap * bool(sides.left),
        sides.top + overlap * bool(sides.top),
        sides.left + old.width - overlap * bool(sides.right),
        sides.top + old.height - overlap * bool(sides.bottom),
    )
    coverage = np.full((size.height, size.width), 255, np.uint8)
    coverage[kept.slices] = 0
    return replace(larger, selection=Selection.of(coverage))


def feather_px(document: Document, sides: Sides) -> float:
    """Return how wide an edge may fade so that the room that came is painted in full.

    document: as it has become, with the sides grown.
    """
    width = document.size.width - sides.left - sides.right
    height = document.size.height - sides.top - sides.bottom
    return float(max(_overlap_px(Extent(max(width, 1), max(height, 1))) - _SPARE_PX, 0))


def _overlap_px(size: Extent) -> int:
    """Return how far the selection reaches into a picture: where old and new are blended."""
    return min(round(size.shortest_side * _SHARE), LONGEST_OVERLAP_PX)
