"""The command `scumble edit`: opens the editor's window, in a process of its own."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from scumble_cli.failures import readable
from scumble_protocol.errors import ScumbleError


def edit(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Pictures to open.", show_default=False)
    ] = None,
) -> None:
    """Open the editor, with pictures or empty.

    Example: scumble edit photo.jpg
    """
    paths = [str(readable(file)) for file in files or ()]
    if importlib.util.find_spec("PySide6") is None:
        raise ScumbleError(
            "The editor is not installed. Install it with: pip install 'scumble[editor]'"
        )
    _check_screen()
    command = [sys.executable, "-m", "scumble_editor", *paths]
    code = subprocess.run(command, check=False).returncode  # noqa: S603 - our own module
    if code < 0:
        raise ScumbleError(
            f"The editor was ended by signal {-code}. What was painted until then is in its "
            "journal: it offers the document again at its next start."
        )
    raise typer.Exit(code)


def _check_screen() -> None:
    """Raise ScumbleError where no window could be opened, which Qt would end the process for."""
    if not sys.platform.startswith("linux") or "QT_QPA_PLATFORM" in os.environ:
        return
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        raise ScumbleError(
            "There is no screen to open the editor's window on: neither DISPLAY nor "
            "WAYLAND_DISPLAY is set. Nothing was opened; the other commands need no screen."
        )
