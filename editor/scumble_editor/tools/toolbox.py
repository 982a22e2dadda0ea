"""All tools, in the order in which they are shown."""

from scumble_editor.tools.box_selections import EllipseSelect, RectangleSelect
from scumble_editor.tools.brush import Brush, EraserTool, Pencil
from scumble_editor.tools.clone import Clone
from scumble_editor.tools.cropping import Crop
from scumble_editor.tools.filling import BucketFill, Gradient
from scumble_editor.tools.moving import Move
from scumble_editor.tools.picker import Picker
from scumble_editor.tools.selections import Lasso, PolygonSelect, Wand
from scumble_editor.tools.tool import Tool
from scumble_editor.tools.transforming import Transform

GROUPS: tuple[tuple[type[Tool], ...], ...] = (
    (Brush, EraserTool, Pencil, Clone),
    (BucketFill, Gradient, Picker),
    (RectangleSelect, EllipseSelect, Lasso, PolygonSelect, Wand),
    (Move, Transform, Crop),
)
"""The kinds of tools that belong together."""


def make_tools() -> list[Tool]:
    """Return one of each tool."""
    return [kind() for group in GROUPS for kind in group]
