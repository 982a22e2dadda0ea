"""What a hand does: pointer events in canvas pixels, and the keys held meanwhile."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Modifiers:
    """Keys that change what a gesture means."""

    shift: bool = False
    ctrl: bool = False
    alt: bool = False


NO_KEYS = Modifiers()


@dataclass(frozen=True, slots=True)
class PointerEvent:
    """One sample of a mouse or a pen.

    `x` and `y` are canvas pixels, the middle of the first pixel being at 0.5. A mouse has full
    pressure and no tilt.
    """

    x: float
    y: float
    pressure: float = 1.0  # 0 hovers, 1 is as hard as the tablet reports
    tilt_x: float = 0.0  # degrees to the right, -60 to 60
    tilt_y: float = 0.0  # degrees towards the painter
    time_s: float = 0.0
    keys: Modifiers = NO_KEYS
    secondary: bool = False  # the right button
