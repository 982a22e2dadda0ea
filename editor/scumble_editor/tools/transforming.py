"""Scales, rotates, skews and distorts a layer or what is selected of it, seen as it happens."""

import math
from typing import ClassVar

import cv2
import numpy as np
from numpy.typing import NDArray

from scumble_editor.document.document import Document
from scumble_editor.document.edits.transforms import Matrix, transform
from scumble_editor.document.errors import DocumentError
from scumble_editor.document.layer import Layer
from scumble_editor.tools.handles import Grip, grips_of, nearest
from scumble_editor.tools.lifted import Lifted
from scumble_editor.tools.options import Choice, Option
from scumble_editor.tools.pointer import PointerEvent
from scumble_editor.tools.shapes import Handle, Label, Path, Place, Shape
from scumble_editor.tools.stage import Stage
from scumble_editor.tools.tool import Tool, paintable

Corners = tuple[Place, ...]


class Transform(Tool):
    """A box around the paint: drag handles to stretch it, outside it to turn it.

    Corners and sides move freely with Ctrl: perspective and skew.
    """

    id = "transform"
    title = "Transform"
    tip = "Scale, rotate, skew or distort"
    hint = (
        "Drag handles to scale (Shift keeps proportions), outside to rotate, inside to move; "
        "Ctrl skews and distorts. Enter applies, Esc drops."
    )
    icon = "transform"
    shortcut = "Ctrl+T"
    options: ClassVar[tuple[Option, ...]] = (
        Choice(
            "way",
            "Corners",
            "What dragging a corner does",
            (("scale", "Scale and rotate", ""), ("distort", "Perspective", "")),
            "scale",
        ),
    )

    def __init__(self) -> None:
        super().__init__()
        self._before: Document | None = None
        self._lifted: Lifted | None = None
        self._box: Corners = ()
        self._corners: Corners = ()
        self._held: Corners = ()
        self._grip: Grip | None = None
        self._hot: Grip | None = None
        self._start: Place = (0, 0)

    def press(self, event: PointerEvent, stage: Stage) -> None:
        """Put the box up where there is none, and take hold of it."""
        if not self._corners or self._before is not stage.document:
            self._begin(stage)
        self._start = (event.x, event.y)
        self._held = self._corners
        self._grip = nearest(self._corners, self._start, stage.zoom) or Grip.OUTSIDE
        stage.redraw()

    def drag(self, event: PointerEvent, stage: Stage) -> None:
        """Stretch, turn, move or distort."""
        if self._grip is None:
            return
        at = (event.x, event.y)
        free = event.keys.ctrl or (self.values.text("way") == "distort" and self._grip.corner)
        if self._grip is Grip.INSIDE:
            self._corners = _shifted(self._held, at[0] - self._start[0], at[1] - self._start[1])
        elif self._grip is Grip.OUTSIDE:
            self._corners = _turned(self._held, self._start, at, stepped=event.keys.shift)
        elif free:
            self._corners = _pulled(self._held, self._grip, self._start, at)
        else:
            self._corners = _stretched(
                self._held,
                self._grip,
                (at[0] - self._start[0], at[1] - self._start[1]),
                proportional=event.keys.shift,
                centred=event.keys.alt,
            )
        self._show(stage)

    def release(self, event: PointerEvent, stage: Stage) -> None:
        """Let go; the box stays up."""
        self._grip = None
        stage.redraw()

    def hover(self, event: PointerEvent, stage: Stage) -> None:
        """Put the box up at first, and light up the handle under the pointer."""
        if not self._corners or self._before is not stage.document:
            node = stage.document.active
            if isinstance(node, Layer) and not node.locked and node.visible:
                self._begin_quietly(stage)
            return
        hot = nearest(self._corners, (event.x, event.y), stage.zoom)
        if hot is not self._hot:
            self._hot = hot
            stage.redraw()

    def nudge(self, dx: int, dy: int, stage: Stage) -> bool:
        """Move by whole pixels."""
        if not self._corners:
            return False
        self._corners = _shifted(self._corners, dx, dy)
        self._show(stage)
        return True

    def double_press(self, event: PointerEvent, stage: Stage) -> None:
        """Apply."""
        del event
        self.confirm(stage)

    def confirm(self, stage: Stage) -> bool:
        """Record what the box shows."""
        if not self._corners or self._before is None:
            return False
        changed = self._corners != self._box
        try:
            result = self._result() if changed else None
        finally:
            before = self._before
            self._forget()
            stage.redraw()
        if result is not None and before is stage.document:
            stage.commit(result, "Transform")
        else:
            stage.preview(None)
        return changed

    def cancel(self, stage: Stage) -> None:
        """Put everything back."""
        self._forget()
        stage.preview(None)
        stage.redraw()

    @property
    def busy(self) -> bool:
        """Whether the box is changed."""
        return bool(self._corners) and self._corners != self._box

    def overlay(self, stage: Stage) -> tuple[Shape, ...]:
        """Return the box and its handles."""
        if not self._corners or self._before is not stage.document:
            return ()
        handles = tuple(
            Handle(place, hot=grip is self._hot) for grip, place in grips_of(self._corners).items()
        )
        box = Path(self._corners, closed=True)
        if self._grip is None:
            return (box, *handles)
        return (box, *handles, Label(self._corners[2], _described(self._box, self._corners)))

    def _begin_quietly(self, stage: Stage) -> None:
        try:
            self._begin(stage)
        except DocumentError:  # the painter has only moved the pointer; a press will tell why
            return

    def _begin(self, stage: Stage) -> None:
        document = stage.document
        layer = paintable(document)
        lifted = Lifted.of(document, layer.id) if document.selection is not None else None
        part = layer if lifted is None else lifted.part
        area = part.content_bounds()
        if area is None:
            raise DocumentError(f"“{layer.name}” is empty; there is nothing to transform.")
        self._before, self._lifted = document, lifted
        left, top, right, bottom = (float(v) for v in (area.x, area.y, area.right, area.bottom))
        self._box = ((left, top), (right, top), (right, bottom), (left, bottom))
        self._corners = self._box
        stage.redraw()

    def _result(self) -> Document:
        if self._before is None:
            raise DocumentError("Nothing is held; nothing was changed.")
        matrix = matrix_of(self._box, self._corners)
        if self._lifted is not None:
            return self._lifted.transformed(matrix)
        return transform(self._before, paintable(self._before).id, matrix)

    def _show(self, stage: Stage) -> None:
        if self._before is not stage.document:
            self._forget()
            return
        try:
            stage.preview(self._result())
        except DocumentError as error:
            stage.hint(str(error))
        stage.redraw()

    def _forget(self) -> None:
        self._before = self._lifted = self._grip = self._hot = None
        self._box = self._corners = self._held = ()


