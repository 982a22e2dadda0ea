"""Jobs and their ends on disk: SQLite, written before anything is promised, read at every start."""

import contextlib
import logging
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from scumble_daemon.front.records import Ledger, Past, Record
from scumble_protocol.errors import ErrorCode, RemoteError, ScumbleError
from scumble_protocol.jobs import FINISHED, Job, JobState
from scumble_protocol.messages import JobEnd

SCHEMA_VERSION = 1
PAST_JOBS = 4096  # acknowledged ones that are remembered, the newest

_SCHEMA = """
CREATE TABLE jobs (
    id TEXT PRIMARY KEY, client TEXT NOT NULL, owner TEXT NOT NULL, digest TEXT NOT NULL,
    submitted_at REAL NOT NULL, place REAL NOT NULL, state TEXT NOT NULL,
    attempts INTEGER NOT NULL, cancelling INTEGER NOT NULL, finished_at REAL,
    job BLOB, end BLOB  -- JSON as in the protocol; both NULL once acknowledged
);
CREATE TABLE rates (
    model TEXT NOT NULL, task TEXT NOT NULL, seconds REAL NOT NULL, PRIMARY KEY (model, task)
);
CREATE TABLE set_aside (noticed_at REAL NOT NULL, reason TEXT NOT NULL, row TEXT NOT NULL);
"""
_COLUMNS = (
    "id", "client", "owner", "digest", "submitted_at", "place", "state", "attempts", "cancelling",
    "finished_at", "job", "end",
)  # fmt: skip

_log = logging.getLogger(__name__)
_jobs = msgspec.json.Decoder(Job)
_ends: msgspec.json.Decoder[JobEnd] = msgspec.json.Decoder(JobEnd)


class SpoolError(ScumbleError):
    """The spool is there but this program must not use it."""


class _DamagedError(Exception):
    """The file is no database any more, or one that contradicts itself."""


class Spool:
    """The database of jobs. Every method may block: it belongs on the spool's own thread."""

    def __init__(self, folder: Path) -> None:
        """Open the spool in a folder, or make one there.

        A file that is no database any more is put aside, whatever can still be read of it kept.
        Raises SpoolError where a newer version of this program wrote it, or it cannot be opened:
        nothing is touched then.
        """
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file = folder / "spool.sqlite"
        self.notices: list[str] = []  # sentences: what was found wrong and what became of it
        try:
            self._database = _open(self._file)
        except _DamagedError as error:
            self._database = self._begin_anew(error)

    def close(self) -> None:
        """Write everything out and let go of the file."""
        self._database.close()

    def load(self) -> Ledger:
        """Return every job; a row that cannot be understood is set aside and said so."""
        ledger = Ledger()
        for row in self._database.execute("SELECT * FROM jobs ORDER BY rowid").fetchall():
            try:
                _enter(ledger, row)
            except (msgspec.DecodeError, TypeError, ValueError) as error:
                self._set_aside(row, str(error))
        return ledger

    def rates(self) -> dict[tuple[str, str], float]:
        """Return the measured seconds per unit of work, by model and task."""
        rows = self._database.execute("SELECT model, task, seconds FROM rates").fetchall()
        return {(str(row[0]), str(row[1])): float(row[2]) for row in rows}

    def add(self, record: Record) -> None:
        """Keep a new job. Raises RemoteError `disk_full` where that is impossible."""
        self._write(
            f"INSERT INTO jobs VALUES ({', '.join('?' * len(_COLUMNS))})",  # noqa: S608
            (
                record.id, record.client, record.owner, record.digest, record.submitted_at,
                record.place, str(record.state), record.attempts, int(record.cancelling),
                record.finished_at, msgspec.json.encode(record.job), _encoded(record.end),
            ),
        )  # fmt: skip

    def update(self, record: Record) -> None:
        """Keep what became of a job. An interrupted one is kept as queued, which it will be again.

        Raises RemoteError `disk_full` where that is impossible.
        """
        state = record.state if record.state in FINISHED else JobState.QUEUED
        self._write(
            "UPDATE jobs SET place = ?, state = ?, attempts = ?, cancelling = ?, finished_at = ?, "
            "end = ? WHERE id = ?",
            (
                record.place, str(state), record.attempts, int(record.cancelling),
                record.finished_at, _encoded(record.end), record.id,
            ),
        )  # fmt: skip

    def close_job(self, job: str, state: JobState) -> None:
        """Drop what an acknowledged job held, and remember that it was."""
        self._write("UPDATE jobs SET state = ?, job = NULL, end = NULL WHERE id = ?", (state, job))

    def forget_before(self, moment: float) -> None:
        """Drop acknowledged jobs that ended before a moment (seconds since 1970), or are many."""
        self._write(
            "DELETE FROM jobs WHERE job IS NULL AND (finished_at < ? OR rowid NOT IN "
            "(SELECT rowid FROM jobs WHERE job IS NULL ORDER BY rowid DESC LIMIT ?))",
            (moment, PAST_JOBS),
        )

    def keep_rate(self, model: str, task: str, seconds: float) -> None:
        """Keep a measured rate."""
        self._write("INSERT OR REPLACE INTO rates VALUES (?, ?, ?)", (model, task, seconds))

    def _write(self, statement: str, values: tuple[Any, ...]) -> None:
        try:
            with self._database:
                self._database.execute(statement, values)
        except sqlite3.OperationalError as error:
            raise RemoteError(
                ErrorCode.DISK_FULL,
                "The disk that keeps the jobs cannot be written. Nothing that was kept is lost; "
                "free some space and try again.",
                f"{self._file}: {error}",
            ) from error

    def _set_aside(self, row: sqlite3.Row, reason: str) -> None:
        values = (time.time(), reason, repr(tuple(row)))
        self._write("INSERT INTO set_aside VALUES (?, ?, ?)", values)
        self._write("DELETE FROM jobs WHERE id IS ?", (row["id"],))
        self._notice(
            f"One job in the spool could not be read ({reason}). It was set aside in the table "
            f"`set_aside` of {self._file}; all the others were kept."
        )

    def _begin_anew(self, error: _DamagedError) -> sqlite3.Connection:
        aside = self._file.with_name(f"spool-damaged-{time.time_ns()}.sqlite")
        for suffix in ("-wal", "-shm", ""):
            with contextlib.suppress(FileNotFoundError):
                source = self._file.with_name(self._file.name + suffix)
                source.replace(aside.with_name(aside.name + suffix))
        database = _open(self._file)
        saved = 0
        for row in _readable_rows(aside):
            with contextlib.suppress(sqlite3.DatabaseError), database:
                marks = ", ".join("?" * len(_COLUMNS))
                database.execute(f"INSERT INTO jobs VALUES ({marks})", row)  # noqa: S608
                saved += 1
        self._notice(
            f"The spool was damaged ({error}). It was put aside as {aside}, and {saved} jobs that "
            "could still be read were kept. Jobs that are missing must be submitted again."
        )
        return database

    def _notice(self, sentence: str) -> None:
        _log.error(sentence)
        self.notices.append(sentence)


