"""The folder with the real GIMP and Krita in it, entered as root, with Scumble installed beside.

Nothing is mounted outside a run: each command gets mounts of its own, which end with it.
"""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from scumble_protocol.client import Client
from scumble_protocol.endpoint import Connection, is_alive, read_connection
from scumble_protocol.errors import DaemonUnreachableError

REPOSITORY = Path(__file__).resolve().parents[2]
BUILD = REPOSITORY / "packaging" / "hosts" / "build.sh"
CANNOT_BUILD = 3

_ENTER = """
root=$1; shift
while [ "$1" != -- ]; do
    mkdir -p "$root$1"; mount --rbind "$1" "$root$1"; shift
done
shift
exec chroot "$root" "$@"
"""


@dataclass(frozen=True)
class Stage:
    """A place to run hosts in.

    root: the folder with a whole system in it.
    scratch: a folder that is seen inside under the same path.
    """

    root: Path
    scratch: Path

    @property
    def home(self) -> Path:
        """The painter's home folder."""
        return self.scratch / "home"

    @property
    def python(self) -> Path:
        """The interpreter of the environment that Scumble is installed in, as a user would."""
        return self.scratch / "venv" / "bin" / "python"

    def environment(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        """Return a painter's environment: nothing of this one's but the clock."""
        runtime = self.scratch / "runtime"
        runtime.mkdir(mode=0o700, exist_ok=True)
        self.home.mkdir(exist_ok=True)
        return {
            "HOME": str(self.home),
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "LC_ALL": "C.UTF-8",
            "XDG_RUNTIME_DIR": str(runtime),
            "SCUMBLE_HOME": str(self.scratch / "scumble"),
            "NO_AT_BRIDGE": "1",
            "OMP_NUM_THREADS": "1",
            **(extra or {}),
        }

    def start(
        self, command: Sequence[str | Path], environment: Mapping[str, str] | None = None
    ) -> "subprocess.Popen[str]":
        """Start a command inside."""
        binds = [*_seen_inside(), self.scratch]
        return subprocess.Popen(
            ["unshare", "-m", "sh", "-euc", _ENTER, "enter", self.root, *binds, "--", *command],
            env=self.environment(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(
        self,
        command: Sequence[str | Path],
        environment: Mapping[str, str] | None = None,
        timeout_s: float = 180,
    ) -> str:
        """Run a command inside and return what it said; it must succeed."""
        process = self.start(command, environment)
        try:
            said, _ = process.communicate(timeout=timeout_s)
        except subprocess.TimeoutExpired:
            process.kill()
            said, _ = process.communicate()
            raise AssertionError(f"{command} did not end:\n{said}") from None
        assert process.returncode == 0, f"{command} ended with {process.returncode}:\n{said}"
        return said

    def add_model(self, folder: Path, name: str) -> None:
        """Put a model into the painter's catalogue."""
        where = self.scratch / "models" / name
        shutil.copytree(folder, where)
        self.run([self.python, "-m", "scumble_daemon", "models", "add", where, "--name", name])

    @property
    def daemon(self) -> Connection | None:
        """Where the painter's daemon is, if one runs."""
        try:
            connection = read_connection(self.scratch / "scumble" / "run" / "daemon.json")
        except DaemonUnreachableError:
            return None
        return connection if is_alive(connection) else None

    def client(self, host: str) -> Client:
        """Return a client that is told what a host's bridge is told."""
        connection = self.daemon
        assert connection is not None
        identity = (self.scratch / "scumble" / "config" / "hosts" / f"{host}.id").read_text()
        return Client.connect(connection, name="test", client_id=identity)

    def end_daemon(self, *, kill: bool = False) -> None:
        """End the painter's daemon, if one runs."""
        connection = self.daemon
        if connection is None:
            return
        process = psutil.Process(connection.pid)
        family = [process, *process.children(recursive=True)]
        process.send_signal(signal.SIGKILL if kill else signal.SIGTERM)
        psutil.wait_procs(family if not kill else [process], timeout=30)


def _seen_inside() -> list[Path]:
    """Return what of this machine the hosts' folder needs: devices, and our Python with torch."""
    return [Path("/proc"), Path("/dev"), Path(sys.base_prefix), Path(sys.prefix)]


def build() -> tuple[Path | None, str]:
    """Return the folder with the hosts in it, built where it is missing, or why it cannot be."""
    built = subprocess.run([BUILD], capture_output=True, text=True, check=False)
    if built.returncode == CANNOT_BUILD:
        return None, built.stderr.strip()
    assert built.returncode == 0, built.stderr
    return Path(built.stdout.strip()), ""


def install_scumble(stage: Stage) -> None:
    """Install this tree's Scumble the way a user would: a wheel, into an environment of its own.

    What it depends on is borrowed from the environment that runs the tests.
    """
    wheels = stage.scratch / "wheels"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    subprocess.run([*pip, "wheel", "--no-deps", "-w", wheels, REPOSITORY], check=True)
    venv = stage.scratch / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    (wheel,) = wheels.glob("*.whl")
    subprocess.run([*pip, "--python", stage.python, "install", "--no-deps", wheel], check=True)
    borrowed = next(p for p in sys.path if p.endswith("site-packages"))
    site = next((venv / "lib").glob("python*/site-packages"))
    (site / "borrowed.pth").write_text(borrowed + os.linesep)
