"""What a client may ask of the daemon."""

from typing import Annotated

import msgspec

from scumble_protocol.geometry import Bounds
from scumble_protocol.images import Attachments, Encoding, Side
from scumble_protocol.jobs import Job, JobId, Name, Region, Steps, Strength, Variants

ClientId = Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9_-]{8,64}$")]
RequestId = Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9_-]{1,64}$")]
Encodings = Annotated[
    tuple[Annotated[str, msgspec.Meta(max_length=32)], ...], msgspec.Meta(max_length=16)
]
_HUB_NAME = r"[A-Za-z0-9][\w.-]{0,95}"
HUB_PATTERN = rf"^{_HUB_NAME}/{_HUB_NAME}(/[\w./-]+)?$"
HubSource = Annotated[str, msgspec.Meta(pattern=HUB_PATTERN, max_length=400)]
"""A model of the Hub, `owner/name`, or one file of it, `owner/name/folder/file.safetensors`."""
Parts = Annotated[tuple[Bounds, ...], msgspec.Meta(max_length=64)]


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
    """Bring a model into memory before it is needed.

    Answered by `ok` at once; how far loading is stands among the workers of `stats`.
    """

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
    parts: Parts = ()  # bounds of the selection's separate parts; none paints all of the canvas
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
