"""The bridge as a child process: started without the host's Python paths, heard on a thread."""

import contextlib
import os
import queue
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from scumble_host.pipe import Buffer, Message, PipeError, read_message, write_message

Outgoing = tuple[dict[str, Any], Sequence[Buffer]]

# Set by hosts for their own Python and libraries; another Python must not see them.
FOREIGN_VARIABLES = ("PYTHONPATH", "PYTHONHOME", "PYTHONNOUSERSITE", "LD_LIBRARY_PATH")
LAST_WORDS = 20  # lines of standard error that are kept
END_TIMEOUT_S = 10.0


class BridgeError(Exception):
    """The bridge cannot be started, or it ended; the message is fit for a painter."""


class Bridge:
    """A running bridge.

    Sending never waits: a thread writes. What comes is given to `hear` on another thread; None is
    the last thing it hears, when the bridge has ended.
    """

    def __init__(self, command: Sequence[str], hear: Callable[[Message | None], None]) -> None:
        self._command = list(command)
        self._hear = hear
        self._outgoing: queue.SimpleQueue[Outgoing | None] = queue.SimpleQueue()
        self._said: deque[str] = deque(maxlen=LAST_WORDS)
        self._process = _start(self._command)
        self._threads = [
            threading.Thread(target=work, name=f"scumble {work.__name__}", daemon=True)
            for work in (self._write, self._read, self._listen)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def running(self) -> bool:
        """Whether the process is there."""
        return self._process.poll() is None

    @property
    def last_words(self) -> str:
        """What the bridge complained about last; empty where it did not."""
        return self._said[-1] if self._said else ""

    def send(self, header: dict[str, Any], buffers: Sequence[Buffer] = ()) -> None:
        """Send a message; buffers must not be changed any more."""
        self._outgoing.put((header, buffers))

    def close(self, timeout_s: float = END_TIMEOUT_S) -> None:
        """Let the bridge end: what was sent is still done, and its unfinished jobs are cancelled.

        Waits for it at most `timeout_s`; 0 does not wait.
        """
        self._outgoing.put(None)
        if timeout_s <= 0:
            return
        try:
            self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for thread in self._threads:
            thread.join(timeout_s)
        for pipe in (self._process.stdout, self._process.stderr):
            cast("IO[bytes]", pipe).close()

    def _write(self) -> None:
        pipe = cast("BinaryIO", self._process.stdin)
        try:
            while (outgoing := self._outgoing.get()) is not None:
                write_message(pipe, *outgoing)
        except OSError:
            pass  # it ended, which `_read` notices too
        with contextlib.suppress(OSError):  # what it had not read yet is of no use any more
            pipe.close()

    def _read(self) -> None:
        pipe = cast("BinaryIO", self._process.stdout)
        try:
            while (message := read_message(pipe)) is not None:
                self._hear(message)
        except (PipeError, OSError, ValueError) as error:
            self._said.append(str(error))
        self._hear(None)

    def _listen(self) -> None:
        for line in cast("BinaryIO", self._process.stderr):
            if words := line.decode(errors="replace").strip():
                self._said.append(words)


def _start(command: list[str]) -> "subprocess.Popen[bytes]":
    try:
        return subprocess.Popen(  # noqa: S603 - the installer wrote the command down
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=_own_environment(),
            cwd=str(Path.home()) if Path.home().is_dir() else None,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except OSError as error:
        raise BridgeError(
            f"Scumble's bridge could not be started ({command[0]}: {error.strerror}). Nothing was "
            "changed. If Scumble was moved or removed, install it and run `scumble bridge install`."
        ) from error


def _own_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in FOREIGN_VARIABLES}


def ended_sentence(bridge: Bridge) -> str:
    """Return what to tell a painter whose bridge ended by itself."""
    words = f" Its last words: {bridge.last_words}" if bridge.last_words else ""
    return (
        "Scumble's bridge ended unexpectedly. Your picture was not changed; try again, and if it "
        f"happens again run `scumble bridge status`.{words}"
    )
