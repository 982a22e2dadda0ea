"""The command `scumble` as a user runs it: a process of its own, in a home of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from scumble_protocol.endpoint import Connection, write_connection


@dataclass(frozen=True, slots=True)
class CommandLine:
    """Runs `scumble` in a folder, with everything of Scumble's kept below a home."""

    home: Path
    folder: Path

    def environment(self) -> dict[str, str]:
        """Return the environment of every command."""
        return os.environ | {"SCUMBLE_HOME": str(self.home), "COLUMNS": "160", "NO_COLOR": "1"}

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a command; its output goes to pipes."""
        return subprocess.Popen(
            [sys.executable, "-m", "scumble_cli", *arguments],
            cwd=self.folder,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, timeout_s: float = 120) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        process = self.start(*arguments)
        try:
            out, err = process.communicate(timeout=timeout_s)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            raise AssertionError(f"scumble {arguments} did not end; it said:\n{out}{err}") from None
        assert "Traceback" not in err, err
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def point_to(self, endpoint: str) -> None:
        """Make commands find a daemon of this process at an endpoint."""
        connection = Connection(endpoint=endpoint, pid=os.getpid(), session="first")
        write_connection(connection, self.home / "run" / "daemon.json")

    @contextmanager
    def running(self, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        """Start a command and make sure that it has ended when the block does."""
        process = self.start(*arguments)
        try:
            yield process
        finally:
            process.kill()
            process.communicate()