def matrix_of(box: Corners, corners: Corners) -> Matrix:
    """Return the matrix that takes the corners of one quadrilateral to those of another."""
    before, after = np.array(box, np.float32), np.array(corners, np.float32)
    found: NDArray[np.float64] = np.asarray(cv2.getPerspectiveTransform(before, after))
    if not np.isfinite(found).all() or abs(float(np.linalg.det(found))) < 1e-9:
        raise DocumentError("That would fold the picture up; nothing was changed.")
    rows = [(float(row[0]), float(row[1]), float(row[2])) for row in found]
    return rows[0], rows[1], rows[2]


def _shifted(corners: Corners, dx: float, dy: float) -> Corners:
    dx, dy = round(dx), round(dy)
    return tuple((x + dx, y + dy) for x, y in corners)


def _turned(corners: Corners, start: Place, at: Place, *, stepped: bool) -> Corners:
    x, y = _centre(corners)
    turn = math.atan2(at[1] - y, at[0] - x) - math.atan2(start[1] - y, start[0] - x)
    if stepped:
        turn = round(turn / (math.pi / 12)) * (math.pi / 12)
    cos, sin = math.cos(turn), math.sin(turn)
    return tuple(
        (x + (px - x) * cos - (py - y) * sin, y + (px - x) * sin + (py - y) * cos)
        for px, py in corners
    )


def _pulled(corners: Corners, grip: Grip, start: Place, at: Place) -> Corners:
    """Move one corner alone, or both ends of a side: perspective and skew."""
    dx, dy = at[0] - start[0], at[1] - start[1]
    moved = _ends(grip)
    return tuple(
        (x + dx, y + dy) if index in moved else (x, y) for index, (x, y) in enumerate(corners)
    )


def _stretched(
    corners: Corners, grip: Grip, drag: Place, *, proportional: bool, centred: bool
) -> Corners:
    """Scale along the box's own axes, with the other side or the middle kept in place."""
    first, second, _, fourth = (np.array(corner, np.float64) for corner in corners)
    across, down = grip.value
    axes = second - first, fourth - first
    lengths = [max(float(np.hypot(*axis)), 1e-6) for axis in axes]
    factors = []
    for axis, length, side in zip(axes, lengths, (across, down), strict=True):
        along = float(np.dot(np.array(drag), axis / length)) * side
        factors.append(1 + along * (2 if centred else 1) / length if side else 1.0)
    if proportional:
        strongest = max(factors, key=lambda factor: abs(factor - 1))
        factors = [strongest, strongest]
    factors = [factor if abs(factor) > 0.01 else 0.01 for factor in factors]
    anchor_u = 0.5 if centred or across == 0 else (0.0 if across > 0 else 1.0)
    anchor_v = 0.5 if centred or down == 0 else (0.0 if down > 0 else 1.0)
    fixed = first + axes[0] * anchor_u + axes[1] * anchor_v
    result = []
    for u, v in ((0, 0), (1, 0), (1, 1), (0, 1)):
        place = (
            fixed + axes[0] * (u - anchor_u) * factors[0] + axes[1] * (v - anchor_v) * factors[1]
        )
        result.append((float(place[0]), float(place[1])))
    return tuple(result)


def _ends(grip: Grip) -> tuple[int, ...]:
    """Return which corners a handle belongs to, counted clockwise from the upper left one."""
    across, down = grip.value
    places = ((-1, -1), (1, -1), (1, 1), (-1, 1))
    return tuple(
        index for index, (x, y) in enumerate(places) if across in (0, x) and down in (0, y)
    )


def _centre(corners: Corners) -> Place:
    return sum(x for x, _ in corners) / 4, sum(y for _, y in corners) / 4


def _described(box: Corners, corners: Corners) -> str:
    def side(quad: Corners, first: int, second: int) -> float:
        return math.dist(quad[first], quad[second])

    wide = side(corners, 0, 1) / max(side(box, 0, 1), 1e-6) * 100
    high = side(corners, 0, 3) / max(side(box, 0, 3), 1e-6) * 100
    (x0, y0), (x1, y1) = corners[0], corners[1]
    turn = math.degrees(math.atan2(y1 - y0, x1 - x0))
    return f"{wide:.0f} % × {high:.0f} %, {turn:.1f}°"
