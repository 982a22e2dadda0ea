"""The window of models."""

from scumble_editor.ui.desk import Desk
from scumble_editor.ui.dialogs.models import ModelsWindow


def show(desk: Desk) -> None:
    """Show the models; those worth having where there is only the bundled one."""
    window = desk.window.findChild(ModelsWindow)
    if not isinstance(window, ModelsWindow):
        few = len(desk.generation.models) == 1
        window = ModelsWindow(desk, desk.generation.catalogue, page=1 if few else 0)
    window.show()
    window.activateWindow()
