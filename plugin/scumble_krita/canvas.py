"""Reading a Krita document: what is seen and what is selected, 8 bits a channel, sRGB."""

from collections.abc import Mapping
from typing import Optional

import krita

from scumble_host.commands import Command, Selecting
from scumble_host.fields import Value
from scumble_host.pipe import Buffer
from scumble_host.request import Canvas, RefusedError
from scumble_krita.colours import SCREEN, Space, converted


def size(document: "krita.Document") -> tuple[int, int]:
    """Return the document's width and height in pixels."""
    return document.width(), document.height()


def selected(document: "krita.Document") -> bool:
    """Tell whether anything is selected."""
    selection = document.selection()
    return selection is not None and selection.width() > 0 and selection.height() > 0


def read(
    document: "krita.Document", command: Command, values: Mapping[str, Value]
) -> Optional[Canvas]:  # noqa: UP045
    """Return what a command sends of a document; None while Krita is still painting it.

    Never waits: call it again a little later. Raises RefusedError where Krita cannot convert it.
    """
    if not document.tryBarrierLock():
        return None
    try:
        width, height = size(document)
        seen = document.pixelData(0, 0, width, height) if command.sends_picture else None
        selection = _selection(document, command)
        layer = _active_layer(document) if values.get("depth-layer") else None
    finally:
        document.unlock()
    native = None if seen is None else bytes(seen.data())
    pixels = native and converted(native, (width, height), Space.of(document), SCREEN)
    depth = layer and converted(layer, (width, height), Space.of(document), SCREEN)
    return Canvas(width, height, pixels, "bgra8", selection, depth)


def _active_layer(document: "krita.Document") -> Buffer:
    """Return the active layer's pixels over the whole canvas, in the document's colours."""
    node = document.activeNode()
    if node is None:
        raise RefusedError("No layer is active to take the depth from. Nothing was changed.")
    return bytes(node.projectionPixelData(0, 0, *size(document)).data())


def _selection(document: "krita.Document", command: Command) -> Optional[Buffer]:  # noqa: UP045
    selection = document.selection()
    if command.selecting is Selecting.IGNORED or selection is None or not selected(document):
        return None
    return bytes(selection.pixelData(0, 0, *size(document)).data())
