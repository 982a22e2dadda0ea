"""What is wrong with a command as it was typed: a sentence in the place of the parser's own."""

import difflib
import re
from typing import Any

import typer

UsageError: type[Exception] = typer.BadParameter.__mro__[1]
"""What the parser raises for a command that it cannot read; typer's versions have their own."""

_QUOTED = re.compile(r"'([^']*)'")


def sentence_of(error: Any) -> str:
    """Return what was wrong, and where the right use is told."""
    context = error.ctx
    command = context.command_path if context is not None else "scumble"
    return f"{_wrong(error)} Nothing was done; see `{command} --help`."


def is_help(error: Exception) -> bool:
    """Tell whether this is no error: a group without a command shows its help."""
    return type(error).__name__ == "NoArgsIsHelpError"


def _wrong(error: Any) -> str:
    kind, message = type(error).__name__, error.message
    if kind == "NoSuchOption":
        near = sorted(error.possibilities or ())
        return f"There is no option {error.option_name}.{_meant(near)}"
    if message.startswith("No such command"):
        name = _QUOTED.findall(message)[0]
        near = difflib.get_close_matches(name, error.ctx.command.commands)
        return f"There is no command “{name}”.{_meant(near)}"
    if kind == "MissingParameter":
        return f"{_name(error)} is missing."
    if message.endswith("is not readable."):
        return f"“{_QUOTED.findall(message)[0]}” may not be read by you."
    if isinstance(error, typer.BadParameter):
        choices = _QUOTED.findall(message)
        if "is not one of" in message and choices:
            message = f"“{choices[0]}” is none of {', '.join(choices[1:])}."
        return f"{_name(error)}: {message}"
    if "unexpected extra argument" in message:
        extra = message[message.rindex("(") + 1 : message.rindex(")")]
        return f"“{extra}” is too much here."
    if "requires an argument" in message:
        return f"{error.option_name} needs a value."
    return str(message)


def _name(error: Any) -> str:
    """Return an option as it is typed, or an argument in capitals."""
    parameter = error.param
    if parameter is None:
        return str(error.param_hint or "An argument")
    option = parameter.param_type_name == "option"
    return str(parameter.opts[0]) if option else str(parameter.name).upper()


def _meant(near: list[str]) -> str:
    return f" Did you mean {' or '.join(near)}?" if near else ""
