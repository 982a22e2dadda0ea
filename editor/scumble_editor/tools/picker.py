"""Takes colours from the picture."""

from typing import ClassVar

import numpy as np

from scumble_editor.document.formats import Pixels
from scumble_editor.document.layer import Layer
from scumble_editor.tools.options import Choice, Option, Slider
from scumble_editor.tools.pointer import PointerEvent
from scumble_editor.tools.stage import Rgb, Stage
from scumble_editor.tools.tool import Tool
from scumble_protocol.geometry import Bounds


class Picker(Tool):
    """Click to take the foreground colour, right-click for the background colour."""

    id = "picker"
    title = "Colour picker"
    tip = "Take a colour from the picture"
    hint = "Click to take the foreground colour, right-click for the background colour."
    icon = "picker"
    shortcut = "P"
    options: ClassVar[tuple[Option, ...]] = (
        Choice(
            "source",
            "From",
            "Where colours are taken from",
            (("merged", "All layers", ""), ("layer", "Active layer", "")),
            "merged",
        ),
        Slider("side", "Average", "Side of the square that is averaged", 1, 31, 1, 0, " px"),
    )

    def press(self, event: PointerEvent, stage: Stage) -> None:
        """Take the colour under the pointer."""
        side = int(self.values.number("side"))
        area = Bounds(int(event.x // 1) - side // 2, int(event.y // 1) - side // 2, side, side)
        inside = area.intersection(stage.document.bounds)
        if inside is None:
            return
        node = stage.document.active
        if self.values.text("source") == "layer" and isinstance(node, Layer):
            colour = mean_colour(node.read(inside))
        else:
            colour = mean_colour(stage.merged(inside))
        if colour is not None:
            stage.pick(colour, event.secondary)

    def drag(self, event: PointerEvent, stage: Stage) -> None:
        """Take colours along the way."""
        self.press(event, stage)


def mean_colour(rgba: Pixels) -> Rgb | None:
    """Return the mean of rgba: uint8 [H, W, 4] by coverage; None where nothing is covered."""
    alpha = rgba[..., 3:].astype(np.float64)
    total = float(alpha.sum())
    if total == 0:
        return None
    mean = (rgba[..., :3] * alpha).sum(axis=(0, 1)) / total
    red, green, blue = (round(float(channel)) for channel in mean)
    return red, green, blue
