"""What the daemon tells of itself: its limits, jobs, models, downloads, workers and plans."""

import enum

import msgspec

from scumble_protocol.errors import ErrorCode
from scumble_protocol.geometry import Bounds, Extent
from scumble_protocol.jobs import JobId, JobState


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
