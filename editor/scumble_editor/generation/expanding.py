"""A canvas that grows: the room that comes, and the selection that a model paints it through."""

from dataclasses import replace

import numpy as np

from scumble_editor.document.document import Document
from scumble_editor.document.edits import canvas
from scumble_editor.document.errors import DocumentError
from scumble_editor.document.selection import Selection
from scumble_editor.generation.settings import Sides
from scumble_protocol.geometry import Bounds, Extent

OVERLAP = 1 / 16  # of the picture's shorter side: where old and new are blended
LONGEST_OVERLAP_PX = 48


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
    overlap = min(round(old.shortest_side * OVERLAP), LONGEST_OVERLAP_PX)
    kept = Bounds.of_edges(
        sides.left + overlap * bool(sides.left),
        sides.top + overlap * bool(sides.top),
        sides.left + old.width - overlap * bool(sides.right),
        sides.top + old.height - overlap * bool(sides.bottom),
    )
    coverage = np.full((size.height, size.width), 255, np.uint8)
    coverage[kept.slices] = 0
    return replace(larger, selection=Selection.of(coverage))
