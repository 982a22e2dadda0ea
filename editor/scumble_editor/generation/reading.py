"""Settings read from a picture, whichever program painted it: Scumble, A1111 or InvokeAI."""

from pathlib import Path

from scumble_editor.files.recipes import recipes_in
from scumble_editor.generation import a1111, invokeai
from scumble_editor.generation.chunks import texts_of
from scumble_editor.generation.found import Found
from scumble_editor.generation.recipes import settings_of
from scumble_protocol.errors import ScumbleError


def settings_in(path: Path) -> Found | None:
    """Return what a picture says of how it was painted, None where it says nothing."""
    texts = texts_of(path)
    for recipe in recipes_in(texts):
        try:
            settings = settings_of(recipe)
        except ScumbleError:
            continue
        return Found(source="Scumble", settings=settings, model=settings.model)
    readers = {
        a1111.KEYWORD: a1111.read,
        "comment": a1111.read,
        invokeai.KEYWORD: invokeai.read,
        invokeai.OLDER: invokeai.read_older,
        **dict.fromkeys(invokeai.OLDEST, invokeai.read_oldest),
    }
    for keyword, read in readers.items():
        text = texts.get(keyword)
        found = read(text) if text else None
        if found is not None:
            return found
    return None


def is_recipe(text: str) -> bool:
    """Tell whether a text from the clipboard is a recipe."""
    try:
        settings_of(text)
    except ScumbleError:
        return False
    return True
