"""A job: one complete, immutable request for paint, and the result that comes back."""

import enum
from typing import Annotated

import msgspec

from scumble_protocol.geometry import Bounds, Extent
from scumble_protocol.images import Image, Side

JobId = Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9_-]{8,64}$")]
Text = Annotated[str, msgspec.Meta(max_length=8192)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
Steps = Annotated[int, msgspec.Meta(ge=1, le=1000)]
Guidance = Annotated[float, msgspec.Meta(ge=0, le=100)]
Strength = Annotated[float, msgspec.Meta(gt=0, le=1)]  # near 0 keeps the picture, 1 ignores it
Seed = Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]  # exact in every JSON reader
Variants = Annotated[int, msgspec.Meta(ge=1, le=16)]
Distance = Annotated[float, msgspec.Meta(ge=0, le=4096)]


class Fill(enum.StrEnum):
    """What stands in the selection before denoising starts."""

    NEUTRAL = "neutral"
    BLUR = "blur"
    BORDER = "border"
    ORIGINAL = "original"
    NOISE = "noise"


class Direction(enum.StrEnum):
    """Which side of the selection's edge the result fades out on."""

    INSIDE = "inside"
    CENTRED = "centred"
    OUTSIDE = "outside"


class Region(msgspec.Struct, frozen=True, kw_only=True):
    """How a selection is cut out, painted and laid back; None leaves it to the daemon's table."""

    feather: Distance | None = None  # px on the canvas
    grow: Distance | None = None  # px on the canvas
    context: Distance | None = None  # px around the mask bounds that the model sees
    fill: Fill = Fill.NEUTRAL
    direction: Direction = Direction.INSIDE
    soft: bool = True  # grey values mean "change by this much", through to the latents
    match_colour: bool = True


class Task(msgspec.Struct, frozen=True, kw_only=True, tag_field="task"):
    """What every task has; None leaves a value to the model's own default."""

    prompt: Text = ""
    negative_prompt: Text = ""
    steps: Steps | None = None
    guidance_scale: Guidance | None = None
    scheduler: Name | None = None
    seed: Seed  # variant k is painted with seed + k
    variants: Variants = 1


class TextToImage(Task, frozen=True, kw_only=True, tag="text2image"):
    """A whole picture from words."""

    width: Side
    height: Side


class ImageToImage(Task, frozen=True, kw_only=True, tag="img2img"):
    """A picture painted over at a strength, the whole of it or inside a selection."""

    image: Image  # rgba8 or rgb8, the canvas as it is seen
    selection: Image | None = None  # gray8 of the same size, white where it may change
    strength: Strength = 0.6
    region: Region = Region(fill=Fill.ORIGINAL)


class Inpaint(Task, frozen=True, kw_only=True, tag="inpaint"):
    """New paint inside a selection."""

    image: Image  # rgba8 or rgb8, the canvas as it is seen
    selection: Image  # gray8 of the same size, white where it may change
    strength: Strength = 1.0
    region: Region = Region()


AnyTask = TextToImage | ImageToImage | Inpaint


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
        values = (getattr(self.task, name) for name in self.task.__struct_fields__)
        return tuple(dict.fromkeys(value for value in values if isinstance(value, Image)))


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

    image: Image  # rgb8 or rgba8
    mask: Image | None  # gray8, as large as the image; None shows the whole image
    bounds: Bounds  # where both lie on the canvas
    seed: Seed
    seam_score: float | None = None  # 1 is as smooth as the original was; None without a boundary


class Pass(msgspec.Struct, frozen=True, kw_only=True):
    """One run of the denoising loop."""

    extent: Extent  # working resolution in pixels
    steps: int  # steps really taken
    strength: float


class Report(msgspec.Struct, frozen=True, kw_only=True):
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


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """The layers of all variants and the report."""

    layers: tuple[PaintedLayer, ...]
    report: Report

    @property
    def images(self) -> tuple[Image, ...]:
        """Every picture of the result, each once."""
        both = ((layer.image, layer.mask) for layer in self.layers)
        return tuple(dict.fromkeys(image for pair in both for image in pair if image))
