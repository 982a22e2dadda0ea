"""The selection on the screen: marching ants along its half-covered edge, or a red film.

Both are made for the view at hand from the selection as the camera sees it, so their cost does
not grow with how ragged a selection is.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from scumble_editor.document.document import Document
from scumble_editor.document.selection import Selection
from scumble_editor.ui.canvas.camera import Camera
from scumble_editor.ui.canvas.premultiplied import PREMULTIPLIED
from scumble_protocol.geometry import Bounds

_DASH_PX = 4
_FILM_ALPHA = 130


@dataclass(slots=True)
class _Edge:
    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    size: tuple[int, int]


class SelectionView:
    """What is drawn of a selection, kept until the selection or the camera changes."""

    def __init__(self) -> None:
        self._selection: Selection | None = None
        self._camera: Camera | None = None
        self._edge: _Edge | None = None
        self._dashes: tuple[int, QImage] | None = None
        self._film: QImage | None = None
        self._film_of: tuple[Selection | None, Camera] | None = None

    def ants(self, document: Document, camera: Camera, phase: int) -> QImage | None:
        """Return the outline for a view, its dashes moved on by a phase; None where no edge is."""
        selection = document.selection
        if selection is None:
            return None
        if selection is not self._selection or camera != self._camera:
            self._selection, self._camera = selection, camera
            seen = seen_selection(selection, document.bounds, camera)
            self._edge = None if seen is None else _edge_of(seen)
            self._dashes = None
        if self._edge is None:
            return None
        if self._dashes is None or self._dashes[0] != phase:
            self._dashes = phase, _dashed(self._edge, phase)
        return self._dashes[1]

    def film(self, document: Document, camera: Camera) -> QImage | None:
        """Return a red film over everything that is not selected, for painting a quick mask."""
        made_for = (document.selection, camera)
        if self._film_of is None or self._film_of != made_for:
            self._film_of = made_for
            self._film = _film(document, camera)
        return self._film


def seen_selection(
    selection: Selection, canvas: Bounds, camera: Camera
) -> NDArray[np.uint8] | None:
    """Return the coverage for every pixel of the view: uint8 [H, W]; None where none is seen."""
    area = camera.visible().padded(2).intersection(canvas)
    held = selection.pixels.bounds
    if area is None or held is None:
        return None
    area = area.intersection(held)
    if area is None:
        return None
    area = area.padded(1)
    coverage = selection.read(area)
    shrink = 1
    while camera.zoom * shrink <= 0.5:
        shrink *= 2
    if shrink > 1:
        small = max(area.width // shrink, 1), max(area.height // shrink, 1)
        coverage = cv2.resize(coverage, small, interpolation=cv2.INTER_AREA)
    fx, fy = area.width / coverage.shape[1], area.height / coverage.shape[0]
    a, b, c, d, tx, ty = camera.matrix
    # cv2 counts from the middles of pixels, the camera from their corners.
    origin = (
        a * (area.x + fx / 2) + c * (area.y + fy / 2) + tx - 0.5,
        b * (area.x + fx / 2) + d * (area.y + fy / 2) + ty - 0.5,
    )
    matrix = np.array([[a * fx, c * fy, origin[0]], [b * fx, d * fy, origin[1]]])
    width, height = (max(int(side), 1) for side in camera.viewport)
    way = cv2.INTER_NEAREST if camera.zoom >= 2 else cv2.INTER_LINEAR
    seen = cv2.warpAffine(coverage, matrix, (width, height), flags=way)
    return np.asarray(seen, np.uint8)


def _edge_of(seen: NDArray[np.uint8]) -> _Edge:
    inside = (seen >= 128).view(np.uint8)
    inner = cv2.erode(inside, _CROSS, borderType=cv2.BORDER_REPLICATE)
    rows, columns = np.nonzero(inside - np.asarray(inner, np.uint8))
    return _Edge(rows, columns, (seen.shape[0], seen.shape[1]))


_CROSS = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], np.uint8)


def _dashed(edge: _Edge, phase: int) -> QImage:
    height, width = edge.size
    image = QImage(width, height, PREMULTIPLIED)
    image.fill(0)
    view = np.frombuffer(image.bits(), np.uint32).reshape(height, width)
    dark = (edge.rows + edge.columns + phase) // _DASH_PX % 2 == 0
    view[edge.rows, edge.columns] = np.where(dark, np.uint32(0xFF101010), np.uint32(0xFFFFFFFF))
    return image


def _film(document: Document, camera: Camera) -> QImage | None:
    width, height = (max(int(side), 1) for side in camera.viewport)
    whole = seen_selection(Selection.of_rectangle(document.bounds), document.bounds, camera)
    if whole is None:
        return None
    selection = document.selection
    seen = None if selection is None else seen_selection(selection, document.bounds, camera)
    hidden = whole if seen is None else cv2.subtract(whole, seen)
    alpha = hidden.astype(np.float32) * np.float32(_FILM_ALPHA / 255)
    image = QImage(width, height, PREMULTIPLIED)
    view = np.frombuffer(image.bits(), np.uint8).reshape(height, width, 4)
    for channel, value in enumerate((50, 30, 235)):
        view[..., channel] = alpha * np.float32(value / 255)
    view[..., 3] = alpha
    return image
