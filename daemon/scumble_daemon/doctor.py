"""What is installed, which device there is, where files lie, what is wrong and how to mend it."""

import importlib.metadata
import json
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import msgspec

from scumble_daemon.config import SettingsError, load_settings, model_folder, settings_file
from scumble_daemon.config import spool_folder as spool
from scumble_protocol.endpoint import folders, is_alive, read_connection
from scumble_protocol.errors import DaemonUnreachableError
from scumble_protocol.version import PACKAGE

NEEDED = ("torch", "diffusers", "transformers", "accelerate", "safetensors", "compel", "peft")
LITTLE_SPACE_BYTES = 2 << 30
PROBE_TIMEOUT_S = 120.0

_PROBE = """
import json, torch
names = [torch.cuda.get_device_name(n) for n in range(torch.cuda.device_count())]
found = [f"cuda:{n} {name}" for n, name in enumerate(names)]
if torch.backends.mps.is_available():
    found.append("mps")
if hasattr(torch, "xpu") and torch.xpu.is_available():
    found.append("xpu")
print(json.dumps([*found, "cpu"]))
"""


class Examination(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome."""

    scumble: str
    python: str
    platform: str
    packages: dict[str, str | None]  # versions; None where it is not installed
    devices: tuple[str, ...]  # as torch sees them, the best first
    daemon: str  # "running, process N" or "not running"
    files: dict[str, str]
    problems: tuple[str, ...]  # sentences: what is wrong and how to mend it

    def as_text(self) -> str:
        """Return the outcome for a person to read."""
        lines = [f"Scumble {self.scumble}, Python {self.python}, {self.platform}"]
        lines += [f"  {name} {version or 'missing'}" for name, version in self.packages.items()]
        lines.append("Devices: " + (", ".join(self.devices) or "none"))
        lines.append(f"Daemon: {self.daemon}")
        lines += [f"  {name}: {path}" for name, path in self.files.items()]
        lines += [f"Problem: {problem}" for problem in self.problems]
        return "\n".join(lines if self.problems else [*lines, "Nothing is wrong."])


def examine() -> Examination:
    """Look at everything; takes some seconds, for torch is asked for its devices."""
    packages = {name: _version(name) for name in NEEDED}
    missing = [name for name, version in packages.items() if version is None]
    problems = []
    devices: tuple[str, ...] = ()
    if missing:
        problems.append(
            f"{', '.join(missing)} not installed, so nothing can be painted. "
            "Install with `pip install 'scumble[daemon]'`."
        )
    if packages["torch"] is not None:
        devices, trouble = _devices()
        problems += trouble
    places = folders()
    return Examination(
        scumble=PACKAGE,
        python=platform.python_version(),
        platform=platform.platform(),
        packages=packages,
        devices=devices,
        daemon=_daemon(),
        files={
            "settings": str(settings_file()),
            "models": str(model_folder()),
            "jobs and results": str(spool()),
            "socket": str(places.runtime),
            "logs": str(places.log),
        },
        problems=(*problems, *_settings_trouble(), *_disk_trouble(), *_spool_trouble()),
    )


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _devices() -> tuple[tuple[str, ...], list[str]]:
    """Ask torch in a process of its own, for a broken one may take its process with it."""
    try:
        probe = subprocess.run(  # noqa: S603 - our own interpreter and words
            [sys.executable, "-c", _PROBE],
            capture_output=True,
            text=True,
            timeout=PROBE_TIMEOUT_S,
            check=True,
        )
        return tuple(json.loads(probe.stdout.splitlines()[-1])), []
    except (subprocess.SubprocessError, OSError, ValueError, IndexError) as error:
        said = getattr(error, "stderr", None) or str(error)
        last = str(said).strip().splitlines()[-1:]
        return (), [f"torch is installed but does not work: {''.join(last)} Install it anew."]


def _daemon() -> str:
    try:
        connection = read_connection(folders().connection_file)
    except DaemonUnreachableError:
        return "not running"
    return f"running, process {connection.pid}" if is_alive(connection) else "not running"


def _settings_trouble() -> list[str]:
    try:
        load_settings()
    except SettingsError as error:
        return [str(error)]
    return []


def _disk_trouble() -> list[str]:
    place = _existing(spool())
    if not os.access(place, os.W_OK):
        return [f"{place} cannot be written, so no job can be kept. Change its permissions."]
    free = shutil.disk_usage(place).free
    if free < LITTLE_SPACE_BYTES:
        return [f"Only {free / 1e6:.0f} MB are free for jobs and results at {place}. Make room."]
    return []


def _spool_trouble() -> list[str]:
    return [
        f"A damaged spool was put aside as {file}; the jobs in it that could be read were kept. "
        "Remove it when you miss none."
        for file in sorted(spool().glob("spool-damaged-*.sqlite"))
    ]


def _existing(folder: Path) -> Path:
    return folder if folder.exists() or folder == folder.parent else _existing(folder.parent)
