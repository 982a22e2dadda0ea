"""The fast twin of `document/composite.py`: the same picture by Qt's raster engine.

It works on one tile of the canvas at a time in 8-bit premultiplied colour. Modes that Qt lacks or
computes otherwise than W3C Compositing 1, and clipped layers, go through the reference. The two
agree within 1/255 a layer.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage, QPainter

from scumble_editor.document.blend import Planes
from scumble_editor.document.composite import clip_runs, render
from scumble_editor.document.formats import Pixels
from scumble_editor.document.layer import AnyNode, Group, Mask
from scumble_editor.document.modes import BlendMode
from scumble_editor.ui.canvas.premultiplied import PREMULTIPLIED, SourceCache
from scumble_protocol.geometry import Bounds

_MODE = QPainter.CompositionMode
QT_MODES = {
    BlendMode.NORMAL: _MODE.CompositionMode_SourceOver,
    BlendMode.MULTIPLY: _MODE.CompositionMode_Multiply,
    BlendMode.SCREEN: _MODE.CompositionMode_Screen,
    BlendMode.OVERLAY: _MODE.CompositionMode_Overlay,
    BlendMode.DARKEN: _MODE.CompositionMode_Darken,
    BlendMode.LIGHTEN: _MODE.CompositionMode_Lighten,
    BlendMode.DIFFERENCE: _MODE.CompositionMode_Difference,
    BlendMode.PLUS: _MODE.CompositionMode_Plus,
    BlendMode.DST_IN: _MODE.CompositionMode_DestinationIn,
    BlendMode.DST_OUT: _MODE.CompositionMode_DestinationOut,
    BlendMode.SRC_ATOP: _MODE.CompositionMode_SourceAtop,
    BlendMode.DST_ATOP: _MODE.CompositionMode_DestinationAtop,
}
"""The modes whose formulas in Qt are those of W3C; measured by the tests."""


_SCALED_FIRST = (BlendMode.PLUS, BlendMode.DST_IN, BlendMode.DST_ATOP)
"""Modes where Qt's opacity mixes the result with the backdrop instead of fading the source."""


class FastCompositor:
    """Lays nodes over each other into images; keeps the premultiplied pixels of recent tiles."""

    def __init__(self, sources: SourceCache | None = None) -> None:
        self._sources = SourceCache() if sources is None else sources

    def composite(self, nodes: Sequence[AnyNode], bounds: Bounds) -> QImage:
        """Return what a stack of nodes, bottom first, shows over nothing in a rectangle."""
        image = blank(bounds)
        self.lay(image, nodes, bounds, ())
        return image

    def lay(
        self,
        target: QImage,
        nodes: Sequence[AnyNode],
        bounds: Bounds,
        beneath: Sequence[AnyNode] | None,
    ) -> None:
        """Lay nodes, bottom first, over an image of a rectangle of the canvas.

        `beneath` are the nodes that made the image, where they are known: bytes of thin paint
        say too little of its colour for the modes that only the reference has.
        """
        known = None if beneath is None else tuple(beneath)
        for base, clipped in clip_runs(nodes):
            run = (base, *clipped)
            if base.visible and (clipped or not self._lay_one(target, base, bounds)):
                _lay_by_reference(target, run, bounds, known)
            known = None if known is None else (*known, *run)

    def _lay_one(self, target: QImage, node: AnyNode, bounds: Bounds) -> bool:
        """Lay one node by Qt; return whether Qt could."""
        if isinstance(node, Group) and node.passes_through:
            self.lay(target, node.children, bounds, None)
            return True
        mode = QT_MODES.get(node.blend_mode)
        if mode is None:
            return False
        source = self._source(node, bounds)
        if source is None:
            if node.blend_mode.clears:
                target.fill(0)
            return True
        opacity = node.opacity
        if opacity < 1 and node.blend_mode in _SCALED_FIRST:
            source, opacity = _faded(source, opacity), 1.0
        painter = QPainter(target)
        painter.setCompositionMode(mode)
        painter.setOpacity(opacity)
        painter.drawImage(0, 0, source)
        painter.end()
        return True

    def _source(self, node: AnyNode, bounds: Bounds) -> QImage | None:
        """Return a node's own paint with its mask applied, its opacity not; None where empty."""
        image: QImage | None
        if isinstance(node, Group):
            image = self.composite(node.children, bounds)
        else:
            image = self._sources.image(node, bounds)
        if image is None or node.mask is None or not node.mask.enabled:
            return image
        return _masked(image, node.mask, bounds)


def blank(bounds: Bounds) -> QImage:
    """Return a transparent image of a rectangle's size."""
    image = QImage(bounds.width, bounds.height, PREMULTIPLIED)
    image.fill(0)
    return image


def pixels_of(image: QImage) -> NDArray[np.uint8]:
    """Return a writable view of an image's memory: bgra premultiplied uint8 [H, W, 4].

    The view is valid as long as the image lives and is not copied on write.
    """
    flat = np.frombuffer(image.bits(), np.uint8)
    view: NDArray[np.uint8] = flat.reshape(image.height(), image.width(), 4)
    return view


def _masked(image: QImage, mask: Mask, bounds: Bounds) -> QImage | None:
    coverage = mask.peek(bounds)
    if coverage is None:
        if mask.pixels.default == mask.pixels.format.white:
            return image
        if mask.pixels.default == 0:
            return None
        coverage = np.full((bounds.height, bounds.width), mask.pixels.default, np.uint8)
    held = np.ascontiguousarray(coverage)
    alpha = QImage(held.data, bounds.width, bounds.height, bounds.width, _ALPHA)
    result = image.copy()
    painter = QPainter(result)
    painter.setCompositionMode(_MODE.CompositionMode_DestinationIn)
    painter.drawImage(0, 0, alpha)
    painter.end()
    return result


_ALPHA = QImage.Format.Format_Alpha8


def _lay_by_reference(
    target: QImage,
    nodes: Sequence[AnyNode],
    bounds: Bounds,
    beneath: tuple[AnyNode, ...] | None,
) -> None:
    view = pixels_of(target)
    if beneath is None or int(view[..., 3].min()) == 255:
        planes = render(nodes, bounds, planes_of(target))
    else:
        planes = render((*beneath, *nodes), bounds, None)
    if planes is None:
        view[...] = 0
    else:
        _write(planes, view)


def _faded(image: QImage, opacity: float) -> QImage:
    result = QImage(image.size(), image.format())
    result.fill(0)
    painter = QPainter(result)
    painter.setOpacity(opacity)
    painter.drawImage(0, 0, image)
    painter.end()
    return result


def planes_of(image: QImage) -> Planes | None:
    """Return an image as premultiplied planes: float32 [4, H, W]; None where all transparent."""
    view = pixels_of(image)
    if not view.any():
        return None
    planes = np.empty((4, *view.shape[:2]), np.float32)
    for plane, channel in zip(planes, (2, 1, 0, 3), strict=True):
        np.multiply(view[..., channel], np.float32(1 / 255), out=plane)
    return planes


def _write(planes: Planes, view: Pixels) -> None:
    alpha = np.minimum(planes[3], 1)
    for plane, channel in zip(planes[:3], (2, 1, 0), strict=True):
        view[..., channel] = np.minimum(plane, alpha) * 255 + 0.5
    view[..., 3] = alpha * 255 + 0.5
