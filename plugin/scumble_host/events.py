"""What the bridge says, as values that a host can use; unknown messages are left aside."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Union

from scumble_host.pipe import Buffer, Message
from scumble_host.request import Limits


@dataclass(frozen=True)
class Model:
    """One model of the daemon's catalogue."""

    name: str
    tasks: tuple[str, ...]
    description: str


@dataclass(frozen=True)
class Waiting:
    """A job of this host that the daemon has: queued, running, or finished and not taken."""

    job: str
    task: str
    prompt: str
    state: str
    position: int | None


@dataclass(frozen=True)
class Welcome:
    """The daemon was reached."""

    tasks: tuple[str, ...]
    models: tuple[Model, ...]
    device: str
    limits: Limits
    version: str  # of the bridge's package
    jobs: tuple[Waiting, ...] = ()


@dataclass(frozen=True)
class Accepted:
    """The job is safe in the daemon."""

    job: str
    position: int | None
    seconds_until_start: float | None


@dataclass(frozen=True)
class State:
    """A job moved, or its place in the queue did."""

    job: str
    state: str
    position: int | None
    sentence: str


@dataclass(frozen=True)
class Progress:
    """How far a running job is."""

    job: str
    phase: str
    step: int
    steps: int
    fraction: float | None
    seconds_left: float | None


@dataclass(frozen=True)
class Preview:
    """What a running job looks like so far: a PNG to stretch over `bounds` (x, y, w, h)."""

    job: str
    png: Buffer
    bounds: tuple[int, int, int, int]
    variant: int


@dataclass(frozen=True)
class Layer:
    """One variant, where it lies on the canvas (x, y, width, height), and how it looks small.

    pixels: in the host's layout, straight alpha, sRGB; mask: one byte a pixel, None shows all.
    """

    bounds: tuple[int, int, int, int]
    seed: int
    pixels: Buffer
    mask: Buffer | None
    thumbnail: Buffer  # PNG
    recipe: str  # the job that paints this layer again, as JSON


@dataclass(frozen=True)
class Done:
    """A job's result. It stays in the daemon until it is acknowledged."""

    job: str
    layers: tuple[Layer, ...]
    canvas: tuple[int, int]  # size in pixels that the bounds belong to
    notices: tuple[str, ...]  # sentences a painter may want to read
    seconds: float


@dataclass(frozen=True)
class Failed:
    """The job's end without a result, or, without a job, what became of a request."""

    job: str
    code: str
    sentence: str
    request: str = ""


@dataclass(frozen=True)
class Cancelled:
    """The job was cancelled."""

    job: str


@dataclass(frozen=True)
class Notice:
    """A sentence to show, such as that the daemon is being started."""

    sentence: str


Event = Union[  # noqa: UP007 - evaluated by Python 3.10 too
    Welcome, Accepted, State, Progress, Preview, Done, Failed, Cancelled, Notice
]


def event_of(message: Message) -> Event | None:
    """Return what a message of the bridge's means; None for one this version does not know."""
    read = _READERS.get(message.header["type"])
    return read(message.header, message.buffers) if read else None


def _welcome(header: Mapping[str, Any], _: tuple[Buffer, ...]) -> Welcome:
    return Welcome(
        tasks=tuple(header["tasks"]),
        models=tuple(
            Model(m["name"], tuple(m["tasks"]), m.get("description", "")) for m in header["models"]
        ),
        device=header["device"],
        limits=Limits(header["limits"]["picture_side"], header["limits"]["picture_pixels"]),
        version=header["bridge"],
        jobs=tuple(_waiting(job) for job in header["jobs"]),
    )


def _waiting(job: Mapping[str, Any]) -> Waiting:
    return Waiting(job["job"], job["task"], job["prompt"], job["state"], job.get("position"))


def _accepted(header: Mapping[str, Any], _: tuple[Buffer, ...]) -> Accepted:
    return Accepted(header["job"], header.get("position"), header.get("seconds_until_start"))


def _state(header: Mapping[str, Any], _: tuple[Buffer, ...]) -> State:
    return State(header["job"], header["state"], header.get("position"), header.get("sentence", ""))


def _progress(header: Mapping[str, Any], _: tuple[Buffer, ...]) -> Progress:
    return Progress(
        header["job"],
        header["phase"],
        header.get("step", 0),
        header.get("steps", 0),
        header.get("fraction"),
        header.get("seconds_left"),
    )


def _preview(header: Mapping[str, Any], buffers: tuple[Buffer, ...]) -> Preview:
    return Preview(header["job"], buffers[0], _bounds(header["bounds"]), header["variant"])


def _bounds(raw: Any) -> tuple[int, int, int, int]:
    x, y, width, height = (int(value) for value in raw)
    return x, y, width, height


def _done(header: Mapping[str, Any], buffers: tuple[Buffer, ...]) -> Done:
    layers = tuple(
        Layer(
            bounds=_bounds(layer["bounds"]),
            seed=layer["seed"],
            pixels=buffers[layer["pixels"]],
            mask=None if layer["mask"] is None else buffers[layer["mask"]],
            thumbnail=buffers[layer["thumbnail"]],
            recipe=layer["recipe"],
        )
        for layer in header["layers"]
    )
    width, height = header["canvas"]
    report = header["report"]
    return Done(
        job=header["job"],
        layers=layers,
        canvas=(width, height),
        notices=(*report.get("degraded", ()), *report.get("notices", ())),
        seconds=float(sum(report.get("seconds", {}).values())),
    )


def _failed(header: Mapping[str, Any], _: tuple[Buffer, ...]) -> Failed:
    return Failed(
        header.get("job", ""), header["code"], header["sentence"], header.get("request", "")
    )


_READERS: dict[str, Any] = {
    "welcome": _welcome,
    "accepted": _accepted,
    "state": _state,
    "progress": _progress,
    "preview": _preview,
    "done": _done,
    "failed": _failed,
    "error": _failed,
    "cancelled": lambda header, _: Cancelled(header["job"]),
    "notice": lambda header, _: Notice(header["sentence"]),
}
