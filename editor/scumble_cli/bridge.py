"""The command `scumble bridge …`: the plug-ins of GIMP and Krita, put in and taken out."""

from typing import Annotated, Literal

import typer

app = typer.Typer(
    no_args_is_help=True,
    help="""Put Scumble's commands into GIMP 3 and Krita.

    Installing again upgrades. Example: scumble bridge install krita
    """,
)

Host = Annotated[Literal["krita", "gimp", "all"], typer.Argument(help="Which program.")]


@app.command()
def install(host: Host = "all") -> None:
    """Install the plug-in, or bring it to this version; says what was done and how to undo it.

    Example: scumble bridge install gimp
    """
    _run("install", host)


@app.command()
def uninstall(host: Host = "all") -> None:
    """Remove the plug-in. Results in your pictures stay.

    Example: scumble bridge uninstall all
    """
    _run("uninstall", host)


@app.command()
def status(host: Host = "all") -> None:
    """Say where plug-ins are installed, and what keeps them from working.

    Example: scumble bridge status
    """
    _run("status", host)


def _run(action: str, host: str) -> None:
    """Leave the work to the bridge's own program, which alone knows the hosts."""
    import subprocess
    import sys

    command = [sys.executable, "-P", "-m", "scumble_bridge", action, host]
    ended = subprocess.run(command, check=False)  # noqa: S603 - this interpreter, our own module
    raise typer.Exit(ended.returncode)
