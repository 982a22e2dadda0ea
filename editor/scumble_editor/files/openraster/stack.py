"""The layer tree of an OpenRaster file, parsed from stack.xml without trusting it."""

import math
from dataclasses import dataclass, field
from xml.parsers import expat

from scumble_editor.document.modes import BlendMode
from scumble_editor.files import limits
from scumble_editor.files.errors import TooLargeFileError, UnreadableFileError
from scumble_editor.files.openraster.manifest import NAMESPACE

FARTHEST_PX = 1_000_000
"""How far from the canvas anything may lie."""

_SEPARATOR = " "
_ALIASES = {
    "svg:add": BlendMode.PLUS,
    "svg:lighter": BlendMode.PLUS,
    "krita:add": BlendMode.PLUS,
    "svg:normal": BlendMode.NORMAL,
}


@dataclass(slots=True)
class Entry:
    """An `image`, `stack` or `layer` element; children from the top down, as in the file."""

    tag: str
    attributes: dict[str, str]
    children: "list[Entry]" = field(default_factory=list)

    def own(self, name: str) -> str | None:
        """Return one of this program's own attributes."""
        return self.attributes.get(f"{NAMESPACE}{_SEPARATOR}{name}")

    def integer(self, name: str, default: int = 0) -> int:
        """Return a whole number, within what a canvas can need."""
        value = self.number(name, default)
        return round(min(max(value, -FARTHEST_PX), FARTHEST_PX))

    def number(self, name: str, default: float) -> float:
        """Return a number, the default where it is missing or none."""
        try:
            value = float(self.attributes.get(name, default))
        except ValueError:
            return default
        return value if math.isfinite(value) else default

    def blend_mode(self) -> BlendMode | None:
        """Return the blend mode, None for one that is not known here."""
        name = self.attributes.get("composite-op", BlendMode.NORMAL.value)
        if name in _ALIASES:
            return _ALIASES[name]
        try:
            return BlendMode(name)
        except ValueError:
            return None


class _Builder:
    """Collects elements while expat reads, refusing depth, number and document types."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._open: list[Entry] = []
        self._count = 0
        self.root: Entry | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > limits.LAYERS or len(self._open) > limits.DEPTH:
            raise TooLargeFileError(f"{self._what} holds too many layers, or too deep ones.")
        entry = Entry(tag, attributes)
        if self._open:
            self._open[-1].children.append(entry)
        else:
            self.root = entry
        self._open.append(entry)

    def end(self, _tag: str) -> None:
        self._open.pop()

    def doctype(self, *_: object) -> None:
        raise UnreadableFileError(
            f"{self._what} declares a document type, which OpenRaster has none of; "
            "it was not opened."
        )


def parse(text: bytes, what: str) -> Entry:
    """Return the `image` element of stack.xml; raises FileError."""
    builder = _Builder(what)
    parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.StartDoctypeDeclHandler = builder.doctype
    try:
        parser.Parse(text, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise UnreadableFileError(f"The layer list of {what} is damaged.") from error
    if builder.root is None or builder.root.tag != "image":
        raise UnreadableFileError(f"The layer list of {what} is not one of OpenRaster.")
    return builder.root
