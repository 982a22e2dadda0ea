"""Notes of jobs under way, so that a later `scumble jobs results` knows where results belong."""

import contextlib
from pathlib import Path

import msgspec

from scumble_protocol.aio import new_id
from scumble_protocol.endpoint import folders, make_private
from scumble_protocol.jobs import Job


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """What must be known of a job to write its result without the command that sent it."""

    job: Job
    picture: str | None  # absolute path; None where the picture is made from nothing
    outputs: tuple[str, ...]  # absolute paths


def client_id() -> str:
    """Return the id under which this user's command line is known to daemons, made once."""
    file = _folder() / "client-id"
    make_private(file.parent)
    with contextlib.suppress(FileExistsError), file.open("x") as out:
        out.write(new_id())
    return file.read_text().strip()


def keep(note: Note) -> None:
    """Keep the note of a job until it is forgotten."""
    file = _file(note.job.id)
    make_private(file.parent)
    file.write_bytes(msgspec.json.encode(note))


def find(job_id: str) -> Note | None:
    """Return the note of a job, None where there is none that can be read."""
    try:
        return msgspec.json.decode(_file(job_id).read_bytes(), type=Note)
    except (OSError, msgspec.DecodeError):
        return None


def forget(job_id: str) -> None:
    """Remove the note of a job that has ended."""
    _file(job_id).unlink(missing_ok=True)


def _folder() -> Path:
    return folders().data / "command-line"


def _file(job_id: str) -> Path:
    return _folder() / f"{job_id}.json"
