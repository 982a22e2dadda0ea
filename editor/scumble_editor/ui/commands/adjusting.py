"""The Adjust menu: changes of a layer's tones, colours and sharpness."""

from scumble_editor.document.edits import adjustments
from scumble_editor.ui.desk import Desk
from scumble_editor.ui.dialogs.curves import CurvesDialog
from scumble_editor.ui.dialogs.tones import (
    BlurDialog,
    BrightnessDialog,
    HueDialog,
    LevelsDialog,
    SharpenDialog,
)


def levels(desk: Desk) -> None:
    """Stretch tones."""
    LevelsDialog(desk).show()


def curves(desk: Desk) -> None:
    """Bend tones."""
    CurvesDialog(desk).show()


def hue_saturation(desk: Desk) -> None:
    """Turn colours."""
    HueDialog(desk).show()


def brightness_contrast(desk: Desk) -> None:
    """Lighten or harden."""
    BrightnessDialog(desk).show()


def blur(desk: Desk) -> None:
    """Soften."""
    BlurDialog(desk).show()


def sharpen(desk: Desk) -> None:
    """Make edges clearer."""
    SharpenDialog(desk).show()


def invert_colours(desk: Desk) -> None:
    """Turn each colour into its opposite."""
    node = desk.active
    desk.work(lambda doc: adjustments.invert_colours(doc, node.id), "Invert colours")
