"""The separate parts of what is selected, as a daemon asks for them to say its plan."""

import cv2
import numpy as np

from scumble_editor.document.formats import Pixels
from scumble_protocol.geometry import Bounds

MOST_PARTS = 64


def parts_of(coverage: Pixels) -> tuple[Bounds, ...]:
    """Return the bounds of the separate parts of a selection [H, W]; none where it is empty.

    Where there are more than a daemon takes, the largest come by themselves and all others
    together.
    """
    around = Bounds.of_mask(coverage)
    if around is None:
        return ()
    inside = (coverage[around.slices] > 0).astype(np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(inside, connectivity=8)
    parts = [
        Bounds(*(int(v) for v in stats[n, :4])).moved(around.x, around.y) for n in range(1, count)
    ]
    parts.sort(key=lambda part: part.area, reverse=True)
    if len(parts) <= MOST_PARTS:
        return tuple(parts)
    rest = parts[MOST_PARTS - 1]
    for part in parts[MOST_PARTS:]:
        rest = rest.union(part)
    return (*parts[: MOST_PARTS - 1], rest)
