"""The words a painter used and those that were saved: one small file, bounded and searched."""

import contextlib
from pathlib import Path
from typing import Annotated

import msgspec

from scumble_protocol.endpoint import folders, make_private
from scumble_protocol.tasks import Text

MOST_RECENT = 300
MOST_SAVED = 1000
LARGEST_FILE = 32 << 20


class Wording(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A prompt, what should not be there, and the name under which it was saved."""

    prompt: Text
    negative_prompt: Text = ""
    name: Annotated[str, msgspec.Meta(max_length=80)] = ""

    def has(self, words: str) -> bool:
        """Tell whether all of some words are in it, in any order and case."""
        text = f"{self.name} {self.prompt} {self.negative_prompt}".casefold()
        return all(word in text for word in words.casefold().split())


class PromptBook(msgspec.Struct, frozen=True, kw_only=True):
    """What was used, the latest first, and what was saved, by name."""

    recent: tuple[Wording, ...] = ()
    saved: tuple[Wording, ...] = ()

    def used(self, prompt: str, negative_prompt: str = "") -> "PromptBook":
        """Return the book with words put first among the recent ones."""
        if not prompt.strip():
            return self
        fresh = Wording(prompt=prompt.strip(), negative_prompt=negative_prompt.strip())
        others = tuple(one for one in self.recent if one.prompt != fresh.prompt)
        return msgspec.structs.replace(self, recent=(fresh, *others)[:MOST_RECENT])

    def keeping(self, wording: Wording) -> "PromptBook":
        """Return the book with words saved under their name; those it had before are replaced."""
        others = (one for one in self.saved if one.name != wording.name)
        saved = sorted((*others, wording), key=lambda one: one.name.casefold())
        return msgspec.structs.replace(self, saved=tuple(saved)[:MOST_SAVED])

    def without(self, wording: Wording) -> "PromptBook":
        """Return the book without some words, wherever they are in it."""
        return PromptBook(
            recent=tuple(one for one in self.recent if one != wording),
            saved=tuple(one for one in self.saved if one != wording),
        )

    def search(self, words: str) -> tuple[Wording, ...]:
        """Return what has all of some words, saved ones first."""
        return tuple(one for one in (*self.saved, *self.recent) if one.has(words))


def file() -> Path:
    """Return where this user's book is kept."""
    return folders().data / "editor" / "prompts" / "prompts.json"


def load(path: Path) -> PromptBook:
    """Return the book in a file; an empty one where it is missing, damaged or too large."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            return PromptBook()
        return msgspec.json.decode(path.read_bytes(), type=PromptBook)
    except (OSError, msgspec.DecodeError):
        return PromptBook()


def save(book: PromptBook, path: Path) -> None:
    """Write the book for this user alone; a disk that refuses costs nothing but the book."""
    with contextlib.suppress(OSError):
        make_private(path.parent)
        fresh = path.with_name(path.name + ".new")
        fresh.write_bytes(msgspec.json.encode(book))
        fresh.replace(path)
