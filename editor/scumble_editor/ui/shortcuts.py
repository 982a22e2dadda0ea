"""Which keys do what: the table's, or the painter's own."""

from collections.abc import Iterable

from PySide6.QtGui import QKeySequence

from scumble_editor.ui.actions.action import Action
from scumble_editor.ui.settings import Settings


def keys_of(action: Action, settings: Settings) -> tuple[str, ...]:
    """Return the keys of an action: one of the painter's own, none, or the table's."""
    own = settings.shortcuts.get(action.id)
    if own is None:
        return action.shortcuts
    return (own,) if own else ()


def sequences(action: Action, settings: Settings) -> list[QKeySequence]:
    """Return the keys of an action as Qt knows them."""
    return [QKeySequence(keys) for keys in keys_of(action, settings)]


def set_keys(
    actions: Iterable[Action], settings: Settings, action_id: str, keys: str | None
) -> Action | None:
    """Give an action keys, "" for none, None for its own; return who lost them, if anyone."""
    if keys is None:
        settings.shortcuts.pop(action_id, None)
        return None
    settings.shortcuts[action_id] = keys
    wanted = QKeySequence(keys)
    if wanted.isEmpty():
        return None
    for action in actions:
        if action.id != action_id and wanted in sequences(action, settings):
            settings.shortcuts[action.id] = ""
            return action
    return None
