"""The table of all actions, in the order of the menus."""

from scumble_editor.ui.actions.action import Action
from scumble_editor.ui.actions.file_edit import EDIT, FILE
from scumble_editor.ui.actions.generate import GENERATE
from scumble_editor.ui.actions.image import IMAGE
from scumble_editor.ui.actions.layer import LAYER
from scumble_editor.ui.actions.on_canvas import ON_CANVAS
from scumble_editor.ui.actions.recipe import RECIPE
from scumble_editor.ui.actions.select import SELECT
from scumble_editor.ui.actions.tools import TOOLS
from scumble_editor.ui.actions.view import HELP, VIEW

ACTIONS: tuple[Action, ...] = (
    *FILE,
    *EDIT,
    *IMAGE,
    *LAYER,
    *RECIPE,
    *SELECT,
    *GENERATE,
    *ON_CANVAS,
    *TOOLS,
    *VIEW,
    *HELP,
)


def action(action_id: str) -> Action:
    """Return an action by its id."""
    return BY_ID[action_id]


BY_ID = {entry.id: entry for entry in ACTIONS}
