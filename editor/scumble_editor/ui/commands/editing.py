"""The Edit menu: undo, redo, clear, fill, copy and paste."""

import numpy as np
from PySide6.QtGui import QGuiApplication

from scumble_editor.document.document import Document
from scumble_editor.document.edits import layers as layer_edits
from scumble_editor.document.edits import pixels as pixel_edits
from scumble_editor.document.formats import Pixels
from scumble_editor.document.layer import Layer
from scumble_editor.document.tiles import Tiles
from scumble_editor.tools.stage import Rgb
from scumble_editor.ui.canvas.premultiplied import STRAIGHT
from scumble_editor.ui.desk import Desk
from scumble_editor.ui.thumbnails import image_of
from scumble_protocol.errors import ScumbleError
from scumble_protocol.geometry import Point


def undo(desk: Desk) -> None:
    """Take back the last step, or what the tool has begun."""
    canvas = desk.canvas()
    if canvas is not None and canvas.gestures.cancel():
        return
    desk.opened.undo()


def redo(desk: Desk) -> None:
    """Make the step again that was taken back."""
    desk.opened.redo()


def clear(desk: Desk) -> None:
    """Erase what is selected of the layer, or all of it."""
    node = desk.active
    desk.apply(lambda document: pixel_edits.clear(document, node.id), "Clear")


def fill_foreground(desk: Desk) -> None:
    """Fill with the foreground colour."""
    _fill(desk, desk.session.foreground)


def fill_background(desk: Desk) -> None:
    """Fill with the background colour."""
    _fill(desk, desk.session.background)


def copy(desk: Desk) -> None:
    """Put what is selected of the layer on the clipboard."""
    lifted = pixel_edits.copied(desk.opened.document, desk.active.id)
    if lifted is None:
        raise ScumbleError("There is no paint in what is selected; nothing was copied.")
    _to_clipboard(desk, *lifted)


def copy_merged(desk: Desk) -> None:
    """Put what shows of all layers on the clipboard."""
    canvas = desk.canvas()
    document = desk.opened.document
    area = document.bounds if document.selection is None else document.selection.bounds
    if canvas is None or area is None:
        return
    rgba = canvas.projection.merged(area)
    if document.selection is not None:
        share = document.selection.read(area)
        rgba[..., 3] = (rgba[..., 3] * (share / np.float32(255)) + 0.5).astype(np.uint8)
    _to_clipboard(desk, rgba, Point(area.x, area.y))


def cut(desk: Desk) -> None:
    """Move what is selected of the layer to the clipboard."""
    copy(desk)
    node = desk.active
    desk.apply(lambda document: pixel_edits.clear(document, node.id), "Cut")


def paste(desk: Desk) -> None:
    """Put the clipboard's picture on a new layer; on a new canvas where nothing is open."""
    rgba, place = _from_clipboard(desk)
    if rgba is None:
        raise ScumbleError("There is no picture on the clipboard; nothing was pasted.")
    if desk.session.current is None:
        document = Document.of_image(rgba, "Pasted")
        desk.session.add(document, desk.session.untitled(), label="Paste")
        return
    size = desk.opened.document.size
    at = place or Point((size.width - rgba.shape[1]) // 2, (size.height - rgba.shape[0]) // 2)
    layer = Layer(name="Pasted", pixels=Tiles.of(rgba, at))
    desk.apply(lambda document: layer_edits.add_layer(document, layer), "Paste")


def _fill(desk: Desk, colour: Rgb) -> None:
    node = desk.active
    desk.work(lambda document: pixel_edits.fill(document, node.id, colour), "Fill")


def _to_clipboard(desk: Desk, rgba: Pixels, at: Point) -> None:
    """Hand a picture to the system, and remember where it came from."""
    QGuiApplication.clipboard().setImage(image_of(rgba))
    desk.copied = rgba, at


def _from_clipboard(desk: Desk) -> tuple[Pixels | None, Point | None]:
    """Return the clipboard's picture, and its place where it was copied here."""
    image = QGuiApplication.clipboard().image()
    if image.isNull():
        return None, None
    straight = image.convertToFormat(STRAIGHT)
    flat = np.frombuffer(straight.constBits(), np.uint8)
    rgba = flat.reshape(straight.height(), straight.bytesPerLine() // 4, 4)
    pixels = rgba[:, : straight.width()].copy()
    if desk.copied is not None and np.array_equal(desk.copied[0], pixels):
        return desk.copied
    return pixels, None
