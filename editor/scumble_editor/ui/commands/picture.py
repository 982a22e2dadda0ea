"""The Image menu: the canvas as a whole."""

from scumble_editor.document.edits import canvas as edits
from scumble_editor.ui.desk import Desk
from scumble_editor.ui.dialogs.resize import ResizeCanvas, ScalePicture


def scale(desk: Desk) -> None:
    """Ask for a size and scale everything to it."""
    dialog = ScalePicture(desk.opened.document.size, desk.window)
    dialog.chosen.connect(
        lambda size, how: desk.work(lambda doc: edits.scale(doc, size, how), "Scale picture")
    )
    dialog.open()


def resize_canvas(desk: Desk) -> None:
    """Ask for a size and give the canvas more room, or less."""
    dialog = ResizeCanvas(desk.opened.document.size, desk.window)
    dialog.chosen.connect(
        lambda size, left, top: desk.apply(
            lambda doc: edits.resize_canvas(doc, size, left, top), "Canvas size"
        )
    )
    dialog.open()


def crop_to_selection(desk: Desk) -> None:
    """Cut the canvas to what is selected."""
    desk.apply(edits.crop_to_selection, "Crop to selection")


def flip_across(desk: Desk) -> None:
    """Exchange left and right."""
    desk.work(lambda doc: edits.flip(doc, across=True), "Flip horizontally")


def flip_down(desk: Desk) -> None:
    """Exchange top and bottom."""
    desk.work(lambda doc: edits.flip(doc, across=False), "Flip vertically")


def rotate_right(desk: Desk) -> None:
    """Turn the picture a quarter clockwise."""
    desk.work(lambda doc: edits.rotate(doc, 1), "Rotate right")


def rotate_left(desk: Desk) -> None:
    """Turn the picture a quarter anticlockwise."""
    desk.work(lambda doc: edits.rotate(doc, -1), "Rotate left")


def rotate_half(desk: Desk) -> None:
    """Turn the picture upside down."""
    desk.work(lambda doc: edits.rotate(doc, 2), "Rotate by 180°")
