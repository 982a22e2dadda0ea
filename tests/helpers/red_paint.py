"""What a scripted daemon answers to a job: red rectangles, a shade darker for each variant."""

from collections.abc import Sequence

import numpy as np

from helpers.scripted_daemon import Sent
from scumble_protocol import messages as m
from scumble_protocol.frames import attach
from scumble_protocol.geometry import Bounds, Extent
from scumble_protocol.images import Pictures, Pixels
from scumble_protocol.jobs import JobState, PaintedLayer, Pass, Phase, Report, Result

NOTICE = "The word “zeppelin” is unknown to this model."
REPORT = Report(
    model="miniature",
    device="cpu",
    dtype="float32",
    scheduler="DDIMScheduler",
    steps=4,
    guidance_scale=5.0,
    passes=(Pass(extent=Extent(64, 64), steps=4, strength=1.0),),
    seconds={"denoising": 1.25},
    peak_memory_bytes=1 << 20,
    notices=(NOTICE,),
)


def accepted(submit: m.Submit) -> m.Accepted:
    """Return the answer to a job that was taken."""
    return m.Accepted(request=submit.request, job=submit.job.id, state=JobState.QUEUED, position=0)


def halfway(job_id: str) -> m.Progress:
    """Return a job's progress in the middle of it."""
    return m.Progress(
        job=job_id, phase=Phase.DENOISING, step=2, steps=4, fraction=0.5, seconds_left=8.0
    )


def shade(variant: int) -> tuple[int, int, int]:
    """Return the colour of a variant."""
    return 255 - 10 * variant, 0, 0


def done(submit: m.Submit, bounds: Bounds) -> Sent:
    """Return the end of a job: its layers fill a rectangle, masks white but for a grey rim."""
    pictures = Pictures()
    mask = np.full((bounds.height, bounds.width), 255, np.uint8)
    mask[[0, -1]] = mask[:, [0, -1]] = 128
    arrays: list[Pixels] = [mask]
    layers = []
    for variant in range(submit.job.task.variants):
        paint = np.full((bounds.height, bounds.width, 3), shade(variant), np.uint8)
        arrays.append(paint)
        layers.append(
            PaintedLayer(
                image=pictures.add(paint),
                mask=pictures.add(mask),
                bounds=bounds,
                seed=submit.job.task.seed + variant,
                seam_score=1.1,
            )
        )
    attachments, buffers = attach([pictures.add(array) for array in arrays], arrays)
    result = Result(layers=tuple(layers), report=REPORT)
    return m.Done(job=submit.job.id, result=result, attachments=attachments), buffers


def painted(submit: m.Submit, bounds: Bounds) -> Sequence[Sent]:
    """Return everything a daemon says of a job that goes well."""
    return [accepted(submit), halfway(submit.job.id), done(submit, bounds)]
