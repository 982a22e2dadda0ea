"""What concerns the program itself: colours in hand, preferences, help."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox

from scumble_editor.ui.desk import Desk
from scumble_protocol.version import PACKAGE


def swap_colours(desk: Desk) -> None:
    """Exchange foreground and background."""
    desk.session.swap_colours()


def reset_colours(desk: Desk) -> None:
    """Take black and white."""
    desk.session.reset_colours()


def search(desk: Desk) -> None:
    """Find an action by typing."""
    desk.search()


def preferences(desk: Desk) -> None:
    """Show what can be chosen for good."""
    desk.show_preferences(0)


def first_steps(desk: Desk) -> None:
    """Show the guide to a first result."""
    desk.begin_first_steps()


def shortcuts(desk: Desk) -> None:
    """Show the page of the shortcuts."""
    desk.show_preferences(1)


def about(desk: Desk) -> None:
    """Say what this is."""
    box = QMessageBox(desk.window)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setWindowTitle("About Scumble")
    box.setText(f"Scumble {PACKAGE}")
    box.setInformativeText(
        "Select, describe, and a diffusion model's paint comes back as a layer over your own.\n\n"
        "Apache License 2.0. The sample photograph is by Rachel Michetti (CC0)."
    )
    box.open()
