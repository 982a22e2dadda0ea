"""Weights of words in a prompt, `(word:1.1)`, changed by steps; and how long a prompt is."""

import re
from typing import NamedTuple

STEP = 0.1
LEAST, MOST = 0.1, 2.0
CHUNK_TOKENS = 75
"""Tokens that a text encoder of CLIP reads at once; 77 with those it puts at both ends."""

_WEIGHTED = re.compile(r"\(([^()]*):\s*(\d*\.?\d+)\s*\)")
_WORD = re.compile(r"[^\s,.;:()\[\]]+")
_PIECE = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d|[^\W\d_]+|\d|[^\s\w]+|_", re.IGNORECASE)
_LETTERS_A_TOKEN = 8


class Marked(NamedTuple):
    """A text and what is selected of it, from a place up to another."""

    text: str
    start: int
    end: int


def reweighted(text: str, start: int, end: int, step: float = STEP) -> Marked:
    """Return a prompt with what is selected, or the word at the cursor, weighing more or less.

    A weight of 1 is written as none. Nothing changes where there is no word.
    """
    around = _around(text, start, end)
    if around is not None:
        words, weight = around[1], min(max(round(float(around[2]) + step, 2), LEAST), MOST)
        return _put(text, around.start(), around.end(), words, weight)
    if start == end:
        word = next((m for m in _WORD.finditer(text) if m.start() <= start <= m.end()), None)
        if word is None:
            return Marked(text, start, end)
        start, end = word.span()
    chosen = text[start:end]
    left = len(chosen) - len(chosen.lstrip())
    start, end = start + left, start + len(chosen.rstrip())
    if start >= end or "(" in text[start:end] or ")" in text[start:end]:
        return Marked(text, start, end)
    return _put(text, start, end, text[start:end], min(max(round(1 + step, 2), LEAST), MOST))


def tokens_about(prompt: str) -> int:
    """Return about how many tokens a text encoder makes of a prompt.

    Counted as CLIP cuts text before its byte pairs are joined: words, single digits, runs of
    signs. Long words count for more, for rare ones are taken apart; weights do not count.
    """
    plain = _WEIGHTED.sub(r"\1", prompt)
    return sum(-(-len(piece) // _LETTERS_A_TOKEN) for piece in _PIECE.findall(plain))


def _around(text: str, start: int, end: int) -> re.Match[str] | None:
    """Return the weighted words that hold, or are, what is selected."""
    return next(
        (m for m in _WEIGHTED.finditer(text) if m.start() <= start and end <= m.end()), None
    )


def _put(text: str, start: int, end: int, words: str, weight: float) -> Marked:
    if weight == 1:
        return Marked(text[:start] + words + text[end:], start, start + len(words))
    fresh = f"({words}:{weight:g})"
    return Marked(text[:start] + fresh + text[end:], start + 1, start + 1 + len(words))
