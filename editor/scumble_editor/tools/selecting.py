"""What the tools that select share."""

from scumble_editor.document.selection import Combine, Selection
from scumble_editor.tools import outlines
from scumble_editor.tools.combining import combined
from scumble_editor.tools.options import Toggle
from scumble_editor.tools.stage import Stage
from scumble_editor.tools.tool import Tool

SMOOTH = Toggle("smooth", "Smooth edge", "Select pixels at the edge by a part", True)
CLICK_PX = 3.0
"""On the screen; a shorter drag is a click."""


class Selecting(Tool):
    """What the selecting tools share: how to combine, a soft edge, one step a gesture."""

    def __init__(self) -> None:
        super().__init__()
        self._how = Combine.REPLACE

    def _select(self, fresh: Selection, stage: Stage) -> None:
        document = stage.document
        soft = outlines.softened(fresh, self.values.number("feather"), document.bounds)
        stage.commit(combined(document, soft, self._how), self.title)
