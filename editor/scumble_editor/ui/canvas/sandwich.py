"""What lies beneath and above the layer in hand, folded so that a stroke costs the same each time.

Over an opaque picture, normal, multiply, screen and hard light are straight lines: each channel
becomes `dark + (light - dark) * backdrop`, where dark and light are what the layers above make of
black and of white. A whole stack of such layers is one straight line again, computed once.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
from PySide6.QtGui import QImage, QPainter

from scumble_editor.document.formats import Pixels
from scumble_editor.document.layer import AnyNode, walk
from scumble_editor.document.modes import BlendMode
from scumble_editor.ui.canvas.fast import FastCompositor, blank, pixels_of
from scumble_protocol.geometry import Bounds

_LINES = (
    BlendMode.NORMAL,
    BlendMode.MULTIPLY,
    BlendMode.SCREEN,
    BlendMode.HARD_LIGHT,
    BlendMode.SRC_ATOP,
)
_WHITE = 0xFFFFFFFF
_BLACK = 0xFF000000


@dataclass(frozen=True, slots=True)
class Sandwich:
    """The images of one tile beneath and above the layer in hand.

    Attributes:
        above: what lies above as one image, where all of it is laid normally.
        line: else what it makes of black, and how much more of white: bgra uint8 [H, W, 4]; None
            where it is no straight line.
    """

    below: QImage
    above: QImage | None
    line: tuple[Pixels, Pixels] | None
    below_nodes: tuple[AnyNode, ...]
    above_nodes: tuple[AnyNode, ...]

    @classmethod
    def of(
        cls,
        compositor: FastCompositor,
        bounds: Bounds,
        below: tuple[AnyNode, ...],
        above: tuple[AnyNode, ...],
    ) -> "Sandwich":
        """Composite both sides of a tile."""
        beneath = compositor.composite(below, bounds)
        plain = all(
            not node.visible
            or (node.blend_mode is BlendMode.NORMAL and not getattr(node, "passes_through", False))
            for node in above
        )
        if plain:
            return cls(beneath, compositor.composite(above, bounds), None, below, above)
        straight = all(not node.visible or node.blend_mode in _LINES for node in walk(above))
        line = _line(compositor, bounds, above) if straight and _opaque(beneath) else None
        return cls(beneath, None, line, below, above)

    def fits(self, below: Sequence[AnyNode], above: Sequence[AnyNode]) -> bool:
        """Tell whether this was made of these nodes."""
        return _same(self.below_nodes, below) and _same(self.above_nodes, above)

    @property
    def nbytes(self) -> int:
        """The memory it takes."""
        parts = 1 + (self.above is not None) + 2 * (self.line is not None)
        return int(self.below.sizeInBytes()) * parts

    def filled(self, compositor: FastCompositor, node: AnyNode, bounds: Bounds) -> QImage:
        """Return the tile with the node between what is beneath and what is above."""
        image = self.below.copy()
        compositor.lay(image, (node,), bounds, self.below_nodes)
        if self.above is not None:
            painter = QPainter(image)
            painter.drawImage(0, 0, self.above)
            painter.end()
        elif self.line is not None and _opaque(image):
            dark, rise = self.line
            view = pixels_of(image)
            cv2.multiply(view, rise, view, scale=1 / 255)
            cv2.add(view, dark, view)
        else:
            compositor.lay(image, self.above_nodes, bounds, (*self.below_nodes, node))
        return image


def _line(
    compositor: FastCompositor, bounds: Bounds, above: tuple[AnyNode, ...]
) -> tuple[Pixels, Pixels]:
    ends = []
    for colour in (_BLACK, _WHITE):
        image = blank(bounds)
        image.fill(colour)
        compositor.lay(image, above, bounds, None)
        ends.append(pixels_of(image).copy())
    dark, light = ends
    return dark, cv2.subtract(light, dark)


def _opaque(image: QImage) -> bool:
    return int(pixels_of(image)[..., 3].min()) == 255


def _same(before: Sequence[AnyNode], after: Sequence[AnyNode]) -> bool:
    return len(before) == len(after) and all(a is b for a, b in zip(before, after, strict=True))
