"""A scripted daemon that paints every job in one colour, at once or when it is told to."""

from collections.abc import Sequence

import numpy as np

from helpers.painted import REPORT
from helpers.scripted_daemon import Script, ScriptedDaemon, Sent
from scumble_protocol import messages as m
from scumble_protocol.errors import ErrorCode
from scumble_protocol.frames import attach
from scumble_protocol.geometry import Bounds
from scumble_protocol.images import describe
from scumble_protocol.jobs import Job, JobState, PaintedLayer, Phase, Result

COLOUR = (10, 200, 30)
PLACE = Bounds(40, 30, 60, 50)
MODELS = (
    m.ModelInfo(
        name="miniature",
        family="sd15",
        tasks=("inpaint", "img2img", "text2image", "depth2img", "diffedit", "upscale"),
        native_side=64,
        size_bytes=1,
        origin="bundled",
        schedulers=("ddim", "euler"),
    ),
    m.ModelInfo(
        name="only-inpaints",
        family="sd15-inpaint",
        tasks=("inpaint",),
        native_side=64,
        size_bytes=1,
        origin="folder",
        description="Paints in selections alone",
        schedulers=("flow-euler",),
    ),
    m.ModelInfo(
        name="watercolour", family="lora", tasks=(), native_side=64, size_bytes=1, origin="file"
    ),
    m.ModelInfo(
        name="edges",
        family="controlnet-sd15",
        tasks=(),
        native_side=64,
        size_bytes=1,
        origin="folder",
    ),
)


class PaintingDaemon(ScriptedDaemon):
    """Paints `PLACE` in `COLOUR`.

    While `holds` is true, jobs stay at step 1 of 2; they are painted with the next ping after it
    is false, that is within two seconds. A job whose prompt is “fail” fails.
    """

    def __init__(self, endpoint: str, *, holds: bool = False) -> None:
        script: Script = {
            m.Ping: self._pinged,
            m.Models: lambda request: [m.ModelList(request=request.request, models=MODELS)],
            m.Submit: self._submitted,
            m.Cancel: self._cancelled,
        }
        super().__init__(endpoint, script)
        self.holds = holds
        self._held: list[Job] = []

    def _pinged(self, request: m.Ping) -> Sequence[Sent]:
        answers: list[Sent] = [m.Pong(request=request.request, session="first")]
        if not self.holds:
            answers += [_done(job) for job in self._held]
            self._held = []
        return answers

    def _submitted(self, request: m.Submit) -> Sequence[Sent]:
        job = request.job
        answers: list[Sent] = [
            m.Accepted(request=request.request, job=job.id, state=JobState.QUEUED, position=0)
        ]
        if job.task.prompt == "fail":
            sentence = "There was no memory left. Your picture is unchanged; try a smaller area."
            answers.append(m.Failed(job=job.id, code=ErrorCode.OUT_OF_MEMORY, sentence=sentence))
            return answers
        answers.append(
            m.Progress(
                job=job.id,
                phase=Phase.DENOISING,
                step=1,
                steps=2,
                fraction=0.5,
                seconds_left=4,
            )
        )
        if self.holds:
            self._held.append(job)
        else:
            answers.append(_done(job))
        return answers

    def _cancelled(self, request: m.Cancel) -> Sequence[Sent]:
        self._held = [job for job in self._held if job.id != request.job]
        return [m.Ok(request=request.request), m.Cancelled(job=request.job)]


def _done(job: Job) -> Sent:
    pixels = np.full((PLACE.height, PLACE.width, 3), COLOUR, np.uint8)
    mask = np.full((PLACE.height, PLACE.width), 255, np.uint8)
    image, mask_image = describe(pixels), describe(mask)
    attachments, buffers = attach([image, mask_image], [pixels, mask])
    layers = tuple(
        PaintedLayer(image=image, mask=mask_image, bounds=PLACE, seed=job.task.seed + number)
        for number in range(job.task.variants)
    )
    result = Result(layers=layers, report=REPORT)
    return m.Done(job=job.id, result=result, attachments=attachments), buffers
