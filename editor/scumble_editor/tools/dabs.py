"""The print of a brush's tip: coverage around a point, with soft or hard edges, or none."""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from scumble_protocol.geometry import Point

Coverage = NDArray[np.float32]
"""float32 [h, w], 0 leaves a pixel alone, 1 covers it."""

_PHASES = 4  # places within a pixel that a small tip can have
_PRECISE_PX = 24.0  # a tip larger than this is put on whole pixels


def dab(
    x: float,
    y: float,
    radius: float,
    hardness: float,
    *,
    aliased: bool = False,
    ratio: float = 1.0,
    angle_deg: float = 0.0,
) -> tuple[Coverage, Point]:
    """Return the coverage of one print, and where its upper left corner lies.

    `radius` in pixels; `hardness` 0 fades from the middle, 1 has an edge one pixel wide;
    `ratio` below 1 flattens the tip across `angle_deg`. The array is shared: do not write to it.
    """
    phases = 1 if radius > _PRECISE_PX or aliased else _PHASES
    if aliased:
        x, y = math.floor(x) + 0.5, math.floor(y) + 0.5
    quantised = max(round(radius * 8) / 8, 0.25)
    left, top = math.floor(x * phases + 0.5), math.floor(y * phases + 0.5)
    if aliased:
        left, top = math.floor(x), math.floor(y)
    mask, reach = _print(
        quantised,
        round(hardness * 100) / 100,
        aliased,
        (left % phases) / phases,
        (top % phases) / phases,
        round(ratio * 16) / 16,
        round(angle_deg / 6) * 6 % 180 if ratio < 1 else 0,
    )
    return mask, Point(left // phases - reach, top // phases - reach)


@lru_cache(maxsize=96)
def _print(
    radius: float,
    hardness: float,
    aliased: bool,
    phase_x: float,
    phase_y: float,
    ratio: float,
    angle_deg: float,
) -> tuple[Coverage, int]:
    reach = math.ceil(radius) + 1
    middle = 0.0 if not aliased else 0.5
    steps = np.arange(-reach, reach + 1, dtype=np.float32) + np.float32(0.5)
    across = steps - np.float32(phase_x + middle)
    down = steps - np.float32(phase_y + middle)
    if ratio < 1:
        turn = math.radians(angle_deg)
        u = across[None, :] * math.cos(turn) + down[:, None] * math.sin(turn)
        v = down[:, None] * math.cos(turn) - across[None, :] * math.sin(turn)
        distance = np.hypot(u, v / max(ratio, 0.1))
    else:
        distance = np.hypot(across[None, :], down[:, None])
    mask = _falloff(distance.astype(np.float32), radius, hardness, aliased)
    mask.flags.writeable = False
    return mask, reach


def _falloff(distance: Coverage, radius: float, hardness: float, aliased: bool) -> Coverage:
    if aliased:
        return (distance <= max(radius, 0.5)).astype(np.float32)
    soft = radius * (1 - hardness)
    if soft <= 1:
        # A tip under a pixel wide covers a pixel by its area.
        strength = np.float32(min(1.0, math.pi * radius * radius))
        edge: Coverage = np.clip(np.float32(radius + 0.5) - distance, 0, 1) * strength
        return edge
    t = np.clip((np.float32(radius + 0.5) - distance) / np.float32(soft + 0.5), 0, 1)
    fading: Coverage = t * t * (3 - 2 * t)
    return fading
