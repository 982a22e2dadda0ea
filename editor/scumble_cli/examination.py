"""What `scumble doctor` looks at: packages, folders, devices, models, the daemon."""

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
from scumble_cli.speech import size_text
from scumble_protocol.endpoint import folders
from scumble_protocol.errors import ScumbleError
from scumble_protocol.launch import running_daemon
from scumble_protocol.version import PACKAGE, protocol_version

PARTS = {
    "the protocol": ("pyzmq", "msgspec", "numpy", "blake3"),
    "the daemon": ("torch", "diffusers", "transformers", "accelerate", "safetensors"),
    "the editor": ("PySide6-Essentials",),
}
EXTRAS = {"the daemon": "daemon", "the editor": "editor"}
SCARCE_BYTES = 2 << 30


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was looked at; `trouble` says what is wrong and how to mend it."""

    what: str
    found: str
    trouble: str = ""


class Examination(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that was found."""

    findings: tuple[Finding, ...]

    @property
    def troubles(self) -> tuple[Finding, ...]:
        """What should be mended."""
        return tuple(finding for finding in self.findings if finding.trouble)


def examine() -> Examination:
    """Look at this installation; nothing is changed and no daemon is started."""
    return Examination(findings=(_program(), *_packages(), *_folders(), _daemon()))


def print_examination(found: Examination) -> None:
    """Print an examination for a person, troubles once more at the end."""
    table = Table(show_header=False, box=None, pad_edge=False)
    for finding in found.findings:
        table.add_row("!!" if finding.trouble else "ok", finding.what, finding.found)
    Console().print(table)
    for finding in found.troubles:
        print(f"\n{finding.what}: {finding.trouble}")


def _program() -> Finding:
    python = f"Python {platform.python_version()} at {sys.executable}"
    return Finding(
        what="scumble",
        found=f"{PACKAGE}, protocol {protocol_version()}, {python}, {platform.platform()}",
    )


def _packages() -> list[Finding]:
    return [_part(part, packages) for part, packages in PARTS.items()]


def _part(part: str, packages: tuple[str, ...]) -> Finding:
    found, missing = [], []
    for package in packages:
        try:
            found.append(f"{package} {metadata.version(package)}")
        except metadata.PackageNotFoundError:
            missing.append(package)
    absent = f"not installed: {', '.join(missing)}" if missing else ""
    remedy = ""
    if missing and part != "the editor":  # a machine that only computes needs none
        extra = f"[{EXTRAS[part]}]" if part in EXTRAS else ""
        remedy = f"{', '.join(missing)} is missing; run `pip install 'scumble{extra}'`."
    return Finding(
        what=part, found=", ".join((*found, absent) if absent else found), trouble=remedy
    )


def _folders() -> list[Finding]:
    places = folders()
    named = {
        "settings and keys": places.config,
        "models and spool": places.data,
        "logs": places.log,
        "sockets": places.runtime,
    }
    return [_folder(what, folder) for what, folder in named.items()]


def _folder(what: str, folder: Path) -> Finding:
    standing = next(place for place in (folder, *folder.parents) if place.exists())
    free = shutil.disk_usage(standing).free
    found = f"{folder} ({size_text(free)} free)"
    if not os.access(standing, os.W_OK):
        trouble = f"{standing} cannot be written; give yourself the right to, or set SCUMBLE_HOME."
    elif folder == folders().data and free < SCARCE_BYTES:
        trouble = f"Only {size_text(free)} are free in {standing}; results may not fit. Make room."
    else:
        trouble = ""
    return Finding(what=what, found=found, trouble=trouble)


def _daemon() -> Finding:
    running = running_daemon()
    if running is None:
        return Finding(what="daemon", found="not running; a command that needs one starts it")
    try:
        with connected_to_running() as client:
            workers = ", ".join(f"{w.device}: {w.state}" for w in client.status().workers)
    except ScumbleError as error:
        return Finding(what="daemon", found=f"process {running.pid}", trouble=str(error))
    return Finding(what="daemon", found=f"process {running.pid}, {workers or 'no workers yet'}")
