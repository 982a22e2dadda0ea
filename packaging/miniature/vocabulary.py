"""The words Miniature learns: things, colours, places, and the grammar of its captions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

EMOJI: Final[dict[str, str]] = {
    "cat": "🐱",
    "dog": "🐶",
    "frog": "🐸",
    "panda": "🐼",
    "pig": "🐷",
    "tree": "🌳",
    "cactus": "🌵",
    "sunflower": "🌻",
    "rose": "🌹",
    "house": "🏠",
    "castle": "🏰",
    "sailboat": "⛵",
    "apple": "🍎",
    "watermelon": "🍉",
    "mushroom": "🍄",
    "snowman": "⛄",
    "robot": "🤖",
    "pumpkin": "🎃",
    "hamburger": "🍔",
    "balloon": "🎈",
    "heart": "❤️",
    "car": "🚗",
}
RECOLOURED: Final = ("balloon", "heart", "car")  # emoji whose hue is replaced
DRAWN: Final = ("ball", "cube", "star")  # shapes drawn by this program
COLOURED: Final = RECOLOURED + DRAWN
PLAIN: Final = tuple(name for name in EMOJI if name not in RECOLOURED)
FAMILIES: Final = PLAIN + COLOURED

COLOURS: Final[dict[str, tuple[int, int, int]]] = {
    "red": (220, 38, 38),
    "yellow": (245, 215, 40),
    "green": (45, 165, 65),
    "blue": (45, 95, 220),
    "purple": (140, 60, 190),
}
GREYS: Final[dict[str, tuple[int, int, int]]] = {"white": (240, 240, 240), "gray": (128, 128, 128)}

PLACES: Final = ("grass", "snow", "desert", "sea", "brick", "wood", "plain", "sky")
LIGHTS: Final = ("day", "night", "sunset")
OPEN_AIR: Final = ("grass", "snow", "desert", "sea", "sky")
PLACE_WORDS: Final[dict[str, tuple[str, str]]] = {
    "grass": ("on", "a grass hill"),
    "snow": ("on", "a snowy mountain"),
    "desert": ("on", "a desert"),
    "sea": ("on", "the sea"),
    "brick": ("in front of", "a brick wall"),
    "wood": ("on", "a wooden table"),
    "photograph": ("in", "a photograph"),
}
LIGHT_WORDS: Final = {"day": "a blue sky", "night": "a night sky", "sunset": "a sunset sky"}


@dataclass(frozen=True, slots=True)
class Backdrop:
    """What lies behind the things of a scene, as the caption names it."""

    place: str  # one of PLACES, or "photograph"
    light: str | None = None  # one of LIGHTS in the open air
    colour: str | None = None  # of a plain background

    def preposition(self) -> str:
        """The word between a thing and this backdrop."""
        if self.place == "plain":
            return "on"
        return "in" if self.place == "sky" else PLACE_WORDS[self.place][0]

    def words(self, *, sky: bool = True) -> str:
        """This backdrop as a caption names it, with or without the sky over it."""
        if self.place == "plain":
            return f"a plain {self.colour} background"
        if self.place == "sky":
            return LIGHT_WORDS[self.light or "day"]
        words = PLACE_WORDS[self.place][1]
        return f"{words} under {LIGHT_WORDS[self.light]}" if sky and self.light else words


def things() -> list[str]:
    """Every thing that can be drawn, colours included, in a fixed order."""
    return [*PLAIN, *(f"{colour} {name}" for name in COLOURED for colour in COLOURS)]


def family(thing: str) -> str:
    """The family of a thing: `balloon` for `red balloon`."""
    return thing.rsplit(" ", maxsplit=1)[-1]


def backdrops() -> list[Backdrop]:
    """Every backdrop that a caption can name, photographs apart, in a fixed order."""
    plain = [Backdrop("plain", colour=colour) for colour in (*COLOURS, *GREYS)]
    walls = [Backdrop("brick"), Backdrop("wood")]
    return [*plain, *walls, *(Backdrop(place, light) for place in OPEN_AIR for light in LIGHTS)]


def with_article(thing: str) -> str:
    """`a cat`, `an apple`."""
    return f"an {thing}" if thing[0] in "aeiou" else f"a {thing}"


def caption(things_shown: list[str], backdrop: Backdrop | None, *, sky: bool = True) -> str:
    """One caption: the things, then where they are.

    Args:
        things_shown: names from `things()`, possibly none.
        backdrop: what lies behind, or None to leave it unsaid.
        sky: whether the sky over the place is named as well.

    Raises:
        ValueError: when nothing at all is to be named.
    """
    named = " and ".join(with_article(thing) for thing in things_shown)
    if backdrop is None:
        if not named:
            raise ValueError("a caption must name a thing or a backdrop")
        return named
    place = backdrop.words(sky=sky)
    return f"{named} {backdrop.preposition()} {place}" if named else place


def draw_thing(rng: np.random.Generator) -> str:
    """Draw one thing: coloured families twice as often as plain ones, since each has five looks."""
    weights = np.array([2.0 if name in COLOURED else 1.0 for name in FAMILIES])
    name = FAMILIES[int(rng.choice(len(FAMILIES), p=weights / weights.sum()))]
    if name in COLOURED:
        return f"{list(COLOURS)[int(rng.integers(len(COLOURS)))]} {name}"
    return name


def known_words() -> list[str]:
    """Every word of the captions, sorted."""
    sentences = [caption([thing], None) for thing in things()]
    sentences += [caption(["cat", "dog"], backdrop) for backdrop in backdrops()]
    sentences.append(Backdrop("photograph").words())
    return sorted({word for sentence in sentences for word in sentence.split()} | {"an"})
