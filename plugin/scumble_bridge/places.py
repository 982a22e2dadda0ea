"""Where GIMP and Krita keep their plug-ins: packages, Flatpak, AppImage, Snap, Windows, macOS."""

import os
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Host = Literal["gimp", "krita"]
HOSTS: tuple[Host, ...] = ("gimp", "krita")

GIMP_FLATPAK, KRITA_FLATPAK = "org.gimp.GIMP", "org.kde.krita"
_GIMP_VERSION = re.compile(r"^3\.\d+$")
_NEWEST_KNOWN_GIMP = "3.0"


@dataclass(frozen=True, slots=True)
class Place:
    """One copy of a host, as far as an installer cares.

    plugins: the folder that plug-ins go into.
    settings: Krita's kritarc; None for GIMP.
    actions: the folder of Krita's action files; None for GIMP.
    flatpak: its id where it runs in Flatpak's sandbox.
    """

    host: Host
    kind: str
    plugins: Path
    settings: Path | None = None
    actions: Path | None = None
    flatpak: str | None = None

    @property
    def title(self) -> str:
        """What to call it in a sentence."""
        name = "GIMP" if self.host == "gimp" else "Krita"
        return f"{name} ({self.kind})"


@dataclass(frozen=True, slots=True)
class Machine:
    """What decides where hosts are; tests make one up."""

    platform: str
    home: Path
    variables: Mapping[str, str]

    @classmethod
    def this(cls) -> "Machine":
        """Return the machine this runs on."""
        return cls(sys.platform, Path.home(), os.environ)

    def folder(self, variable: str, default: str) -> Path:
        """Return a folder that a variable names, or one below the home."""
        named = self.variables.get(variable)
        return Path(named) if named else self.home / default

    def has(self, *programs: str) -> bool:
        """Tell whether one of these programs is on the search path."""
        path = self.variables.get("PATH", "")
        return any(shutil.which(program, path=path) for program in programs)


def find(host: Host, machine: Machine) -> tuple[Place, ...]:
    """Return every copy of a host that this user has, or has used."""
    search = _gimps if host == "gimp" else _kritas
    return tuple(dict.fromkeys(search(machine)))


def _gimps(machine: Machine) -> Iterator[Place]:
    own = machine.variables.get("GIMP3_DIRECTORY")
    if own:
        yield Place("gimp", "GIMP3_DIRECTORY", Path(own) / "plug-ins")
        return
    if machine.platform == "win32":
        folder = machine.folder("APPDATA", "AppData/Roaming") / "GIMP"
        yield from _gimp_versions(folder, "Windows", machine.has("gimp-3", "gimp-3.0", "gimp"))
    elif machine.platform == "darwin":
        folder = machine.home / "Library/Application Support/GIMP"
        there = Path("/Applications/GIMP.app").exists()
        yield from _gimp_versions(folder, "macOS", there)
    else:
        folder = machine.folder("XDG_CONFIG_HOME", ".config") / "GIMP"
        there = machine.has("gimp-3.0", "gimp-3", "gimp")
        yield from _gimp_versions(folder, "package or AppImage", there)
        sandbox = machine.home / ".var/app" / GIMP_FLATPAK
        yield from _gimp_versions(
            sandbox / "config/GIMP", "Flatpak", sandbox.is_dir(), GIMP_FLATPAK
        )
        snap = machine.home / "snap/gimp/current"
        yield from _gimp_versions(snap / ".config/GIMP", "Snap", snap.is_dir())


def _gimp_versions(
    folder: Path, kind: str, there: bool, flatpak: str | None = None
) -> Iterator[Place]:
    """Yield a place for every version 3 that was run; the newest known where none was yet."""
    names = [entry.name for entry in folder.iterdir()] if folder.is_dir() else []
    used = sorted(name for name in names if _GIMP_VERSION.match(name))
    for version in used or ([_NEWEST_KNOWN_GIMP] if there else []):
        place = folder / version / "plug-ins"
        yield Place("gimp", f"{version}, {kind}", place, flatpak=flatpak)


def _kritas(machine: Machine) -> Iterator[Place]:
    if machine.platform == "win32":
        data = machine.folder("APPDATA", "AppData/Roaming") / "krita"
        settings = machine.folder("LOCALAPPDATA", "AppData/Local") / "kritarc"
        yield from _krita("Windows", data, settings, machine.has("krita"))
    elif machine.platform == "darwin":
        data = machine.home / "Library/Application Support/krita"
        settings = machine.home / "Library/Preferences/kritarc"
        yield from _krita("macOS", data, settings, Path("/Applications/krita.app").exists())
    else:
        data = machine.folder("XDG_DATA_HOME", ".local/share") / "krita"
        settings = machine.folder("XDG_CONFIG_HOME", ".config") / "kritarc"
        yield from _krita("package or AppImage", data, settings, machine.has("krita"))
        sandbox = machine.home / ".var/app" / KRITA_FLATPAK
        yield from _krita(
            "Flatpak",
            sandbox / "data/krita",
            sandbox / "config/kritarc",
            sandbox.is_dir(),
            KRITA_FLATPAK,
        )
        snap = machine.home / "snap/krita/current"
        yield from _krita(
            "Snap", snap / ".local/share/krita", snap / ".config/kritarc", snap.is_dir()
        )


def _krita(
    kind: str, data: Path, settings: Path, there: bool, flatpak: str | None = None
) -> Iterator[Place]:
    if not (there or data.is_dir() or settings.is_file()):
        return
    resources = _chosen_resources(settings) or data
    yield Place("krita", kind, resources / "pykrita", settings, resources / "actions", flatpak)


def _chosen_resources(settings: Path) -> Path | None:
    """Return the resource folder that the painter chose in Krita's settings, if any."""
    if not settings.is_file():
        return None
    found = re.search(
        r"^ResourceDirectory=(.+)$", settings.read_text(errors="replace"), re.MULTILINE
    )
    return Path(found.group(1).strip()) if found else None
