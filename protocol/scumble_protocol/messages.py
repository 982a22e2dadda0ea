"""Every message of the protocol: what a client may ask and what the daemon says."""

import enum
from typing import Annotated

import msgspec

from scumble_protocol.errors import ErrorCode
from scumble_protocol.geometry import Bounds, Extent
from scumble_protocol.images import Attachment, Encoding, Hash, Side
from scumble_protocol.jobs import (
    Job,
    JobId,
    JobState,
    Name,
    Phase,
    Region,
    Result,
    Steps,
    Strength,
    Variants,
)

ClientId = Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9_-]{8,64}$")]
RequestId = Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9_-]{1,64}$")]
Encodings = Annotated[
    tuple[Annotated[str, msgspec.Meta(max_length=32)], ...], msgspec.Meta(max_length=16)
]
_HUB_NAME = r"[A-Za-z0-9][\w.-]{0,95}"
HUB_PATTERN = rf"^{_HUB_NAME}/{_HUB_NAME}(/[\w./-]+)?$"
HubSource = Annotated[str, msgspec.Meta(pattern=HUB_PATTERN, max_length=400)]
"""A model of the Hub, `owner/name`, or one file of it, `owner/name/folder/file.safetensors`."""
Attachments = Annotated[tuple[Attachment, ...], msgspec.Meta(max_length=64)]


