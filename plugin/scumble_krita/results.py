"""Putting a result into a Krita document: layers with transparency masks, in one step of undo."""

import krita

from scumble_host.commands import Command, Giving
from scumble_host.events import Done, Layer
from scumble_host.fields import Value
from scumble_host.request import edges
from scumble_host.speech import layer_name
from scumble_krita.colours import SCREEN, Space, converted
from scumble_krita.qt import QtCore

SETTLED_MS = 100


def has_masks(document: "krita.Document") -> bool:
    """Tell whether this Krita can make transparency masks; 5.1 cannot from Python."""
    return hasattr(document, "createTransparencyMask")


def add(
    document: "krita.Document", command: Command, values: dict[str, Value], done: Done
) -> list["krita.Node"]:
    """Add what a command gave and return the variants' layers, in their order.

    One undo takes all of it away; only a canvas that changes its size is a step of its own.
    """
    if command.giving is Giving.SELECTION:
        document.setSelection(_selection(done.layers[0]))
        return []
    _make_room(document, command, values, done)
    prompt = str(values.get("prompt", ""))
    names = [layer_name(command, prompt, given.seed) for given in done.layers]
    whole = _made_apart(document, command, done, names)
    below = _below(document)
    parent = below.parentNode() if below is not None else None
    (parent or document.rootNode()).addChildNode(whole, below)
    layers = list(reversed(whole.childNodes())) if len(names) > 1 else [whole]
    # Krita makes a new layer known to its layer list a moment later
    QtCore.QTimer.singleShot(SETTLED_MS, lambda: document.setActiveNode(layers[0]))
    document.refreshProjection()
    return layers


def _made_apart(
    document: "krita.Document", command: Command, done: Done, names: list[str]
) -> "krita.Node":
    """Return the layer, or the group of variants, masks and all, belonging to no document yet.

    Krita notes a step of undo for every child that is added, even to a layer that is nowhere, so
    they are put together in a document that nobody sees.
    """
    space = Space.of(document)
    workshop = krita.Krita.instance().createDocument(
        16, 16, "Scumble", space.model, space.depth, space.profile, 72.0
    )
    try:
        layers = []
        for number, (given, name) in enumerate(zip(done.layers, names, strict=True)):
            layer = _layer(workshop, given, name)
            layer.setVisible(number == 0)
            layers.append(layer)
        whole = layers[0]
        if len(layers) > 1:
            whole = workshop.createGroupLayer(f"{command.title.replace('_', '')}: {names[0]}")
            for layer in reversed(layers):
                whole.addChildNode(layer, None)
        return whole.clone()
    finally:
        workshop.close()


def _make_room(
    document: "krita.Document", command: Command, values: dict[str, Value], done: Done
) -> None:
    if command.expands:
        left, top, _, _ = edges(values)
        document.resizeImage(-left, -top, *done.canvas)
    elif command.giving is Giving.SCALED:
        _, _, width, height = done.layers[0].bounds
        x, y = round(document.xRes()), round(document.yRes())  # which it takes whole only
        document.scaleImage(width, height, x, y, "Bicubic")


def _below(document: "krita.Document") -> "krita.Node | None":
    """Return the layer that the result goes above: the active one, or the one of its mask."""
    node = document.activeNode()
    while node is not None and node.type().endswith("mask"):
        node = node.parentNode()
    if node is None or node.parentNode() is None:
        return None
    return node


def _layer(document: "krita.Document", given: Layer, name: str) -> "krita.Node":
    x, y, width, height = given.bounds
    layer = document.createNode(name, "paintlayer")
    pixels = converted(given.pixels, (width, height), SCREEN, Space.of(document))
    layer.setPixelData(QtCore.QByteArray(bytes(pixels)), x, y, width, height)
    if given.mask is not None and has_masks(document):
        mask = document.createTransparencyMask("Mask")
        mask.setSelection(_selection(given))
        layer.addChildNode(mask, None)
    return layer


def _selection(given: Layer) -> "krita.Selection":
    selection = krita.Selection()
    grey = given.mask if given.mask is not None else bytes(given.pixels)[::4]
    selection.setPixelData(QtCore.QByteArray(bytes(grey)), *given.bounds)
    return selection
