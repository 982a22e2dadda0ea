"""The words the bundled model learnt, and a friendly notice for those it never did."""

import difflib
import functools
import re
from typing import Final

import msgspec

from scumble_daemon.miniature.forms import WEIGHTS

NEAR_COUNT = 3
_WORD = re.compile(r"[a-z]+(?:-[a-z]+)*")

# Words that change nothing, so that nobody is warned about them.
_GLUE: Final = {
    *("a", "an", "and", "at", "by", "for", "from", "is", "it", "its", "of", "on", "or", "some"),
    *("that", "the", "there", "this", "to", "with"),
}

# What a painter may well ask for, and the nearest thing that was learnt; spelling finds the rest.
_MEANINGS: Final[dict[str, tuple[str, ...]]] = {
    "automobile": ("car",),
    "beach": ("sea", "desert"),
    "boat": ("sailboat",),
    "box": ("cube",),
    "bunny": ("cat", "dog"),
    "burger": ("hamburger",),
    "evening": ("sunset",),
    "field": ("grass", "hill"),
    "flower": ("sunflower", "rose"),
    "fruit": ("apple", "watermelon"),
    "grey": ("gray",),
    "kitten": ("cat",),
    "kitty": ("cat",),
    "meadow": ("grass", "hill"),
    "melon": ("watermelon",),
    "ocean": ("sea",),
    "photo": ("photograph",),
    "picture": ("photograph",),
    "plant": ("tree", "cactus", "sunflower"),
    "puppy": ("dog",),
    "sand": ("desert",),
    "ship": ("sailboat",),
    "sphere": ("ball",),
    "violet": ("purple",),
    "water": ("sea",),
    "wood": ("wooden",),
}


class Vocabulary(msgspec.Struct, frozen=True):
    """What the captions of the training scenes are made of."""

    things: tuple[str, ...]  # such as "cat" and "balloon"
    coloured: tuple[str, ...]  # those things that come in every colour
    colours: tuple[str, ...]
    places: tuple[str, ...]  # such as "on a grass hill under a blue sky"
    words: tuple[str, ...]  # every word of the captions


class UnknownWord(msgspec.Struct, frozen=True):
    """A word of a prompt that was never learnt."""

    word: str
    near: tuple[str, ...]  # known words that may be meant, the likeliest first


@functools.cache
def vocabulary() -> Vocabulary:
    """Return the words of the shipped weights."""
    return msgspec.json.decode((WEIGHTS / "words.json").read_bytes(), type=Vocabulary)


def known_words() -> tuple[str, ...]:
    """Return every word the model learnt, sorted."""
    return vocabulary().words


def understood_words() -> tuple[str, ...]:
    """Return every word that a prompt may have without a notice, sorted."""
    return tuple(sorted({*known_words(), *_GLUE}))


def unknown_words(prompt: str) -> tuple[UnknownWord, ...]:
    """Return the words of a prompt that were never learnt, each once, with known ones near it."""
    known = {*known_words(), *_GLUE}
    asked = dict.fromkeys(_WORD.findall(prompt.lower()))
    strange = [
        word for word in asked if word not in (known | _GLUE) and _singular(word) not in known
    ]
    return tuple(UnknownWord(word, _near(word)) for word in strange)


def notices(prompt: str) -> tuple[str, ...]:
    """Return one sentence for a painter about each word that was never learnt."""
    return tuple(_sentence(found) for found in unknown_words(prompt))


def _singular(word: str) -> str:
    return word.removesuffix("s")


def _near(word: str) -> tuple[str, ...]:
    meant = _MEANINGS.get(word) or _MEANINGS.get(_singular(word)) or ()
    spelt = difflib.get_close_matches(word, known_words(), n=NEAR_COUNT, cutoff=0.7)
    return tuple(dict.fromkeys((*meant, *spelt)))[:NEAR_COUNT]


def _sentence(found: UnknownWord) -> str:
    if found.near:
        hint = f"It knows {_listed(found.near)}."
    else:
        hint = f"It knows things such as {_listed(vocabulary().things[:4])}."
    return f"Miniature never learnt “{found.word}” and may paint something else. {hint}"


def _listed(words: tuple[str, ...]) -> str:
    quoted = [f"“{word}”" for word in words]
    return " and ".join(", ".join(quoted).rsplit(", ", 1)) if len(quoted) > 1 else quoted[0]
