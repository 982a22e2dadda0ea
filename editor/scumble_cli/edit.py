"""The command `scumble edit`: opens the editor's window, in a process of its own."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from scumble_cli.speech import say


def edit(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Pictures to open.", show_default=False)
    ] = None,
) -> None:
    """Open the editor, with pictures or empty.

    Example: scumble edit photo.jpg
    """
    if importlib.util.find_spec("PySide6") is None:
        say("scumble: the editor is not installed. Install it with: pip install 'scumble[editor]'")
        raise typer.Exit(1)
    command = [sys.executable, "-m", "scumble_editor", *(str(path) for path in files or ())]
    raise typer.Exit(subprocess.run(command, check=False).returncode)  # noqa: S603
