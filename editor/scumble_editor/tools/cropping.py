"""Cuts the canvas to a rectangle that is dragged and adjusted first."""

from typing import ClassVar

from scumble_editor.document.edits.canvas import crop
from scumble_editor.tools.handles import Grip, grips_of, nearest
from scumble_editor.tools.options import Choice, Option, Toggle
from scumble_editor.tools.outlines import rectangle
from scumble_editor.tools.pointer import PointerEvent
from scumble_editor.tools.shapes import Handle, Label, Path, Place, Shade, Shape, box
from scumble_editor.tools.stage import Stage
from scumble_editor.tools.tool import Tool

_RATIOS = {"free": None, "1:1": 1.0, "4:3": 4 / 3, "3:2": 1.5, "16:9": 16 / 9, "original": 0.0}


class Crop(Tool):
    """A rectangle with handles; Enter cuts, Escape drops it."""

    id = "crop"
    title = "Crop"
    tip = "Cut the picture to a rectangle"
    hint = "Drag a rectangle, adjust it by its handles; Enter crops, Esc drops it."
    icon = "crop"
    shortcut = "C"
    options: ClassVar[tuple[Option, ...]] = (
        Choice(
            "ratio",
            "Ratio",
            "Keeps width to height",
            (
                ("free", "Free", ""),
                ("original", "As the picture", ""),
                ("1:1", "1 : 1", ""),
                ("4:3", "4 : 3", ""),
                ("3:2", "3 : 2", ""),
                ("16:9", "16 : 9", ""),
            ),
            "free",
        ),
        Toggle("outside", "Keep what is outside", "Paint outside the canvas is kept hidden", False),
        Toggle("thirds", "Show thirds", "Lines that help to compose", True),
    )

    def __init__(self) -> None:
        super().__init__()
        self._box: tuple[Place, Place] | None = None
        self._grip: Grip | None = None
        self._hot: Grip | None = None
        self._start: Place = (0, 0)
        self._held: tuple[Place, Place] = ((0, 0), (0, 0))

    def press(self, event: PointerEvent, stage: Stage) -> None:
        """Take hold of a handle or of the inside, or begin another rectangle."""
        place = (event.x, event.y)
        self._start = place
        self._grip = None if self._box is None else nearest(self._corners(), place, stage.zoom)
        if self._grip is None:
            self._box = (place, place)
            self._grip = Grip.BOTTOM_RIGHT
        self._held = self._box if self._box is not None else (place, place)

    def drag(self, event: PointerEvent, stage: Stage) -> None:
        """Adjust."""
        if self._grip is None:
            return
        dx, dy = event.x - self._start[0], event.y - self._start[1]
        (left, top), (right, bottom) = self._held
        if self._grip is Grip.INSIDE:
            self._box = ((left + dx, top + dy), (right + dx, bottom + dy))
        else:
            across, down = self._grip.value
            left, right = (left + dx, right) if across < 0 else (left, right + dx * across)
            top, bottom = (top + dy, bottom) if down < 0 else (top, bottom + dy * down)
            self._box = self._kept((left, top), (right, bottom), stage)
        stage.redraw()

    def release(self, event: PointerEvent, stage: Stage) -> None:
        """Put the corners in order and wait for Enter."""
        self._grip = None
        if self._box is not None:
            area = rectangle(*self._box)
            if area.width < 1 or area.height < 1:
                self._box = None
            else:
                self._box = ((area.left, area.top), (area.right, area.bottom))
        stage.redraw()

    def hover(self, event: PointerEvent, stage: Stage) -> None:
        """Light up the handle under the pointer."""
        hot = None
        if self._box is not None:
            hot = nearest(self._corners(), (event.x, event.y), stage.zoom)
        if hot is not self._hot:
            self._hot = hot
            stage.redraw()

    def double_press(self, event: PointerEvent, stage: Stage) -> None:
        """Cut."""
        del event
        self.confirm(stage)

    def confirm(self, stage: Stage) -> bool:
        """Cut the canvas to the rectangle."""
        chosen, self._box = self._box, None
        if chosen is None:
            return False
        area = rectangle(*chosen)
        stage.redraw()
        if area.width < 1 or area.height < 1:
            return False
        keep = self.values.flag("outside")
        stage.commit(crop(stage.document, area, keep_outside=keep), "Crop")
        return True

    def leave(self, stage: Stage) -> None:
        """Drop the rectangle: taking another tool must not cut the picture."""
        self.cancel(stage)

    def cancel(self, stage: Stage) -> None:
        """Drop the rectangle."""
        self._box = self._grip = None
        stage.redraw()

    @property
    def busy(self) -> bool:
        """Whether there is a rectangle."""
        return self._box is not None

    def overlay(self, stage: Stage) -> tuple[Shape, ...]:
        """Return the rectangle, what it cuts away, and its handles."""
        del stage
        if self._box is None:
            return ()
        first, second = self._box
        area = rectangle(first, second)
        handles = tuple(
            Handle(place, hot=grip is self._hot)
            for grip, place in grips_of(self._corners()).items()
        )
        size = Label(second, f"{area.width} × {area.height}")
        thirds = _thirds(first, second) if self.values.flag("thirds") else ()
        return (Shade(first, second), *thirds, box(first, second), *handles, size)

    def _corners(self) -> tuple[Place, ...]:
        (left, top), (right, bottom) = self._box or ((0, 0), (0, 0))
        return ((left, top), (right, top), (right, bottom), (left, bottom))

    def _kept(self, first: Place, second: Place, stage: Stage) -> tuple[Place, Place]:
        ratio = _RATIOS[self.values.text("ratio")]
        if ratio is None or self._grip is None:
            return first, second
        size = stage.document.size
        ratio = ratio or size.width / size.height
        across, down = self._grip.value
        width, height = abs(second[0] - first[0]), abs(second[1] - first[1])
        if across == 0 or (down != 0 and width / ratio < height):
            width = height * ratio
        else:
            height = width / ratio
        x = second[0] - width if across < 0 else first[0]
        y = second[1] - height if down < 0 else first[1]
        return (x, y), (x + width, y + height)


def _thirds(first: Place, second: Place) -> tuple[Path, ...]:
    (left, top), (right, bottom) = first, second
    lines = []
    for part in (1 / 3, 2 / 3):
        x, y = left + (right - left) * part, top + (bottom - top) * part
        lines += [Path(((x, top), (x, bottom))), Path(((left, y), (right, y)))]
    return tuple(lines)
