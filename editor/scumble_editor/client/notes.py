"""Notes of jobs under way, so that a later editor knows what a result is and where it belongs."""

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Self

import msgspec
import psutil

from scumble_editor.document.selection import Combine
from scumble_editor.generation.settings import Settings
from scumble_protocol.aio import new_id
from scumble_protocol.endpoint import folders, make_private
from scumble_protocol.jobs import Job


class Home(msgspec.Struct, frozen=True, kw_only=True):
    """The document that a job was asked for."""

    document: str  # id of the open document, while this editor runs
    name: str
    path: str | None = None  # absolute; None where it is in no file
    above: str | None = None  # the layer that a result goes above
    instead_of: str | None = None  # an earlier result that is then hidden
    behind: tuple[str, ...] = ()  # ids of jobs then under way from the same layer
    how: Combine = Combine.REPLACE  # how a place that was found meets the selection

    def following(self, others: Iterable[tuple[str, Self]]) -> Self:
        """Return this home behind those of other jobs, by their ids, that are from its layer."""
        if self.above is None:
            return self
        place = (self.document, self.above)
        ahead = tuple(job for job, home in others if (home.document, home.above) == place)
        return msgspec.structs.replace(self, behind=ahead)


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """What must be known of a job to place its result without the editor that sent it."""

    job: Job
    settings: Settings
    home: Home
    owner: int = 0  # id of the process that waits for it
    where: str = ""  # address of the daemon that has it; "" for this user's own

    @property
    def orphaned(self) -> bool:
        """Whether the editor that sent it is gone."""
        return self.owner != os.getpid() and not psutil.pid_exists(self.owner)


def client_id() -> str:
    """Return the id under which this user's editor is known to daemons, made once."""
    file = _folder() / "client-id"
    make_private(file.parent)
    with contextlib.suppress(FileExistsError), file.open("x") as out:
        out.write(new_id())
    return file.read_text().strip()


def keep(note: Note) -> None:
    """Keep a note until it is forgotten."""
    file = note_of(note.job.id)
    make_private(file.parent)
    file.write_bytes(msgspec.json.encode(note))


def orphans() -> list[Note]:
    """Return the notes of editors that are gone."""
    if not _folder().is_dir():
        return []
    notes = (_read(file) for file in sorted(_folder().glob("*.json")))
    return [note for note in notes if note is not None and note.orphaned]


def forget(job_id: str) -> None:
    """Remove the note of a job whose end is kept elsewhere."""
    note_of(job_id).unlink(missing_ok=True)


def _read(file: Path) -> Note | None:
    try:
        return msgspec.json.decode(file.read_bytes(), type=Note)
    except (OSError, msgspec.DecodeError):
        return None


def _folder() -> Path:
    return folders().data / "editor"


def note_of(job_id: str) -> Path:
    """Return the file of a job's note."""
    return _folder() / f"{job_id}.json"
