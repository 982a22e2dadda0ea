"""Paints with pixels from another place of the same layer."""

from typing import ClassVar

from scumble_editor.document.errors import DocumentError
from scumble_editor.tools.brush import (
    FLOW,
    HARDNESS,
    OPACITY,
    SIZE,
    SIZE_BY_PRESSURE,
    SPACING,
    Brush,
)
from scumble_editor.tools.options import Option, Slider, Toggle
from scumble_editor.tools.paints import Copy, Paint
from scumble_editor.tools.paths import Nib
from scumble_editor.tools.planes import Plane
from scumble_editor.tools.pointer import PointerEvent
from scumble_editor.tools.shapes import Path, Shape
from scumble_editor.tools.stage import Stage


class Clone(Brush):
    """Paints with pixels from another place of the same layer."""

    id = "clone"
    title = "Clone"
    tip = "Copy pixels from another place"
    hint = "Ctrl-click (or Alt-click) where to copy from, then drag where to paint."
    icon = "clone"
    shortcut = "S"
    label = "Clone stroke"
    options: ClassVar[tuple[Option, ...]] = (
        SIZE,
        Slider("hardness", "Hardness", HARDNESS.tip, 0, 100, 50, 0, " %"),
        OPACITY,
        FLOW,
        SPACING,
        SIZE_BY_PRESSURE,
        Toggle(
            "aligned", "Aligned", "Keep the distance from stroke to stroke, or start over", True
        ),
    )

    def __init__(self) -> None:
        super().__init__()
        self._source: tuple[float, float] | None = None
        self._shift: tuple[int, int] | None = None
        self._at: tuple[float, float] | None = None

    def press(self, event: PointerEvent, stage: Stage) -> None:
        """Choose where to copy from, or begin to paint."""
        if event.keys.ctrl or event.keys.alt:
            self._source, self._shift = (event.x, event.y), None
            stage.hint("Now drag where the copy is to go.")
            stage.redraw()
            return
        if self._source is None:
            raise DocumentError("Nothing to copy yet: Ctrl-click the place to copy from first.")
        if self._shift is None or not self.values.flag("aligned"):
            self._shift = round(self._source[0] - event.x), round(self._source[1] - event.y)
        super().press(event, stage)

    def drag(self, event: PointerEvent, stage: Stage) -> None:
        """Go on painting and show where the copy comes from."""
        self._at = (event.x, event.y)
        super().drag(event, stage)
        stage.redraw()

    def hover(self, event: PointerEvent, stage: Stage) -> None:
        """Show where the copy would come from."""
        self._at = (event.x, event.y)
        if self._source is not None:
            stage.redraw()

    def overlay(self, stage: Stage) -> tuple[Shape, ...]:
        """Return a cross where pixels are copied from."""
        if self._source is None:
            return ()
        x, y = self._source
        if self._shift is not None and self._at is not None:
            x, y = self._at[0] + self._shift[0], self._at[1] + self._shift[1]
        arm = 7 / stage.zoom
        return (Path(((x - arm, y), (x + arm, y))), Path(((x, y - arm), (x, y + arm))))

    def _nib(self) -> Nib:
        values = self.values
        return Nib(
            size_px=values.number("size"),
            hardness=values.number("hardness") / 100,
            flow=values.number("flow") / 100,
            spacing=values.number("spacing") / 100,
            size_by_pressure=values.flag("size_by_pressure"),
        )

    def _paint(self, event: PointerEvent, plane: Plane, stage: Stage) -> Paint:
        del event, stage
        dx, dy = self._shift or (0, 0)
        return Copy(plane.tiles, dx, dy, plane.alpha_locked)
