"""Whether anything of a widget is on the screen: Qt calls docks beneath others in tabs visible."""

from PySide6.QtWidgets import QWidget


def seen(widget: QWidget) -> bool:
    """Tell whether a widget is shown and not wholly covered or out of sight."""
    return widget.isVisible() and not widget.visibleRegion().isEmpty()
