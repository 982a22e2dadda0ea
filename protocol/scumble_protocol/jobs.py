"""A job: one complete, immutable request for paint, and the result that comes back."""

import enum
from collections.abc import Iterator
from typing import Annotated

import msgspec

from scumble_protocol.geometry import Bounds, Extent
from scumble_protocol.images import Image
from scumble_protocol.tasks import (
    AnyTask,
    Chain,
    Condition,
    Control,
    Depth,
    DepthToImage,
    DiffEdit,
    DiffEditInvert,
    DiffEditSelect,
    Direction,
    Distance,
    Fill,
    FreeU,
    Guidance,
    ImageToImage,
    Inpaint,
    Inversion,
    Lora,
    Maps,
    Name,
    Options,
    PictureTask,
    Ratio,
    Reference,
    Region,
    Seed,
    Stage,
    Steps,
    Strength,
    Task,
    Text,
    TextToImage,
    Upscale,
    Variants,
)

__all__ = [
    "ALLOWED_MOVES",
    "FINISHED",
    "AnyTask",
    "Chain",
    "Condition",
    "Control",
    "Depth",
    "DepthToImage",
    "DiffEdit",
    "DiffEditInvert",
    "DiffEditSelect",
    "Direction",
    "Distance",
    "Fill",
    "FreeU",
    "Guidance",
    "ImageToImage",
    "Inpaint",
    "Inversion",
    "Job",
    "JobId",
    "JobState",
    "Lora",
    "Maps",
    "Name",
    "Options",
    "PaintedLayer",
    "Pass",
    "Phase",
    "PictureTask",
    "Ratio",
    "Reference",
    "Region",
    "Report",
    "Result",
    "Seed",
    "Stage",
    "Steps",
    "Strength",
    "Task",
    "Text",
    "TextToImage",
    "Upscale",
    "Variants",
]

JobId = Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9_-]{8,64}$")]


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A task for a model under an id of the client's; submitting an id twice is submitting once.

    The same job on the same device gives the same pixels, so a job is also a recipe.
    """

    id: JobId
    model: Name = "miniature"
    task: AnyTask

    @property
    def images(self) -> tuple[Image, ...]:
        """Every picture the task refers to, each once, in the order of its fields."""
        return tuple(dict.fromkeys(_images_in(self.task)))

    @property
    def canvas_images(self) -> tuple[Image, ...]:
        """Those of its pictures that must be as large as the canvas: all but references."""
        return tuple(dict.fromkeys(_images_in(self.task, references=False)))


def _images_in(value: object, *, references: bool = True) -> Iterator[Image]:
    if isinstance(value, Image):
        yield value
    elif isinstance(value, Reference) and not references:
        return
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from _images_in(getattr(value, name), references=references)
    elif isinstance(value, tuple):
        for one in value:
            yield from _images_in(one, references=references)


class JobState(enum.StrEnum):
    """Where a job is in its life."""

    QUEUED = "queued"
    LOADING = "loading"
    RUNNING = "running"
    DONE = "done"
    DELIVERED = "delivered"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def finished(self) -> bool:
        """Whether nothing more will be computed for the job."""
        return self in FINISHED


FINISHED = frozenset(
    {JobState.DONE, JobState.DELIVERED, JobState.FAILED, JobState.CANCELLED},
)

ALLOWED_MOVES: dict[JobState, frozenset[JobState]] = {
    JobState.QUEUED: frozenset({JobState.LOADING, JobState.FAILED, JobState.CANCELLED}),
    JobState.LOADING: frozenset(
        {JobState.QUEUED, JobState.RUNNING, JobState.FAILED, JobState.CANCELLED}
    ),
    JobState.RUNNING: frozenset(
        {JobState.QUEUED, JobState.DONE, JobState.FAILED, JobState.CANCELLED}
    ),
    JobState.DONE: frozenset({JobState.DELIVERED}),
    JobState.FAILED: frozenset(),
    JobState.CANCELLED: frozenset(),
    JobState.DELIVERED: frozenset(),
}
"""The one table of moves; back to queued is the retry after a worker died."""


class Phase(enum.StrEnum):
    """What a worker is doing for a job, in order."""

    LOADING = "loading"
    PREPARING = "preparing"
    ENCODING = "encoding"
    DENOISING = "denoising"
    REFINING = "refining"
    DECODING = "decoding"
    FINISHING = "finishing"


class PaintedLayer(msgspec.Struct, frozen=True, kw_only=True):
    """One variant: pixels with a margin around the mask, and the mask apart."""

    image: Image  # rgb8 or rgba8; gray8 where the task makes a map or a selection
    mask: Image | None  # gray8, as large as the image; None shows the whole image
    bounds: Bounds  # where both lie on the canvas
    seed: Seed
    nsfw_content_detected: bool | None = None  # then it is black; None without a safety checker
    seam_score: float | None = None  # 1 is as smooth as the original was; None without a boundary


class Pass(msgspec.Struct, frozen=True, kw_only=True):
    """One run of the denoising loop."""

    extent: Extent  # working resolution in pixels
    steps: int  # steps really taken
    strength: float


class Report(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a job used, said afterwards."""

    model: str
    device: str
    dtype: str
    scheduler: str
    steps: int
    guidance_scale: float
    passes: tuple[Pass, ...]
    seconds: dict[str, float]  # by phase
    peak_memory_bytes: int
    degraded: tuple[str, ...] = ()  # sentences: what was done to fit into memory
    notices: tuple[str, ...] = ()  # sentences a painter may want to read
    taken_after: int | None = None  # the step at which it was taken early; None: it was finished


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """The layers of all variants and the report."""

    layers: tuple[PaintedLayer, ...]
    report: Report

    @property
    def images(self) -> tuple[Image, ...]:
        """Every picture of the result, each once."""
        both = ((layer.image, layer.mask) for layer in self.layers)
        return tuple(dict.fromkeys(image for pair in both for image in pair if image))
