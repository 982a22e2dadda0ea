"""An action as data: what menus, keys, buttons, the command search and the tests are made from."""

from collections.abc import Callable
from dataclasses import dataclass

from scumble_editor.ui.actions.conditions import Condition, always
from scumble_editor.ui.desk import Desk


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One thing that can be done.

    `menu` is the path of the menu it is in, such as "Layer/Mask"; `checked` tells whether it is
    switched on, for those that can be; `separated` puts a line above it.
    """

    id: str
    text: str
    tip: str
    run: Callable[[Desk], None]
    menu: str
    shortcuts: tuple[str, ...] = ()
    icon: str = ""
    enabled: Condition = always
    checked: Callable[[Desk], bool] | None = None
    separated: bool = False