def _open(file: Path) -> sqlite3.Connection:
    """Open or make a spool.

    Raises SpoolError for a newer one or where it cannot be opened, _DamagedError for a damaged one.
    """
    try:
        return _opened(file)
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise _DamagedError(str(error)) from error
        raise SpoolError(
            f"The daemon's jobs in {file} cannot be opened ({error}). It was not started and "
            "nothing was touched; is the disk full, or the folder somebody else's?"
        ) from error


def _opened(file: Path) -> sqlite3.Connection:
    database = sqlite3.connect(file, check_same_thread=False)
    try:
        database.row_factory = sqlite3.Row
        database.text_factory = lambda raw: raw.decode(errors="replace")  # one bad row, not all
        version = int(database.execute("PRAGMA user_version").fetchone()[0])
        if version > SCHEMA_VERSION:
            raise SpoolError(
                f"The jobs in {file} were kept by a newer Scumble (spool version {version}; this "
                f"one knows {SCHEMA_VERSION}). Nothing was touched; start the newer one again."
            )
        if database.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            raise _DamagedError("its pages contradict each other")
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        if version == 0:
            database.executescript(f"BEGIN; {_SCHEMA} PRAGMA user_version = {SCHEMA_VERSION}; END;")
    except BaseException:
        database.close()
        raise
    return database


def _readable_rows(file: Path) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a damaged spool as far as they can be read."""
    with contextlib.closing(sqlite3.connect(file)) as database:
        try:
            numbers = [row[0] for row in database.execute("SELECT rowid FROM jobs")]
        except sqlite3.DatabaseError:
            return
        for number in numbers:
            with contextlib.suppress(sqlite3.DatabaseError):
                query = f"SELECT {', '.join(_COLUMNS)} FROM jobs WHERE rowid = ?"  # noqa: S608
                yield tuple(database.execute(query, (number,)).fetchone())


def _encoded(end: JobEnd | None) -> bytes | None:
    return None if end is None else msgspec.json.encode(end)


def _enter(ledger: Ledger, row: sqlite3.Row) -> None:
    """Put one row into the ledger. Raises a decoding or value error where it makes no sense."""
    state = JobState(row["state"])
    if row["job"] is None:
        ledger.past[row["id"]] = Past(row["client"], row["owner"], row["digest"], state)
        return
    job = _jobs.decode(row["job"])
    end = None if row["end"] is None else _ends.decode(row["end"])
    if job.id != row["id"] or (end is None) is (state in FINISHED):
        raise ValueError("its columns contradict each other")
    ledger.records[job.id] = Record(
        job=job,
        client=str(row["client"]),
        owner=str(row["owner"]),
        digest=str(row["digest"]),
        submitted_at=float(row["submitted_at"]),
        place=float(row["place"]),
        state=state,
        attempts=int(row["attempts"]),
        cancelling=bool(row["cancelling"]),
        end=end,
        finished_at=row["finished_at"],
    )
