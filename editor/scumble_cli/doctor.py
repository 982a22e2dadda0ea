"""The command `scumble doctor`: what is installed, which device, where files lie, what is wrong."""

from typing import Annotated

import typer


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Report for programs, as JSON.")] = False,
) -> None:
    """Examine this installation and say how to mend what is wrong. Fails where something is.

    Example: scumble doctor
    """
    from scumble_cli.examination import examine, print_examination
    from scumble_cli.speech import print_json

    found = examine()
    if as_json:
        print_json(found)
    else:
        print_examination(found)
    if found.problems:
        raise typer.Exit(1)
