"""The soft mask of a plan on the screen: a red film where paint fades, a line where it ends.

Made for the view at hand from the selection as the camera sees it, as the outline of a selection
is. What the daemon does is a little smoother; distances and widths are its own.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from scumble_editor.document.document import Document
from scumble_editor.document.selection import Selection
from scumble_editor.ui.canvas.camera import Camera
from scumble_editor.ui.canvas.outline import seen_selection
from scumble_editor.ui.canvas.premultiplied import PREMULTIPLIED
from scumble_protocol.jobs import Direction

_FILM = (40, 40, 235)  # blue, green, red
_FILM_ALPHA = 150
_LINE, _GAP = np.uint32(0xFFFF6A5C), np.uint32(0x90200808)
_DASH_PX = 5


@dataclass(frozen=True, slots=True)
class Softness:
    """How a selection is softened, in px on the canvas."""

    reach: float  # how far outside the model may change anything
    blend: float  # width of the ramp on which the result fades out
    direction: Direction  # on which side of the edge that is
    lift: float = 0.0  # 0..1, how far the result is opaque from the middle of the ramp on


class SoftMaskView:
    """The picture of one soft mask, kept until selection, camera or softness change."""

    def __init__(self) -> None:
        self._made_for: tuple[Selection, Camera, Softness] | None = None
        self._image: QImage | None = None

    def image(self, document: Document, camera: Camera, softness: Softness) -> QImage | None:
        """Return what to draw over the view; None where nothing of the selection is seen."""
        selection = document.selection
        if selection is None:
            return None
        if self._made_for != (selection, camera, softness):
            self._made_for = selection, camera, softness
            seen = seen_selection(selection, document.bounds, camera)
            self._image = None if seen is None else _drawn(seen, camera.zoom, softness)
        return self._image


def shown_share(
    coverage: NDArray[np.uint8], zoom: float, softness: Softness
) -> NDArray[np.float32]:
    """Return how much of the result will be seen for every pixel of the view: float32 in 0..1."""
    away = signed_distance(coverage)
    width = max(softness.blend * zoom, 1e-3)
    start = {
        Direction.INSIDE: 0.0,
        Direction.CENTRED: width / 2,
        Direction.OUTSIDE: width,
    }[softness.direction]
    ramp = np.clip((start - away) / width, 0, 1)
    smooth = ramp * ramp * (3 - 2 * ramp)
    if softness.direction is Direction.INSIDE:
        smooth = np.minimum(smooth, coverage / np.float32(255))
    opaque = np.minimum(2 * smooth, 1)
    return np.asarray(smooth + (opaque - smooth) * softness.lift, np.float32)


def signed_distance(coverage: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the distance of every pixel to the edge of what is selected, below 0 inside."""
    inside = (coverage > 0).astype(np.uint8)
    outwards = cv2.distanceTransform(1 - inside, cv2.DIST_L2, cv2.DIST_MASK_5)
    inwards = cv2.distanceTransform(inside, cv2.DIST_L2, cv2.DIST_MASK_5)
    return np.asarray(outwards - inwards, np.float32)


def _drawn(coverage: NDArray[np.uint8], zoom: float, softness: Softness) -> QImage:
    height, width = coverage.shape
    share = shown_share(coverage, zoom, softness)
    alpha = 4 * share * (1 - share) * np.float32(_FILM_ALPHA)
    image = QImage(width, height, PREMULTIPLIED)
    view = np.frombuffer(image.bits(), np.uint8).reshape(height, width, 4)
    for channel, value in enumerate(_FILM):
        view[..., channel] = alpha * np.float32(value / 255)
    view[..., 3] = alpha
    away = signed_distance(coverage)
    within = (away <= softness.reach * zoom).astype(np.uint8)
    inner = cv2.erode(within, np.ones((3, 3), np.uint8), borderType=cv2.BORDER_REPLICATE)
    rows, columns = np.nonzero(within - np.asarray(inner, np.uint8))
    dashes = (rows + columns) // _DASH_PX % 2 == 0
    words = np.frombuffer(image.bits(), np.uint32).reshape(height, width)
    words[rows, columns] = np.where(dashes, _LINE, _GAP)
    return image
