"""Which files a command will write: names, free or given, checked before any work is done."""

import itertools
import os
import re
from collections.abc import Sequence
from pathlib import Path

from scumble_cli.failures import BadUseError
from scumble_editor.files.documents import WRITTEN


def chosen_outputs(given: Sequence[Path] | None, default: Path, *, force: bool) -> tuple[Path, ...]:
    """Return where results go: the files given, or one under a free name like `default`.

    Raises BadUseError where one could not be written, or is there already and `force` is false.
    """
    outputs = tuple(dict.fromkeys(given or (free_name(default),)))
    for output in outputs:
        _check(output, force=force)
    return outputs


def free_name(wanted: Path) -> Path:
    """Return a name like the one wanted that no file has: photo.ora, photo-2.ora, photo-3.ora."""
    numbered = (wanted.with_stem(f"{wanted.stem}-{number}") for number in itertools.count(2))
    return next(path for path in itertools.chain((wanted,), numbered) if not path.exists())


def name_of_words(words: str) -> str:
    """Return a file's stem made of a prompt: “A red heart!” gives ``a-red-heart``."""
    kept = re.findall(r"[^\W_]+", words.lower())
    return "-".join(kept)[:40].rstrip("-") or "scumble"


def _check(output: Path, *, force: bool) -> None:
    if output.suffix.lower() not in WRITTEN:
        raise BadUseError(
            f"“{output}” cannot be written: its name must end in {', '.join(WRITTEN)}. "
            "Nothing was painted."
        )
    if output.is_dir():
        raise BadUseError(f"“{output}” is a folder. Nothing was painted; name a file in it.")
    if not output.parent.is_dir():
        raise BadUseError(
            f"“{output}” cannot be written: there is no folder “{output.parent}”. Nothing was "
            "painted; make the folder first."
        )
    if not os.access(output.parent, os.W_OK):
        raise BadUseError(
            f"“{output}” cannot be written: the folder does not let you. Nothing was painted; "
            "choose another with -o."
        )
    if output.exists() and not force:
        raise BadUseError(
            f"“{output}” is there already and was left alone. Nothing was painted; choose another "
            "name with -o, or write over it with --force."
        )
