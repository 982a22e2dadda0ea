"""Words that a model with a small vocabulary never learnt, so that a painter may choose others."""

import re
from collections.abc import Collection

_WORD = re.compile(r"[a-z]+(?:-[a-z]+)*")
_MOST_NAMED = 3


def strange_words(prompt: str, words: Collection[str]) -> tuple[str, ...]:
    """Return the words of a prompt that are not among those understood, each once.

    A word is taken for its singular too. No words at all mean that everything is understood.
    """
    if not words:
        return ()
    known = set(words)
    asked = dict.fromkeys(_WORD.findall(prompt.lower()))
    return tuple(
        word for word in asked if word not in known and word.removesuffix("s") not in known
    )


def hint(prompt: str, model: str, words: Collection[str]) -> str:
    """Return a sentence about words that a model never learnt; "" where there are none."""
    strange = strange_words(prompt, words)
    if not strange:
        return ""
    named = ", ".join(f"“{word}”" for word in strange[:_MOST_NAMED])
    more = " and others" if len(strange) > _MOST_NAMED else ""
    return f"{model} never learnt {named}{more}."
