"""Captioned scenes with exact masks and depth, drawn from a random generator and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

import backgrounds
import sprites
import vocabulary
from backgrounds import Floats, Ground
from vocabulary import Backdrop

SIDE_PX = 128
PHOTOGRAPH_SHARE = 0.15
FLYING = ("balloon", "heart", "star", "ball")


@dataclass(frozen=True, slots=True)
class Placed:
    """A thing and its square in the picture; the square may reach over the edge."""

    thing: str
    x_px: int
    y_px: int
    side_px: int


@dataclass(frozen=True, slots=True)
class Scene:
    """One picture and all that is true about it."""

    picture: NDArray[np.uint8]  # [S, S, 3], RGB
    empty: NDArray[np.uint8]  # [S, S, 3], the same backdrop with nothing on it
    depth: Floats  # [S, S], inverse depth, 0 far to 1 near
    masks: tuple[Floats, ...]  # each [S, S], 0 to 1, what is visible of each thing
    placed: tuple[Placed, ...]
    backdrop: Backdrop

    @property
    def things(self) -> list[str]:
        """The names of the things shown."""
        return [placed.thing for placed in self.placed]

    @property
    def mask(self) -> Floats:
        """All things together: [S, S], 0 to 1."""
        everything: Floats = np.maximum.reduce([np.zeros_like(self.depth), *self.masks])
        return everything


def _place(rng: np.random.Generator, thing: str, ground: Ground, slot: tuple[int, int]) -> Placed:
    """Find room for a thing: standing on the ground, or in the air if it can fly."""
    side = ground.picture.shape[0]
    index, count = slot
    low, high = (0.3, 0.85) if count == 1 else (0.32, 0.54)
    size = int(side * rng.uniform(low, high))
    width = side / count
    if count == 1:
        centre = rng.uniform(size * 0.5, side - size * 0.5)
    else:
        centre = width * (index + 0.5) + rng.uniform(-0.08, 0.08) * width
    x = int(centre - size / 2)
    outdoors = 0 < ground.horizon_px < side
    if outdoors and vocabulary.family(thing) not in FLYING and rng.random() < 0.85:
        y = int(rng.uniform(max(ground.horizon_px + 0.08 * side, size * 0.95), side)) - size
    else:
        y = int(rng.uniform(0, side - size))
    return Placed(thing, x, y, size)


def _paste(picture: Floats, depth: Floats, placed: Placed) -> Floats:
    """Draw a thing over picture and depth, in place; returns its mask [S, S]."""
    side, size = picture.shape[0], placed.side_px
    sprite = sprites.sprite(placed.thing).resize((size, size), Image.Resampling.BILINEAR)
    left, top = max(0, placed.x_px), max(0, placed.y_px)
    right, bottom = min(side, placed.x_px + size), min(side, placed.y_px + size)
    rgba = np.asarray(sprite).astype(np.float32)
    rgba = rgba[top - placed.y_px : bottom - placed.y_px, left - placed.x_px : right - placed.x_px]
    alpha = rgba[..., 3:] / 255
    window = picture[top:bottom, left:right]
    window[:] = window * (1 - alpha) + rgba[..., :3] * alpha
    mask = np.zeros((side, side), np.float32)
    mask[top:bottom, left:right] = alpha[..., 0]
    depth[mask > 0.5] = np.clip(0.35 + 0.6 * size / side, 0, 1)
    return mask


def compose(ground: Ground, placed: list[Placed]) -> Scene:
    """Draw things on a ground, those standing lower over those standing higher."""
    picture, depth = ground.picture.copy(), ground.depth.copy()
    order = sorted(range(len(placed)), key=lambda i: placed[i].y_px + placed[i].side_px)
    masks: list[Floats] = [np.zeros_like(depth) for _ in placed]
    for index in order:
        mask = _paste(picture, depth, placed[index])
        masks = [other * (1 - mask) for other in masks]
        masks[index] = mask
    return Scene(
        picture=np.clip(picture, 0, 255).astype(np.uint8),
        empty=np.clip(ground.picture, 0, 255).astype(np.uint8),
        depth=depth,
        masks=tuple(masks),
        placed=tuple(placed),
        backdrop=ground.backdrop,
    )


def draw_ground(rng: np.random.Generator, side: int, photograph_share: float) -> Ground:
    """Draw an empty scene: a photograph now and then, otherwise a procedural backdrop."""
    if rng.random() < photograph_share:
        return backgrounds.photograph(rng, side)
    return backgrounds.paint(rng, side, backgrounds.draw_backdrop(rng))


def draw(
    rng: np.random.Generator,
    *,
    side: int = SIDE_PX,
    count: int | None = None,
    backdrop: Backdrop | None = None,
    things: list[str] | None = None,
    photograph_share: float = PHOTOGRAPH_SHARE,
) -> Scene:
    """Draw one scene.

    Args:
        rng: the only source of chance: the same generator state draws the same scene.
        side: of the picture, in pixels.
        count: how many things; by default mostly one, sometimes two or none.
        backdrop: by default drawn as well; a photograph when its place says so.
        things: which things, in place of `count`.
        photograph_share: of scenes with no backdrop given, how many lie in a photograph.
    """
    if backdrop is None:
        ground = draw_ground(rng, side, photograph_share)
    elif backdrop.place == "photograph":
        ground = backgrounds.photograph(rng, side)
    else:
        ground = backgrounds.paint(rng, side, backdrop)
    if things is None:
        number = count if count is not None else int(rng.choice(3, p=[0.07, 0.81, 0.12]))
        things = [vocabulary.draw_thing(rng) for _ in range(number)]
    slots = rng.permutation(len(things))
    placed = [
        _place(rng, thing, ground, (int(slot), len(things)))
        for thing, slot in zip(things, slots, strict=True)
    ]
    return compose(ground, placed)


def describe(rng: np.random.Generator, scene: Scene, *, things: list[str] | None = None) -> str:
    """Caption a scene as a painter might: all of it, or the things alone, or half the place.

    Args:
        rng: the source of chance.
        scene: what to describe.
        things: what to name, when it is not every thing shown.
    """
    named = scene.things if things is None else things
    luck = rng.random()
    silent = 0.7 if scene.backdrop.place == "photograph" else 0.25
    if named and luck < silent:
        return vocabulary.caption(named, None)
    return vocabulary.caption(named, scene.backdrop, sky=luck > silent + 0.12)
