"""What the front knows of each job, and the only place where a job's state changes."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field

import blake3
import msgspec

from scumble_protocol.images import Image
from scumble_protocol.jobs import ALLOWED_MOVES, Job, JobState
from scumble_protocol.messages import Done, Failed, JobEnd, JobStatus


class MoveError(Exception):
    """A job was about to make a move that the table does not allow: a fault in this program."""


def digest_of(job: Job) -> str:
    """Return a name for the content of a job, to tell a repeated one from another."""
    return blake3.blake3(msgspec.json.encode(job)).hexdigest()


@dataclass(slots=True, eq=False)
class Record:
    """One job that is unfinished or whose end was not acknowledged."""

    job: Job
    client: str
    owner: str  # the user or key that the client belongs to
    digest: str
    submitted_at: float  # seconds since 1970
    place: float  # order among the queued jobs of its client
    state: JobState = JobState.QUEUED
    attempts: int = 0  # how often a worker died of it
    cancelling: bool = False  # asked for, not yet confirmed by the worker
    end: JobEnd | None = None
    finished_at: float | None = None

    @property
    def id(self) -> str:
        """The job's id."""
        return self.job.id

    @property
    def images(self) -> tuple[Image, ...]:
        """Every picture that must be kept for this job: its own, and those of its result."""
        results = self.end.result.images if isinstance(self.end, Done) else ()
        return tuple(dict.fromkeys((*self.job.images, *results)))

    def move(self, state: JobState) -> None:
        """Change the state. Raises MoveError where the table of moves does not allow it."""
        if state not in ALLOWED_MOVES[self.state]:
            raise MoveError(f"{self.id}: {self.state} to {state}")
        self.state = state

    def status(self, position: int | None) -> JobStatus:
        """Return the line for a client's list of jobs."""
        failed = self.end if isinstance(self.end, Failed) else None
        return JobStatus(
            job=self.id,
            task=str(self.job.task.__struct_config__.tag),
            model=self.job.model,
            prompt=self.job.task.prompt,
            state=self.state,
            position=position,
            submitted_at=self.submitted_at,
            code=failed.code if failed else None,
            sentence=failed.sentence if failed else "",
        )


class Past(msgspec.Struct, frozen=True):
    """A job that is over and acknowledged, remembered so that submitting it again is no new job."""

    client: str
    owner: str
    digest: str
    state: JobState


@dataclass(slots=True)
class Ledger:
    """Every job of every client."""

    records: dict[str, Record] = field(default_factory=dict)
    past: dict[str, Past] = field(default_factory=dict)

    def of_client(self, client: str) -> Iterator[Record]:
        """Yield the jobs of a client that are not acknowledged, in the order of their arrival."""
        return (record for record in self.records.values() if record.client == client)

    def owner_of(self, client: str) -> str | None:
        """Return whom a client's jobs belong to; None where it has none."""
        unfinished = (record.owner for record in self.of_client(client))
        over = (past.owner for past in self.past.values() if past.client == client)
        return next(itertools.chain(unfinished, over), None)

    def close(self, record: Record) -> None:
        """Turn an acknowledged job into a thing of the past."""
        del self.records[record.id]
        self.past[record.id] = Past(record.client, record.owner, record.digest, record.state)

    def counts(self) -> dict[str, int]:
        """Return how many jobs are in each state."""
        counts = dict.fromkeys((str(state) for state in JobState), 0)
        for record in self.records.values():
            counts[record.state] += 1
        return counts
