"""What is copied into a host: the plug-in, the shared host side, and the record of the bridge."""

import importlib.util
import shutil
import sys
from pathlib import Path

from scumble_bridge.places import Place
from scumble_bridge.tasks import known_tasks
from scumble_host.record import FILE_NAME, Record
from scumble_protocol.errors import ScumbleError
from scumble_protocol.version import PACKAGE


class InstallError(ScumbleError):
    """A plug-in could not be installed or removed."""


def package_folder(name: str) -> Path:
    """Return where a package of ours lies, without importing it: hosts' modules are missing here.

    Raises InstallError where this Scumble came without it.
    """
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise InstallError(f"This Scumble came without {name}; nothing was installed.")
    return Path(spec.submodule_search_locations[0])


def record(place: Place) -> Record:
    """Return how a plug-in of a place starts the bridge of this environment."""
    command: tuple[str, ...] = (sys.executable, "-P", "-m", "scumble_bridge")
    if place.flatpak:
        command = ("flatpak-spawn", "--host", "--watch-bus", *command)
    return Record(command=command, tasks=known_tasks(), version=PACKAGE)


def copy_package(name: str, into: Path) -> None:
    """Copy a package's files, leaving out what Python made of them."""
    shutil.copytree(
        package_folder(name), into, ignore=shutil.ignore_patterns("__pycache__", "*.pyc")
    )


def write_record(place: Place, folder: Path) -> None:
    """Write down which bridge a plug-in starts."""
    (folder / FILE_NAME).write_text(record(place).as_json(), encoding="utf-8")


def move_into_place(fresh: Path, target: Path) -> None:
    """Put a finished folder or file where an older one may be; the older one is gone after it."""
    old = target.with_name(f"{target.name}.old")
    remove(old)
    if target.exists():
        target.replace(old)
    fresh.replace(target)
    remove(old)


def remove(path: Path) -> bool:
    """Remove a file or a folder; tell whether there was one."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
        return True
    there = path.exists() or path.is_symlink()
    path.unlink(missing_ok=True)
    return there
