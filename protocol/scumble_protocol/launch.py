"""Starting this user's daemon in the background, from the environment that this program runs in."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from scumble_protocol.endpoint import Connection, folders, is_alive, make_private, read_connection
from scumble_protocol.errors import DaemonUnreachableError

START_TIMEOUT_S = 30.0


def ensure_daemon(say: Callable[[str], None] = lambda _: None) -> Connection:
    """Return where this user's daemon listens; start one where none runs.

    say: told in a sentence when one is started.
    Raises DaemonUnreachableError where it cannot be started.
    """
    running = running_daemon()
    if running is not None:
        return running
    say("No daemon is running; starting one.")
    return start_daemon()


def running_daemon() -> Connection | None:
    """Return where this user's daemon listens, or None where none runs."""
    try:
        connection = read_connection(folders().connection_file)
    except DaemonUnreachableError:
        return None
    return connection if is_alive(connection) else None


def start_daemon(arguments: tuple[str, ...] = ()) -> Connection:
    """Start a daemon that outlives this program and return where it listens.

    arguments: further ones for ``python -m scumble_daemon run``.
    Raises DaemonUnreachableError where it ends or stays silent, with the last lines it said.
    """
    log = folders().log / "daemon-start.log"
    make_private(log.parent)
    command = [sys.executable, "-m", "scumble_daemon", "run", *arguments]
    with log.open("wb") as out:
        process = subprocess.Popen(  # noqa: S603 - this interpreter, our own module
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
        )
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        connection = running_daemon()
        if connection is not None:
            # the system keeps what is left of an ended process until its parent asks for it
            threading.Thread(target=process.wait, name="daemon", daemon=True).start()
            return connection
        if process.poll() is not None:
            raise DaemonUnreachableError(f"The daemon could not be started. {_last_words(log)}")
        time.sleep(0.02)
    raise DaemonUnreachableError(
        f"The daemon was started but does not answer after {START_TIMEOUT_S:g} s. "
        f"{_last_words(log)}"
    )


def _last_words(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines()
    said = lines[-1] if lines else "it said nothing"
    return f"Its last words: {said} (all of them are in {log})."