class Request(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """What a client sends; the daemon's answer carries the same `request`."""

    request: RequestId


class Hello(Request, frozen=True, kw_only=True, tag="hello"):
    """The first message: who is there. Said again after every reconnection.

    One client may hold several connections at once. A job's events go to those of its connections
    that submitted the job or asked for it with `results`.
    """

    client: ClientId  # kept by the client between runs, so that its results find it
    name: Annotated[str, msgspec.Meta(max_length=128)] = ""  # such as "scumble-cli 0.1.0"
    minor: int = 0
    encodings: Encodings = (Encoding.RAW,)  # how pictures may come to this connection


class Ping(Request, frozen=True, kw_only=True, tag="ping"):
    """Is anybody there?"""


class Submit(Request, frozen=True, kw_only=True, tag="submit"):
    """Do this job. Pictures the daemon may hold already need not be attached."""

    job: Job
    attachments: Attachments = ()


class Images(Request, frozen=True, kw_only=True, tag="images"):
    """The pictures that `need` asked for."""

    job: JobId
    attachments: Attachments


class Cancel(Request, frozen=True, kw_only=True, tag="cancel"):
    """Stop this job, wherever it is."""

    job: JobId


class Reorder(Request, frozen=True, kw_only=True, tag="reorder"):
    """Put a queued job elsewhere among this client's own queued jobs."""

    job: JobId
    position: Annotated[int, msgspec.Meta(ge=0, le=100_000)]  # 0 is next


class Ack(Request, frozen=True, kw_only=True, tag="ack"):
    """The end of this job has arrived and is kept; the daemon may forget it."""

    job: JobId


class Jobs(Request, frozen=True, kw_only=True, tag="jobs"):
    """Which jobs of this client are there?"""


class Results(Request, frozen=True, kw_only=True, tag="results"):
    """Send the end of this job, again or once it comes, and its events until then, to me too.

    Answered by `ok`; the end itself follows as an event.
    """

    job: JobId


class Models(Request, frozen=True, kw_only=True, tag="models"):
    """Which models are there?"""


class Load(Request, frozen=True, kw_only=True, tag="load"):
    """Bring a model into memory before it is needed."""

    model: Name


class Unload(Request, frozen=True, kw_only=True, tag="unload"):
    """Give a model's memory back; all idle models' without a name."""

    model: Name | None = None


class Take(Request, frozen=True, kw_only=True, tag="take"):
    """Let a running job end at the step it is at, with what it has painted until now.

    Answered by `ok`; `done` follows as an event. Variants that were not begun are left out.
    """

    job: JobId


class Plan(Request, frozen=True, kw_only=True, tag="plan"):
    """How would this be painted, and how long would it take? Nothing is queued.

    Answered by `planned` without a worker, so it may be asked while a slider is dragged.
    """

    model: Name = "miniature"
    task: Name  # inpaint, img2img, depth2img or text2image
    width: Side  # of the canvas
    height: Side
    parts: Annotated[tuple[Bounds, ...], msgspec.Meta(max_length=64)] = ()
    """Bounds of the selection's separate parts; none paints all of the canvas."""
    strength: Strength = 1.0
    steps: Steps | None = None
    variants: Variants = 1
    region: Region = Region()


class Recommended(Request, frozen=True, kw_only=True, tag="recommended"):
    """Which models of the Hub are worth having?"""


class Download(Request, frozen=True, kw_only=True, tag="download"):
    """Fetch a model of the Hub into the catalogue; one under way already is followed.

    Answered by `downloading` again and again until its end. Taken from the daemon's own machine
    alone.
    """

    source: HubSource
    name: Name | None = None  # what to call it; without it, as its repository or file


class CancelDownload(Request, frozen=True, kw_only=True, tag="cancel_download"):
    """Stop a download. What has come is kept, and the next one of it goes on from there."""

    source: HubSource


class Downloads(Request, frozen=True, kw_only=True, tag="downloads"):
    """Which downloads are under way, or have ended since the daemon was started?"""


class Stats(Request, frozen=True, kw_only=True, tag="stats"):
    """How is the daemon?"""


class Shutdown(Request, frozen=True, kw_only=True, tag="shutdown"):
    """End the daemon; queued and interrupted jobs go on at its next start."""


AnyRequest = (
    Hello
    | Ping
    | Submit
    | Images
    | Cancel
    | Reorder
    | Ack
    | Jobs
    | Results
    | Models
    | Load
    | Unload
    | Recommended
    | Download
    | CancelDownload
    | Downloads
    | Stats
    | Shutdown
    | Take
    | Plan
)


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """The largest things this daemon takes."""

    message_bytes: int  # all frames of one message together
    picture_side: int  # px
    picture_pixels: int
    queued_jobs: int  # of one client
    queued_jobs_total: int


class JobStatus(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a client's list of jobs."""

    job: JobId
    task: str
    model: str
    prompt: str
    state: JobState
    position: int | None = None  # 0 is next; None when not queued
    submitted_at: float = 0.0  # seconds since 1970
    code: ErrorCode | None = None  # of a failed job
    sentence: str = ""


class Residency(enum.StrEnum):
    """Where a model's weights are now."""

    DISK = "disk"
    HOST = "host"
    DEVICE = "device"


class ModelInfo(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the catalogue."""

    name: str
    family: str  # such as "sd15" or "sdxl"
    tasks: tuple[str, ...]
    native_side: int  # px, the side it was trained at
    size_bytes: int
    origin: str  # "bundled", "folder", "file" or "hub"
    licence: str = ""
    description: str = ""
    residency: Residency = Residency.DISK
    words: tuple[str, ...] = ()  # all that it understands, where those are few; else none
    schedulers: tuple[str, ...] = ()  # those that a job with it may name


class Recommendation(msgspec.Struct, frozen=True, kw_only=True):
    """A model of the Hub that is worth having."""

    source: str  # for `download`
    family: str  # such as "sd15", or "lora" for what is added to a checkpoint
    title: str
    good_for: str  # a sentence
    licence: str
    size_bytes: int  # of what is downloaded, about; 0 where it is not known
    gated: bool = False  # whether its owner's conditions must be accepted on the Hub first
    installed: str = ""  # its name in the catalogue, where it is there


class DownloadState(enum.StrEnum):
    """How far a download is."""

    ASKING = "asking"
    FETCHING = "fetching"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def finished(self) -> bool:
        """Whether nothing more will be fetched."""
        return self in (DownloadState.DONE, DownloadState.FAILED, DownloadState.CANCELLED)


class DownloadStatus(msgspec.Struct, frozen=True, kw_only=True):
    """One download."""

    source: str  # as it was asked for
    state: DownloadState
    file: str = ""  # the one that is fetched now
    done_bytes: int = 0  # of the whole download; what was here before counts
    total_bytes: int = 0  # 0 where it is not known yet
    model: str = ""  # its name in the catalogue, once it is there
    code: ErrorCode | None = None  # of a failed one
    sentence: str = ""  # why it failed, or what is worth knowing


class WorkerInfo(msgspec.Struct, frozen=True, kw_only=True):
    """One worker process."""

    pid: int
    device: str
    state: str  # "starting", "idle", "loading", "running" or "broken"
    model: str = ""  # the one loaded last
    job: str = ""
    memory_bytes: int = 0  # resident on the host
    device_memory_bytes: int = 0
    device_memory_total_bytes: int = 0
    sentence: str = ""  # why it is broken


class PlannedPass(msgspec.Struct, frozen=True, kw_only=True):
    """One run of the denoising loop, as it would be."""

    bounds: Bounds  # what is painted, on the canvas
    extent: Extent  # the size it is painted at
    steps: int  # steps really taken
    strength: float


class PlannedIsland(msgspec.Struct, frozen=True, kw_only=True):
    """How one part of a selection, or several that are near each other, would be painted."""

    selection: Bounds
    mask: Bounds  # holds every pixel that may change
    context: Bounds  # what the model sees
    feather: float  # px, width of the ramp of the denoise mask
    grow: float  # px, how far that is grown before
    blend: float  # px, width of the ramp of the layer's mask
    reach: float  # px, how far outside the selection the model may change anything
    passes: tuple[PlannedPass, ...]  # two where the context is too large for one
    lift: float = 0.0  # 0..1, how far the layer's mask is opaque from the middle of its ramp on


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
