"""What the daemon says: answers to requests, and events of jobs."""

from typing import Annotated

import msgspec

from scumble_protocol.errors import ErrorCode
from scumble_protocol.facts import (
    DownloadStatus,
    JobStatus,
    Limits,
    ModelInfo,
    PlannedIsland,
    Recommendation,
    WorkerInfo,
)
from scumble_protocol.geometry import Bounds
from scumble_protocol.images import Attachment, Attachments, Encoding, Hash
from scumble_protocol.jobs import JobId, JobState, Phase, Result
from scumble_protocol.requests import RequestId


class Reply(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """What the daemon sends."""


class Answer(Reply, frozen=True, kw_only=True):
    """What the daemon sends because of one request."""

    request: RequestId


class Event(Reply, frozen=True, kw_only=True):
    """What the daemon sends because something happened to a job of this client."""

    job: JobId


class Welcome(Answer, frozen=True, kw_only=True, tag="welcome"):
    """Answers `hello`. Every unfinished or undelivered job of this client is listed."""

    session: str  # another one means that the daemon was started anew
    package: str
    minor: int
    pid: int
    device: str
    encodings: tuple[Encoding, ...]
    limits: Limits
    tasks: tuple[str, ...]
    jobs: tuple[JobStatus, ...]


class Pong(Answer, frozen=True, kw_only=True, tag="pong"):
    """Answers `ping`."""

    session: str


class Ok(Answer, frozen=True, kw_only=True, tag="ok"):
    """It was done; there is nothing more to say."""


class Accepted(Answer, frozen=True, kw_only=True, tag="accepted"):
    """The job is safe on disk and in the queue; from here it survives the daemon's death."""

    job: JobId
    state: JobState
    position: int | None  # 0 is next
    seconds_until_start: float | None = None  # None where nothing like it was measured yet


class Need(Answer, frozen=True, kw_only=True, tag="need"):
    """The job is not accepted yet: these pictures are missing here."""

    job: JobId
    hashes: Annotated[tuple[Hash, ...], msgspec.Meta(max_length=64)]


class JobList(Answer, frozen=True, kw_only=True, tag="job_list"):
    """Answers `jobs`."""

    jobs: tuple[JobStatus, ...]


class ModelList(Answer, frozen=True, kw_only=True, tag="model_list"):
    """Answers `models`."""

    models: tuple[ModelInfo, ...]


class RecommendationList(Answer, frozen=True, kw_only=True, tag="recommendation_list"):
    """Answers `recommended`."""

    models: tuple[Recommendation, ...]


class Downloading(Answer, frozen=True, kw_only=True, tag="downloading"):
    """Answers `download`, several times: how far it is, at last that it is done or why it is not.

    A slow reader may miss all but the last.
    """

    download: DownloadStatus


class DownloadList(Answer, frozen=True, kw_only=True, tag="download_list"):
    """Answers `downloads`."""

    downloads: tuple[DownloadStatus, ...]


class Status(Answer, frozen=True, kw_only=True, tag="status"):
    """Answers `stats`."""

    session: str
    package: str
    pid: int
    endpoint: str
    uptime_s: float
    memory_bytes: int  # of the front
    workers: tuple[WorkerInfo, ...]
    jobs: dict[str, int]  # number of jobs in each state, all clients'
    clients: int
    spool_bytes: int


class Planned(Answer, frozen=True, kw_only=True, tag="planned"):
    """Answers `plan`."""

    islands: tuple[PlannedIsland, ...]  # in order of rows
    seconds: float | None = None  # of painting; None where nothing like it was measured yet


class Error(Answer, frozen=True, kw_only=True, tag="error"):
    """The request was not carried out. `request` is empty where it could not be read."""

    request: Annotated[str, msgspec.Meta(max_length=64)]
    code: ErrorCode
    sentence: str
    details: str = ""


class State(Event, frozen=True, kw_only=True, tag="state"):
    """A job moved, or its place in the queue did."""

    state: JobState
    position: int | None = None
    sentence: str = ""  # why, where that is worth saying


class Progress(Event, frozen=True, kw_only=True, tag="progress"):
    """How far a running job is."""

    phase: Phase
    step: int = 0  # of this phase, counted from 1; 0 before the first
    steps: int = 0  # of this phase; 0 where it has none
    fraction: float | None = None  # of the whole job; None where it cannot be told
    seconds_left: float | None = None


class Preview(Event, frozen=True, kw_only=True, tag="preview", omit_defaults=True):
    """What a running job looks like so far, small: stretch it over `bounds`."""

    attachment: Attachment  # rgb8
    bounds: Bounds  # on the canvas
    step: int
    variant: int = 0
    mask: Attachment | None = None  # gray8, of a size of its own: how much of it will be seen


class Done(Event, frozen=True, kw_only=True, tag="done"):
    """The job's result. Kept by the daemon until it is acknowledged."""

    result: Result
    attachments: Attachments


class Failed(Event, frozen=True, kw_only=True, tag="failed"):
    """The job's end without a result. Kept until it is acknowledged."""

    code: ErrorCode
    sentence: str
    details: str = ""


class Cancelled(Event, frozen=True, kw_only=True, tag="cancelled"):
    """The job was cancelled. Kept until it is acknowledged."""


AnyReply = (
    Welcome
    | Pong
    | Ok
    | Accepted
    | Need
    | JobList
    | ModelList
    | RecommendationList
    | Downloading
    | DownloadList
    | Status
    | Error
    | State
    | Progress
    | Preview
    | Done
    | Failed
    | Cancelled
    | Planned
)
AnyEvent = State | Progress | Preview | Done | Failed | Cancelled
JobEnd = Done | Failed | Cancelled
