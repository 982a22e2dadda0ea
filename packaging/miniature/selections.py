"""What a painter might have selected in a scene, and the prompt that belongs in it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

import vocabulary
from backgrounds import Floats
from scenes import Placed, Scene

Picture = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Selection:
    """An inpainting lesson."""

    mask: Floats  # [S, S], 1 where the picture is to be painted, else 0
    truth: Picture  # [S, S, 3], what should come out
    prompt: str


def _box(rng: np.random.Generator, placed: Placed, side: int) -> tuple[int, int, int, int]:
    """A box around a thing: mostly a little room on each side, sometimes a lot."""
    room = placed.side_px * (0.03 + 0.9 * rng.random(4) ** 2.5)
    left, top = placed.x_px - room[0], placed.y_px - room[1]
    right, bottom = placed.x_px + placed.side_px + room[2], placed.y_px + placed.side_px + room[3]
    return max(0, int(left)), max(0, int(top)), min(side, int(right)), min(side, int(bottom))


def _around(rng: np.random.Generator, scene: Scene, index: int) -> Floats:
    """Select one thing: by a rectangle, by an ellipse around it, or loosely along its outline."""
    side = scene.depth.shape[0]
    luck = rng.random()
    if luck < 0.2:
        reach = int(rng.integers(3, 13))
        brush = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
        return cv2.dilate((scene.masks[index] > 0.2).astype(np.float32), brush).astype(np.float32)
    left, top, right, bottom = _box(rng, scene.placed[index], side)
    canvas = Image.new("L", (side, side))
    draw = ImageDraw.Draw(canvas)
    if luck < 0.4:
        wide, high = (right - left) * 0.15, (bottom - top) * 0.15
        draw.ellipse((left - wide, top - high, right + wide, bottom + high), fill=1)
    else:
        draw.rectangle((left, top, right - 1, bottom - 1), fill=1)
    return np.asarray(canvas).astype(np.float32)


def _somewhere(rng: np.random.Generator, side: int) -> Floats:
    """Select a rectangle or an ellipse anywhere."""
    wide, high = (int(side * rng.uniform(0.2, 0.8)) for _ in range(2))
    left, top = int(rng.integers(0, side - wide)), int(rng.integers(0, side - high))
    canvas = Image.new("L", (side, side))
    draw = ImageDraw.Draw(canvas)
    shape = draw.rectangle if rng.random() < 0.6 else draw.ellipse
    shape((left, top, left + wide, top + high), fill=1)
    return np.asarray(canvas).astype(np.float32)


def draw(rng: np.random.Generator, scene: Scene) -> Selection:
    """Draw a selection: mostly around one thing, sometimes of everything or of an empty place."""
    side = scene.depth.shape[0]
    luck = rng.random()
    unsaid = 0.75 if scene.backdrop.place == "photograph" else 0.55
    backdrop = None if rng.random() < unsaid else scene.backdrop
    if not scene.placed or luck < 0.13:
        return Selection(_somewhere(rng, side), scene.empty, scene.backdrop.words())
    if luck < 0.23:
        prompt = vocabulary.caption(scene.things, backdrop)
        return Selection(np.ones((side, side), np.float32), scene.picture, prompt)
    index = int(rng.integers(len(scene.placed)))
    mask = _around(rng, scene, index)
    return Selection(mask, scene.picture, vocabulary.caption([scene.things[index]], backdrop))
