"""What `scumble doctor` looks at: packages, devices, folders, the daemon, and what is wrong."""

import os
import platform
import shutil
import sys
from importlib import metadata
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from scumble_cli.connecting import connected_to_running
from scumble_cli.daemon_process import DaemonProgramError, output_of
from scumble_cli.speech import size_text
from scumble_protocol.endpoint import folders
from scumble_protocol.errors import ScumbleError
from scumble_protocol.launch import running_daemon
from scumble_protocol.version import PACKAGE, protocol_version

PROTOCOL_PACKAGES = ("pyzmq", "msgspec", "numpy", "blake3")
EDITOR_PACKAGES = ("PySide6-Essentials",)


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was looked at."""

    what: str
    found: str


class Examination(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that was found; `problems` are sentences: what is wrong and how to mend it."""

    findings: tuple[Finding, ...]
    problems: tuple[str, ...]


class _DaemonReport(msgspec.Struct, frozen=True, kw_only=True):
    """What is used of `python -m scumble_daemon doctor --json`."""

    packages: dict[str, str | None]
    devices: tuple[str, ...]
    problems: tuple[str, ...]


def examine() -> Examination:
    """Look at this installation; nothing is changed and no daemon is started.

    Takes some seconds, for torch is asked for its devices.
    """
    findings, problems = [_program(), _packages("the protocol", PROTOCOL_PACKAGES)], []
    for more, wrong in (_painting(), _folders(), _daemon()):
        findings += more
        problems += wrong
    findings.append(_packages("the editor", EDITOR_PACKAGES))
    return Examination(findings=tuple(findings), problems=tuple(problems))


def print_examination(found: Examination) -> None:
    """Print an examination for a person, problems last."""
    table = Table(show_header=False, box=None, pad_edge=False)
    for finding in found.findings:
        table.add_row(finding.what, finding.found)
    Console().print(table)
    for problem in found.problems:
        print(f"\nProblem: {problem}")
    if not found.problems:
        print("\nNothing is wrong.")


def _program() -> Finding:
    python = f"Python {platform.python_version()} at {sys.executable}"
    return Finding(
        what="Scumble",
        found=f"{PACKAGE}, protocol {protocol_version()}, {python}, {platform.platform()}",
    )


def _packages(what: str, packages: tuple[str, ...]) -> Finding:
    return Finding(what=what, found=", ".join(_version(package) for package in packages))


def _version(package: str) -> str:
    try:
        return f"{package} {metadata.version(package)}"
    except metadata.PackageNotFoundError:
        return f"{package} is not installed"


def _painting() -> tuple[list[Finding], list[str]]:
    """Ask the daemon's program, which knows what painting needs."""
    try:
        report = msgspec.json.decode(
            output_of(["doctor", "--json"], fails_with=1), type=_DaemonReport
        )
    except DaemonProgramError as error:
        return [Finding(what="the daemon", found="cannot be used")], [str(error)]
    packages = (f"{name} {version or 'missing'}" for name, version in report.packages.items())
    found = [
        Finding(what="the daemon", found=", ".join(packages)),
        Finding(what="devices", found=", ".join(report.devices) or "none"),
    ]
    return found, list(report.problems)


def _folders() -> tuple[list[Finding], list[str]]:
    places = folders()
    named = {
        "settings and keys": places.config,
        "models, jobs, results": places.data,
        "logs": places.log,
        "sockets": places.runtime,
    }
    found, problems = [], []
    for what, folder in named.items():
        standing = _standing(folder)
        free = size_text(shutil.disk_usage(standing).free)
        found.append(Finding(what=what, found=f"{folder} ({free} free)"))
        if not os.access(standing, os.W_OK):
            problems.append(
                f"{standing} cannot be written, so {what} have no place. Give yourself the right "
                "to, or set SCUMBLE_HOME to another folder."
            )
    return found, problems


def _standing(folder: Path) -> Path:
    """Return the folder itself, or the nearest one above it that is there."""
    return next(place for place in (folder, *folder.parents) if place.exists())


def _daemon() -> tuple[list[Finding], list[str]]:
    running = running_daemon()
    if running is None:
        return [Finding(what="running", found="no; a command that needs a daemon starts it")], []
    found = f"process {running.pid} at {running.endpoint}"
    try:
        with connected_to_running() as client:
            workers = [f"{worker.device} is {worker.state}" for worker in client.status().workers]
    except ScumbleError as error:
        return [Finding(what="running", found=found)], [str(error)]
    return [Finding(what="running", found=", ".join((found, *workers)))], []
