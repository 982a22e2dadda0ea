"""Running the daemon's own program, `python -m scumble_daemon`, from this environment."""

import contextlib
import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from typing import NoReturn

from scumble_cli.failures import BadUseError
from scumble_protocol.errors import ScumbleError

_BAD_USE = 2  # the exit code of the daemon's program, as of this one


class DaemonProgramError(ScumbleError):
    """The daemon's program is not installed, or did not do what it was asked."""


def become(arguments: Sequence[str]) -> NoReturn:
    """Run the daemon's program in the place of this one, so that signals reach it itself."""
    command = _command(arguments)
    sys.stdout.flush()
    sys.stderr.flush()
    if os.name == "posix":
        os.execv(command[0], command)  # noqa: S606 - this interpreter, our own module
    sys.exit(subprocess.call(command))  # noqa: S603 - as above


def output_of(arguments: Sequence[str], *, fails_with: int | None = None) -> bytes:
    """Return what the daemon's program prints.

    fails_with: an exit code that comes with output all the same.
    Raises BadUseError where it was asked for what cannot be, such as a model that is not there, and
    DaemonProgramError where it fails otherwise; both with what it said.
    """
    done = subprocess.run(_command(arguments), capture_output=True, check=False)  # noqa: S603
    if done.returncode != 0 and not (done.returncode == fails_with and done.stdout):
        said = done.stderr.decode(errors="replace").strip().splitlines()
        kind = BadUseError if done.returncode == _BAD_USE else DaemonProgramError
        raise kind(said[-1] if said else "The daemon's program failed silently.")
    return done.stdout


@contextlib.contextmanager
def spoken_by(arguments: Sequence[str]) -> "Iterator[subprocess.Popen[bytes]]":
    """Run the daemon's program for the time of a `with`, to read its lines as they come."""
    with subprocess.Popen(_command(arguments), stdout=subprocess.PIPE) as process:  # noqa: S603
        try:
            yield process
        finally:
            process.terminate()


def _command(arguments: Sequence[str]) -> list[str]:
    if importlib.util.find_spec("scumble_daemon") is None:
        raise DaemonProgramError(
            "The daemon is not installed in this environment. Nothing was done; install it with "
            "`pip install 'scumble[daemon]'`."
        )
    return [sys.executable, "-m", "scumble_daemon", *arguments]
