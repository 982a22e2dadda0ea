"""The actions that take a tool or change the size of its tip."""

from collections.abc import Callable
from functools import partial

from scumble_editor.tools.tool import Tool
from scumble_editor.tools.toolbox import GROUPS
from scumble_editor.ui.actions.action import Action
from scumble_editor.ui.desk import Desk


def _take(tool_id: str, desk: Desk) -> None:
    desk.session.take_tool(tool_id)


def _holds(tool_id: str, desk: Desk) -> bool:
    return desk.session.tool.id == tool_id


def _resize(factor: float, desk: Desk) -> None:
    values = desk.session.tool.values
    if values.has("size"):
        size = values.number("size")
        step = max(round(size * abs(factor - 1)), 1)
        values.set("size", size + step if factor > 1 else max(size - step, 1))
        desk.session.tool_changed.emit(desk.session.tool)


def _of_tool(tool: type[Tool], *, separated: bool) -> Action:
    take: Callable[[Desk], None] = partial(_take, tool.id)
    return Action(
        id=f"tool.{tool.id}",
        text=tool.title,
        tip=tool.tip,
        run=take,
        menu="Tools",
        shortcuts=(tool.shortcut,) if tool.shortcut else (),
        icon=tool.icon,
        checked=partial(_holds, tool.id),
        separated=separated,
    )


TOOLS = (
    *(
        _of_tool(tool, separated=number == 0 and group is not GROUPS[0])
        for group in GROUPS
        for number, tool in enumerate(group)
    ),
    Action(
        id="tool.larger",
        text="Larger Tip",
        tip="Make the tip of the tool larger",
        run=partial(_resize, 1.15),
        menu="Tools",
        shortcuts=("]",),
        separated=True,
    ),
    Action(
        id="tool.smaller",
        text="Smaller Tip",
        tip="Make the tip of the tool smaller",
        run=partial(_resize, 1 / 1.15),
        menu="Tools",
        shortcuts=("[",),
    ),
)
