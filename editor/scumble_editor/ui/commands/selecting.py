"""The Select menu."""

from collections.abc import Callable

from scumble_editor.document.document import Document
from scumble_editor.document.edits import selection as edits
from scumble_editor.tools.stage import Target
from scumble_editor.ui.desk import Desk
from scumble_editor.ui.dialogs.ask_number import AskNumber


def select_all(desk: Desk) -> None:
    """Select the whole canvas."""
    desk.apply(edits.select_all, "Select all")


def deselect(desk: Desk) -> None:
    """Select nothing, so that everything may be edited."""
    desk.apply(edits.deselect, "Deselect")


def invert(desk: Desk) -> None:
    """Select what is not selected."""
    desk.apply(edits.invert, "Invert selection")


def grow(desk: Desk) -> None:
    """Ask by how much, and make the selection larger."""
    _ask(desk, "Grow selection", 8, lambda doc, px: edits.grow(doc, round(px)))


def shrink(desk: Desk) -> None:
    """Ask by how much, and make the selection smaller."""
    _ask(desk, "Shrink selection", 8, lambda doc, px: edits.shrink(doc, round(px)))


def feather(desk: Desk) -> None:
    """Ask how wide, and soften the selection's edge."""
    _ask(desk, "Feather selection", 12, edits.feather)


def border(desk: Desk) -> None:
    """Ask how wide, and select the selection's edge alone."""
    _ask(desk, "Border of selection", 6, lambda doc, px: edits.border(doc, round(px)))


def colour_range(desk: Desk) -> None:
    """Ask for a tolerance and select all that is like the foreground colour."""
    red, green, blue = desk.session.foreground
    colour = (red, green, blue, 255)
    dialog = AskNumber(
        desk.window,
        "Select by colour",
        "Tolerance",
        "How far from the foreground colour a pixel may be, 0 to 255",
        (0, 255, 40),
    )
    dialog.answered.connect(
        lambda value: desk.work(
            lambda doc: edits.select_colour(doc, colour, round(value), softness=24),
            "Select by colour",
        )
    )
    dialog.open()


def from_alpha(desk: Desk) -> None:
    """Select the layer's paint."""
    node = desk.active
    desk.apply(lambda doc: edits.select_alpha(doc, node.id), "Select layer")


def from_mask(desk: Desk) -> None:
    """Select what the mask shows."""
    node = desk.active
    desk.apply(lambda doc: edits.select_mask(doc, node.id), "Select mask")


def quick_mask(desk: Desk) -> None:
    """Paint the selection with any brush: red is not selected. Again to go back."""
    opened = desk.opened
    on = opened.target is Target.SELECTION
    opened.aim(Target.PIXELS if on else Target.SELECTION)
    if not on:
        desk.messages.info("Quick mask: paint white to select, black to deselect. Press Q to end.")


def _ask(
    desk: Desk, title: str, default: float, edit: Callable[[Document, float], Document]
) -> None:
    dialog = AskNumber(
        desk.window, title, "Pixels", "Distance in pixels of the picture", (1, 1000, default), " px"
    )
    dialog.answered.connect(lambda px: desk.work(lambda doc: edit(doc, px), title))
    dialog.open()
