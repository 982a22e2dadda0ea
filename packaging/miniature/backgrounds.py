"""Procedural backdrops with their depth, and crops of photographs in their place."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

import paths
from vocabulary import COLOURS, GREYS, LIGHTS, OPEN_AIR, PLACES, Backdrop

Floats = NDArray[np.float32]
HELD_OUT = ("coffee", "chelsea")  # photographs that training never sees
LIGHT_LEVEL = {"day": 1.0, "night": 0.45, "sunset": 0.82}
BACKDROP_DEPTH = 0.15


@dataclass(frozen=True, slots=True)
class Ground:
    """An empty scene."""

    picture: Floats  # [S, S, 3], RGB, 0 to 255
    depth: Floats  # [S, S], inverse depth, 0 far to 1 near
    horizon_px: int  # row below which things stand; 0 when there is none
    backdrop: Backdrop


def _noise(rng: np.random.Generator, side: int, cell: int) -> Floats:
    """Smooth noise [S, S], about 0 to 1, with features of `cell` pixels."""
    count = max(2, side // max(1, cell))
    grid = Image.fromarray(rng.random((count, count)).astype(np.float32))
    return np.asarray(grid.resize((side, side), Image.Resampling.BICUBIC))


def _gradient(side: int, top: tuple[float, ...], bottom: tuple[float, ...]) -> Floats:
    share = np.linspace(0, 1, side, dtype=np.float32)[:, None, None]
    rows = (1 - share) * np.array(top, np.float32) + share * np.array(bottom, np.float32)
    return np.repeat(rows, side, axis=1)


def _sky(rng: np.random.Generator, side: int, light: str) -> Floats:
    shift = float(rng.integers(-15, 16))
    if light == "night":
        picture = _gradient(side, (8, 10, 40), (40, 45, 100))
        stars = int(rng.integers(12, 32))
        picture[rng.integers(0, side, stars), rng.integers(0, side, stars)] = 225
        return picture
    if light == "sunset":
        return _gradient(side, (100 + shift, 60, 130), (255, 150 + shift, 70))
    picture = _gradient(side, (70 + shift, 140 + shift, 230), (190, 220, 250))
    if rng.random() < 0.5:
        cloud = np.clip((_noise(rng, side, side // 4) - 0.55) * 3, 0, 0.9)[..., None]
        picture = picture * (1 - cloud) + 250 * cloud
    return picture


def _brick(rng: np.random.Generator, side: int) -> Floats:
    picture = np.full((side, side, 3), (200, 190, 180), np.float32)
    height, width = side // 10, side // 5
    offset = int(rng.integers(0, width))
    base = np.array((160 + rng.integers(-12, 20), 72 + rng.integers(-8, 16), 55), np.float32)
    for row, y in enumerate(range(0, side, height)):
        for x in range(-width - offset + width // 2 * (row % 2), side, width):
            brick = picture[y + 1 : y + height, max(0, x + 1) : max(0, x + width)]
            brick[:] = base * rng.uniform(0.85, 1.12)
    return picture


def _wood(rng: np.random.Generator, side: int) -> Floats:
    grain = Image.fromarray(rng.random((side // 4, 4)).astype(np.float32))
    streaks = np.asarray(grain.resize((side, side), Image.Resampling.BICUBIC))
    base = np.array((170 + rng.integers(-15, 16), 115 + rng.integers(-8, 12), 65), np.float32)
    picture: Floats = (base * (0.84 + 0.28 * streaks[..., None])).astype(np.float32)
    plank = side // 5
    for y in range(int(rng.integers(0, plank)), side, plank):
        picture[y : y + 1] *= 0.55
    return picture


def _flat(rng: np.random.Generator, side: int, backdrop: Backdrop) -> Ground:
    """A wall, a table top or a plain colour: all at one depth."""
    if backdrop.place == "brick":
        picture = _brick(rng, side)
    elif backdrop.place == "wood":
        picture = _wood(rng, side)
    else:
        rgb = {**COLOURS, **GREYS}[backdrop.colour or "white"]
        picture = np.full((side, side, 3), rgb, np.float32) * np.float32(rng.uniform(0.93, 1.05))
    return Ground(picture, np.full((side, side), BACKDROP_DEPTH, np.float32), 0, backdrop)


def _mountains(rng: np.random.Generator, picture: Floats, depth: Floats, horizon: int) -> None:
    """Paint a snow-capped ridge above the horizon, in place."""
    side = picture.shape[0]
    heights = rng.uniform(0.2, 1, 6)
    ridge = horizon - side * 0.28 * np.interp(np.arange(side), np.linspace(0, side, 6), heights)
    rows = np.arange(side)[:, None]
    rock = rows > ridge[None]
    picture[rock] = (110, 120, 150)
    picture[rock & (rows < ridge[None] + side * 0.09)] = (240, 245, 255)
    depth[rock] = 0.08


def _open_air(rng: np.random.Generator, side: int, backdrop: Backdrop) -> Ground:
    """A sky over grass, snow, sand or water; the ground comes nearer downwards."""
    place, light = backdrop.place, backdrop.light or "day"
    picture = _sky(rng, side, light)
    depth = np.zeros((side, side), np.float32)
    if place == "sky":
        return Ground(picture, depth, side, backdrop)
    level = LIGHT_LEVEL[light]
    horizon = int(side * rng.uniform(0.4, 0.62))
    if place == "snow":
        above = picture.copy()
        _mountains(rng, picture, depth, horizon)
        picture = np.where((depth > 0)[..., None], picture * level, above)
    rows = np.arange(side)[:, None]
    swell = {"grass": 0.06, "desert": 0.05, "snow": 0.02, "sea": 0.0}[place] * side
    wave = np.sin(np.arange(side) / side * np.pi * rng.uniform(1, 3) + rng.uniform(0, 6))
    ground = rows > (horizon + swell * wave)[None]
    colour = {
        "grass": (80 + rng.integers(-20, 20), 150 + rng.integers(-20, 25), 55),
        "snow": (228, 236, 248),
        "desert": (225, 182 + rng.integers(-12, 12), 115),
        "sea": (30, 105 + rng.integers(-15, 20), 180),
    }[place]
    slope = np.clip((rows - horizon) / (side - horizon), -0.2, 1).astype(np.float32)
    texture = _noise(rng, side, side // 16) * 0.14 + 0.93
    paint = np.array(colour, np.float32) * (texture * (0.85 + 0.25 * slope) * level)[..., None]
    if place == "sea":
        paint *= (1 + 0.12 * np.sin(rows * 45 / side + 3 * _noise(rng, side, side // 4)))[..., None]
    picture = np.where(ground[..., None], paint, picture).astype(np.float32)
    depth = np.where(ground, 0.1 + 0.6 * slope, depth).astype(np.float32)
    return Ground(picture, depth, horizon, backdrop)


@functools.cache
def photographs(*, held_out: bool) -> tuple[Image.Image, ...]:
    """The photographs for training, or those kept back for the evaluation."""
    files = sorted(paths.PHOTOGRAPHS.glob("*.jpg"))
    chosen = [path for path in files if (path.stem in HELD_OUT) == held_out]
    return tuple(Image.open(path).convert("RGB") for path in chosen)


def photograph(rng: np.random.Generator, side: int, *, held_out: bool = False) -> Ground:
    """A random crop of a photograph, mirrored at random; for training, tinted and lit as well.

    Its depth is unknown and told as flat: a picture hung behind the scene.
    """
    choices = photographs(held_out=held_out)
    source = choices[int(rng.integers(len(choices)))]
    span = round(min(source.size) * rng.uniform(0.35, 1.0))
    left = int(rng.integers(0, source.width - span + 1))
    top = int(rng.integers(0, source.height - span + 1))
    box = (left, top, left + span, top + span)
    crop = source.resize((side, side), Image.Resampling.BILINEAR, box=box, reducing_gap=2.0)
    picture = np.asarray(crop).astype(np.float32)
    if rng.random() < 0.5:
        picture = picture[:, ::-1]
    if not held_out:
        lit = 255 * (picture / 255) ** rng.uniform(0.7, 1.4)
        picture = (lit * rng.uniform(0.75, 1.15, 3)).astype(np.float32)
    depth = np.full((side, side), BACKDROP_DEPTH, np.float32)
    return Ground(np.ascontiguousarray(picture), depth, 0, Backdrop("photograph"))


def draw_backdrop(rng: np.random.Generator) -> Backdrop:
    """Draw a place, and the light or the colour that belongs to it."""
    place = PLACES[int(rng.integers(len(PLACES)))]
    if place in OPEN_AIR:
        return Backdrop(place, light=LIGHTS[int(rng.integers(len(LIGHTS)))])
    if place == "plain":
        colours = [*COLOURS, *GREYS]
        return Backdrop(place, colour=colours[int(rng.integers(len(colours)))])
    return Backdrop(place)


def paint(rng: np.random.Generator, side: int, backdrop: Backdrop) -> Ground:
    """Paint a procedural backdrop of `side` pixels."""
    if backdrop.place in OPEN_AIR:
        return _open_air(rng, side, backdrop)
    return _flat(rng, side, backdrop)
