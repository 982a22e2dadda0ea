"""All tools, in the order in which they are shown."""

from scumble_editor.tools.brush import Brush, Clone, EraserTool, Pencil
from scumble_editor.tools.picker import Picker
from scumble_editor.tools.tool import Tool

GROUPS: tuple[tuple[type[Tool], ...], ...] = ((Brush, EraserTool, Pencil, Clone), (Picker,))
"""The kinds of tools that belong together."""


def make_tools() -> list[Tool]:
    """Return one of each tool."""
    return [kind() for group in GROUPS for kind in group]
