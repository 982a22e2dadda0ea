"""Recipes in flat pictures: which jobs painted what a PNG shows, in a text that others ignore."""

from collections.abc import Mapping

import msgspec
from PIL.PngImagePlugin import PngInfo

from scumble_editor.document.document import Document
from scumble_editor.document.layer import AnyNode, Group, Layer

KEYWORD = "scumble"
MOST_RECIPES = 64
_LONGEST = 1 << 20


class _Text(msgspec.Struct, frozen=True, kw_only=True):
    """What the text chunk holds."""

    version: int = 1
    recipes: tuple[str, ...] = ()


def png_text(document: Document) -> PngInfo | None:
    """Return the text for a PNG of what a document shows; None where no model painted any of it."""
    recipes = tuple(dict.fromkeys(_shown(document.layers)))[:MOST_RECIPES]
    if not recipes:
        return None
    text = msgspec.json.encode(_Text(recipes=recipes)).decode()
    if len(text) > _LONGEST:
        return None
    info = PngInfo()
    info.add_itxt(KEYWORD, text)
    return info


def recipes_in(texts: Mapping[str, str]) -> tuple[str, ...]:
    """Return the recipes among a picture's texts, the uppermost layer's first."""
    text = texts.get(KEYWORD, "")
    try:
        return msgspec.json.decode(text.encode(), type=_Text).recipes[:MOST_RECIPES]
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return ()


def _shown(nodes: tuple[AnyNode, ...]) -> list[str]:
    found = []
    for node in reversed(nodes):
        if not node.visible or node.opacity == 0:
            continue
        if isinstance(node, Group):
            found.extend(_shown(node.children))
        elif isinstance(node, Layer) and node.recipe is not None:
            found.append(node.recipe)
    return found
