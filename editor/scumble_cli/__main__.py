"""The command `scumble`: its groups of commands, and how each of its errors ends it."""

import sys
from collections.abc import Callable, Sequence
from typing import Annotated

import typer

from scumble_cli import (
    bridge,
    daemon,
    depth,
    diffedit,
    doctor,
    edit,
    jobs,
    models,
    paint,
    running,
    upscale,
)
from scumble_cli.failures import is_bad_use
from scumble_cli.speech import say
from scumble_cli.usage import UsageError, is_help, sentence_of
from scumble_protocol.errors import JobCancelledError, ScumbleError
from scumble_protocol.version import PACKAGE

FAILED, BAD_USE, INTERRUPTED = 1, 2, 130

ABOUT = """Select, describe, and a diffusion model's paint comes back as a layer over your own.

Example: scumble inpaint photo.jpg --ellipse 200,80,190,140 --prompt "a red heart" -o photo.ora

Exit codes: 0 done, 1 failed, 2 bad use, 130 cancelled.
"""

app = typer.Typer(
    name="scumble",
    help=ABOUT,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
PAINTING: tuple[Callable[..., None], ...] = (
    paint.inpaint,
    paint.img2img,
    paint.text2img,
    depth.depth,
    depth.depth_map,
    diffedit.diffedit,
    diffedit.diffedit_select,
    diffedit.diffedit_invert,
    upscale.upscale,
    running.run,
    running.chain,
)
for command in PAINTING:
    app.command()(command)
app.add_typer(daemon.app, name="daemon")
app.add_typer(jobs.app, name="jobs")
app.add_typer(models.app, name="models")
app.add_typer(bridge.app, name="bridge")
app.command()(doctor.doctor)
app.command()(edit.edit)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"scumble {PACKAGE}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Say which it is."),
    ] = False,
) -> None:
    """Take what stands before the command."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and end; every error ends it with a sentence and its exit code.

    arguments: what stands after `scumble`; those of this process where None.
    """
    try:
        code = app(arguments, prog_name="scumble", standalone_mode=False)
    except UsageError as error:
        if not is_help(error):
            say(f"scumble: {sentence_of(error)}")
        sys.exit(BAD_USE)
    except JobCancelledError as error:
        say(f"scumble: {error}")
        sys.exit(INTERRUPTED)
    except ScumbleError as error:
        say(f"scumble: {error}")
        sys.exit(BAD_USE if is_bad_use(error) else FAILED)
    except (KeyboardInterrupt, typer.Abort):
        sys.exit(INTERRUPTED)
    sys.exit(code or 0)


if __name__ == "__main__":
    main()
