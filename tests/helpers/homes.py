"""A home of its own for a daemon under test: start the front there, kill it, start it again."""

import contextlib
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import psutil
import zmq

from scumble_protocol import messages as m
from scumble_protocol.client import Client
from scumble_protocol.endpoint import (
    HOME_VARIABLE,
    Connection,
    folders,
    read_connection,
)
from scumble_protocol.errors import DaemonUnreachableError
from scumble_protocol.frames import Received, pack, read_reply
from scumble_protocol.images import Buffer

SCRIPTED = (sys.executable, str(Path(__file__).with_name("front_process.py")))
REAL = (sys.executable, "-m", "scumble_daemon", "run", "--device", "cpu")
PATIENCE_S = 60.0


def free_port() -> int:
    """Return a port of the loopback that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Home:
    """A folder for everything of one user, in the environment of this process too."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._fronts: list[subprocess.Popen[bytes]] = []
        self._elsewhere = os.environ.get(HOME_VARIABLE)
        os.environ[HOME_VARIABLE] = str(folder)

    @property
    def spool(self) -> Path:
        """Where jobs are kept."""
        return folders().data / "spool"

    @property
    def runs(self) -> list[str]:
        """The jobs that the scripted worker began, in order."""
        file = self.spool / "runs"
        return file.read_text().split() if file.exists() else []

    def go(self) -> None:
        """Let jobs that wait in the scripted worker go on."""
        (self.spool / "go").touch()

    def halt(self) -> None:
        """Let jobs wait in the scripted worker again."""
        (self.spool / "go").unlink()

    def settle(self, **settings: Any) -> None:
        """Write the daemon's settings."""
        folders().config.mkdir(parents=True, exist_ok=True)
        lines = [f"{name} = {_toml(value)}" for name, value in settings.items()]
        (folders().config / "daemon.toml").write_text("\n".join(lines))

    def start(
        self, command: Sequence[str] = SCRIPTED, environment: dict[str, str] | None = None
    ) -> Connection:
        """Start a front and wait until it says where it listens."""
        front = self.launch(command, environment)
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            with contextlib.suppress(DaemonUnreachableError):
                connection = read_connection(folders().connection_file)
                if connection.pid == front.pid:
                    return connection
            if front.poll() is not None:
                raise AssertionError(f"the front ended: {front.communicate()[1].decode()}")
            time.sleep(0.01)
        raise AssertionError("the front did not get ready")

    def launch(
        self, command: Sequence[str] = SCRIPTED, environment: dict[str, str] | None = None
    ) -> "subprocess.Popen[bytes]":
        """Start a front and do not wait."""
        front = subprocess.Popen(
            command, stderr=subprocess.PIPE, env={**os.environ, **(environment or {})}
        )
        self._fronts.append(front)
        return front

    def refusal(self, command: Sequence[str] = SCRIPTED) -> str:
        """Start a front that must refuse, and return the sentence it says."""
        front = self.launch(command)
        said = front.communicate(timeout=PATIENCE_S)[1].decode()
        assert front.returncode == 1, said
        return said

    def kill(self) -> None:
        """End the front without a warning, and wait until its workers are gone too."""
        front = self._fronts[-1]
        workers = psutil.Process(front.pid).children()
        front.kill()
        front.communicate(timeout=PATIENCE_S)
        psutil.wait_procs(workers, timeout=PATIENCE_S)

    def stop(self) -> int:
        """Ask the front to end; return its exit code."""
        front = self._fronts[-1]
        front.send_signal(signal.SIGTERM)
        return self.wait()

    def wait(self) -> int:
        """Wait for the front's end; return its exit code."""
        front = self._fronts[-1]
        front.communicate(timeout=PATIENCE_S)
        return front.returncode

    def close(self) -> None:
        """End what still runs."""
        for front in self._fronts:
            if front.poll() is None:
                front.kill()
            front.communicate(timeout=PATIENCE_S)
        if self._elsewhere is None:
            del os.environ[HOME_VARIABLE]
        else:
            os.environ[HOME_VARIABLE] = self._elsewhere

    def sql(self, statement: str, *values: Any) -> list[Any]:
        """Look into the spool, or change it, behind the daemon's back."""
        with contextlib.closing(sqlite3.connect(self.spool / "spool.sqlite")) as database, database:
            return database.execute(statement, values).fetchall()


class Wire:
    """A raw connection: any frames out, checked replies in."""

    def __init__(self, connection: Connection, **options: bytes | int) -> None:
        self._context = zmq.Context()
        self._socket = self._context.socket(zmq.DEALER)
        self._socket.linger = 0
        for name, value in options.items():
            self._socket.set(getattr(zmq, name), value)
        self._socket.connect(connection.endpoint)

    def __enter__(self) -> "Wire":
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()
        self._context.term()

    def send(self, *frames: Buffer) -> None:
        """Send frames as they are."""
        self._socket.send_multipart(frames)

    def say(self, request: m.AnyRequest, buffers: Sequence[Buffer] = ()) -> None:
        """Send a proper message."""
        self.send(*pack(request, buffers))

    def hear(self, timeout_s: float = PATIENCE_S) -> Received[m.AnyReply] | None:
        """Return the next reply, or None where none comes in time."""
        if not self._socket.poll(int(timeout_s * 1000)):
            return None
        return read_reply(self._socket.recv_multipart())

    def ask(self, request: m.AnyRequest, buffers: Sequence[Buffer] = ()) -> m.AnyReply:
        """Send a proper message and return its answer; events in between are passed over."""
        self.say(request, buffers)
        while (reply := self.hear()) is not None:
            if isinstance(reply.message, m.Answer) and reply.message.request == request.request:
                return reply.message
        raise AssertionError(f"no answer to {request}")

    def hello(self, client: str = "a-client", minor: int = 0) -> m.AnyReply:
        """Say hello."""
        return self.ask(m.Hello(request="hello", client=client, minor=minor))


def client(client_id: str = "a-client") -> Client:
    """Return a client of the daemon that runs in the home of this process."""
    return Client.connect(client_id=client_id, timeout_s=PATIENCE_S, patience_s=2 * PATIENCE_S)


@contextlib.contextmanager
def home(folder: Path) -> Iterator[Home]:
    """Be at home in a folder for a while."""
    here = Home(folder)
    try:
        yield here
    finally:
        here.close()


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple | list):
        return f"[{', '.join(_toml(item) for item in value)}]"
    return f'"{value}"' if isinstance(value, str) else str(value)
