"""From the samples of a hand to the prints of a tip: smoothing, spacing, pressure and tilt."""

import math
from dataclasses import dataclass, replace

from scumble_editor.tools.pointer import PointerEvent
from scumble_editor.tools.strokes import Tip


@dataclass(frozen=True, slots=True)
class Nib:
    """The settings of a tip; fractions are 0 to 1."""

    size_px: float = 20.0
    hardness: float = 0.8
    flow: float = 1.0
    spacing: float = 0.1  # of the diameter
    smoothing: float = 0.0  # how far the tip lags behind the hand
    size_by_pressure: bool = True
    flow_by_pressure: bool = False
    shape_by_tilt: bool = False
    aliased: bool = False

    def tip(self, event: PointerEvent) -> Tip:
        """Return the print that one sample makes."""
        size = self.size_px * (event.pressure if self.size_by_pressure else 1.0)
        flow = self.flow * (event.pressure if self.flow_by_pressure else 1.0)
        ratio, angle = 1.0, 0.0
        lean = math.hypot(event.tilt_x, event.tilt_y)
        if self.shape_by_tilt and lean > 5:
            ratio = max(1 - lean / 75, 0.2)
            angle = math.degrees(math.atan2(event.tilt_y, event.tilt_x))
        return Tip(
            event.x,
            event.y,
            radius=max(size / 2, 0.25),
            hardness=self.hardness,
            flow=flow,
            aliased=self.aliased,
            ratio=ratio,
            angle_deg=angle,
        )


class Trail:
    """Follows a pointer and says where prints are due: evenly spaced along the smoothed path."""

    def __init__(self, nib: Nib, start: PointerEvent) -> None:
        self._nib = nib
        self._last = start
        self._due_px = 0.0  # distance still to go until the next print

    def begin(self) -> list[Tip]:
        """Return the first print."""
        tip = self._nib.tip(self._last)
        self._due_px = self._gap(tip)
        return [tip]

    def follow(self, event: PointerEvent) -> list[Tip]:
        """Return the prints on the way to another sample."""
        keep = self._nib.smoothing * 0.92
        if keep > 0:
            event = replace(
                event,
                x=self._last.x * keep + event.x * (1 - keep),
                y=self._last.y * keep + event.y * (1 - keep),
            )
        return self._walk(event)

    def finish(self, event: PointerEvent) -> list[Tip]:
        """Return the prints up to where the hand left, which smoothing had not reached yet."""
        if self._nib.smoothing <= 0:
            return self._walk(event)
        return self._walk(replace(event, pressure=self._last.pressure))

    def _walk(self, event: PointerEvent) -> list[Tip]:
        start = self._last
        length = math.hypot(event.x - start.x, event.y - start.y)
        tips: list[Tip] = []
        gone = self._due_px
        while gone <= length and length > 0:
            tip = self._nib.tip(_between(start, event, gone / length))
            tips.append(tip)
            gone += self._gap(tip)
        self._due_px = gone - length
        self._last = event
        return tips

    def _gap(self, tip: Tip) -> float:
        if tip.aliased and tip.radius < 2:
            return 0.5
        return max(tip.radius * 2 * self._nib.spacing * max(tip.ratio, 0.3), 0.5)


def _between(first: PointerEvent, second: PointerEvent, part: float) -> PointerEvent:
    return replace(
        second,
        x=first.x + (second.x - first.x) * part,
        y=first.y + (second.y - first.y) * part,
        pressure=first.pressure + (second.pressure - first.pressure) * part,
        tilt_x=first.tilt_x + (second.tilt_x - first.tilt_x) * part,
        tilt_y=first.tilt_y + (second.tilt_y - first.tilt_y) * part,
    )
