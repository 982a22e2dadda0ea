"""Whether a job may be taken at all: sizes, kinds of picture, words, names. Pure checks."""

import difflib
from collections.abc import Collection, Iterable

from scumble_daemon.config import Settings
from scumble_protocol.errors import ErrorCode, RemoteError
from scumble_protocol.geometry import Extent
from scumble_protocol.images import Attachment, Image, Mode
from scumble_protocol.jobs import Chain, DiffEditInvert, Job, Options, PictureTask, Upscale
from scumble_protocol.messages import Limits

USUAL_INVERSION_STEPS = 50


def limits_of(settings: Settings) -> Limits:
    """Return the limits that a daemon with these settings tells its clients."""
    return Limits(
        message_bytes=settings.message_bytes,
        picture_side=settings.picture_side,
        picture_pixels=settings.picture_pixels,
        queued_jobs=settings.queued_jobs,
        queued_jobs_total=settings.queued_jobs_total,
    )


def check_job(job: Job, limits: Limits, schedulers: Collection[str]) -> None:
    """Raise RemoteError `too_large` or `bad_request` where a job cannot be done as it stands."""
    task = job.task
    _check_size(task.extent.width, task.extent.height, limits)
    if isinstance(task, Upscale):
        _check_size(task.width, task.height, limits)
    for image in job.images:
        _check_size(image.width, image.height, limits)
    if isinstance(task, PictureTask):
        _check_pictures(task)
    if isinstance(task, Chain):
        _check_chain(task)
    stages = task.stages if isinstance(task, Chain) else ()
    for options in (task.options, *(stage.options for stage in stages)):
        if options is not None:
            _check_guides(options, task.extent)
    for scheduler in (task.scheduler, *(stage.scheduler for stage in stages)):
        if scheduler is not None and scheduler not in schedulers:
            short = scheduler.removesuffix("Scheduler").lower()  # of a class of diffusers
            hint = near_names(short, schedulers) or f" Known are {', '.join(schedulers)}."
            raise RemoteError(
                ErrorCode.BAD_REQUEST,
                f"There is no scheduler called “{scheduler}”.{hint} The job was not taken.",
            )


def check_attachments(attachments: Iterable[Attachment], job: Job) -> None:
    """Raise RemoteError `bad_request` where a picture was sent that the job does not name."""
    named = set(job.images)
    if any(attachment.image not in named for attachment in attachments):
        raise RemoteError(
            ErrorCode.BAD_REQUEST,
            "A picture was sent that the job does not name. The job was not taken.",
        )


def near_names(wrong: str, names: Iterable[str]) -> str:
    """Return a sentence with the names most like a wrong one, or nothing."""
    near = difflib.get_close_matches(wrong, list(names), n=3, cutoff=0.5)
    return f" Did you mean {' or '.join(near)}?" if near else ""


def result_bytes(job: Job) -> int:
    """Return how many bytes a job's result takes at most, near enough to see that they fit."""
    task = job.task
    layers = task.variants
    if isinstance(task, Chain):
        layers = task.variants * (1 + sum(stage.keep for stage in task.stages))
    if isinstance(task, DiffEditInvert):
        layers = (task.steps or USUAL_INVERSION_STEPS) if task.pictures else 0
    area = task.width * task.height if isinstance(task, Upscale) else task.extent.area
    return area * 4 * layers


def _check_size(width: int, height: int, limits: Limits) -> None:
    if max(width, height) <= limits.picture_side and width * height <= limits.picture_pixels:
        return
    raise RemoteError(
        ErrorCode.TOO_LARGE,
        f"A picture of {width} × {height} pixels is larger than this daemon takes: "
        f"{limits.picture_side} a side and {limits.picture_pixels / 1e6:.0f} million in all. "
        "The job was not taken; use a smaller part of the picture.",
    )


def _check_coloured(image: Image) -> None:
    if image.mode is Mode.GRAY8:
        raise RemoteError(
            ErrorCode.BAD_REQUEST,
            "The picture to paint on must be rgb8 or rgba8, this one is gray8. "
            "The job was not taken; send it in colour.",
        )


def _check_pictures(task: PictureTask) -> None:
    _check_coloured(task.image)
    for name in task.__struct_fields__:
        plane = getattr(task, name)
        if isinstance(plane, Image) and name != "image":
            _check_plane(name.replace("_", " "), plane, task.image.extent)


def _check_chain(task: Chain) -> None:
    if task.image is not None:
        _check_coloured(task.image)
    for stage in task.stages:
        if stage.selection is not None:
            _check_plane("selection", stage.selection, task.extent)


def _check_guides(options: Options, canvas: Extent) -> None:
    """Check the pictures that guide beside words."""
    for control in options.controls:
        if control.image is not None and control.image.extent != canvas:
            given = control.image
            raise RemoteError(
                ErrorCode.BAD_REQUEST,
                f"The picture of the control “{control.name}” has {given.width} × {given.height} "
                f"pixels, the canvas {canvas.width} × {canvas.height}. The job was not taken; "
                "they must be of the same size.",
            )
    for reference in options.references:
        if reference.image.mode is Mode.GRAY8:
            raise RemoteError(
                ErrorCode.BAD_REQUEST,
                "A picture of reference must be rgb8 or rgba8, this one is gray8. "
                "The job was not taken; send it in colour.",
            )


def _check_plane(name: str, plane: Image, canvas: Extent) -> None:
    if plane.mode is not Mode.GRAY8:
        raise RemoteError(
            ErrorCode.BAD_REQUEST,
            f"A {name} must be gray8, this one is {plane.mode}. The job was not taken.",
        )
    if plane.extent != canvas:
        raise RemoteError(
            ErrorCode.BAD_REQUEST,
            f"The {name} has {plane.width} × {plane.height} pixels, the picture "
            f"{canvas.width} × {canvas.height}. The job was not taken; they must be of "
            "the same size.",
        )
