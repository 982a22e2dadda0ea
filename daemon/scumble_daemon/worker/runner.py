"""From a job to its end: the model leased, the task painted, the report written, errors named."""

import traceback
from collections.abc import Callable, Iterator

from scumble_daemon import work
from scumble_daemon.miniature.words import notices
from scumble_daemon.models.cache import ModelCache
from scumble_daemon.models.catalog import BUNDLED_NAME, Catalogue, Entry
from scumble_daemon.models.devices import Device
from scumble_daemon.models.loaded import Loaded
from scumble_daemon.models.memory import OutOfMemoryError, free, is_out_of_memory, sentences_of
from scumble_daemon.models.recall import Recall
from scumble_daemon.region.arrays import Bytes
from scumble_daemon.store import PictureStore
from scumble_daemon.tasks.desk import Desk
from scumble_daemon.tasks.registry import painter_of, task_name
from scumble_daemon.tasks.safety import with_flags
from scumble_daemon.tasks.settling import settled
from scumble_daemon.worker.cancel import CancelToken, JobStoppedError
from scumble_daemon.worker.progress import Moment, Progress
from scumble_protocol.errors import ErrorCode, RemoteError
from scumble_protocol.geometry import Bounds, Extent
from scumble_protocol.images import Mode, describe, raw_bytes
from scumble_protocol.jobs import (
    Chain,
    DiffEdit,
    DiffEditSelect,
    Job,
    JobId,
    Phase,
    Report,
    Result,
    Task,
)

Say = Callable[[work.AnyWord], None]


class Runner:
    """Runs one job after another on one device and outlives each of them."""

    def __init__(
        self,
        device: Device,
        catalogue: Catalogue,
        cache: ModelCache,
        pictures: PictureStore,
        recall: Recall,
        say: Say,
    ) -> None:
        self._device = device
        self._catalogue = catalogue
        self._cache = cache
        self._pictures = pictures
        self._recall = recall
        self._say = say

    def run(self, job: Job, token: CancelToken) -> None:
        """Do a job and say its end: finished, stopped or broken; never raises for a job's sake."""
        try:
            result = self._result(job, token)
            end: work.AnyWord = work.Finished(job=job.id, result=result)
        except JobStoppedError:
            end = work.Stopped(job=job.id)
        except Exception as error:  # noqa: BLE001 - the border: a job may fail, the worker not
            end = broken(job.id, error, self._device)
        if not isinstance(end, work.Finished):
            free(self._device)  # only now that no traceback holds the tensors any more
        self._say(end)
        self.say_memory()

    def warm(self, model: str) -> None:
        """Bring a model into memory; says broken, with no job, where that fails."""
        try:
            with self._cache.lease(self._catalogue.get(model)):
                pass
        except Exception as error:  # noqa: BLE001 - the border: the worker goes on
            self._say(broken("", error, self._device))
        self.say_memory()

    def drop(self, model: str | None) -> None:
        """Give memory of idle models back."""
        self._cache.drop(model)
        self.say_memory()

    def say_memory(self) -> None:
        """Say which models are where."""
        self._say(
            work.Memory(
                on_device=self._cache.names_on_device,
                on_host=self._cache.names_on_host,
                device_memory_bytes=self._device.memory_used_bytes(),
            )
        )

    def _result(self, job: Job, token: CancelToken) -> Result:
        token.raise_if_cancelled()
        painter = painter_of(job.task)
        progress = Progress(lambda moment: self._say(_stepped(job.id, moment)))
        progress.enter(Phase.LOADING)
        entry = self._catalogue.get(job.model)
        self._check(job, entry)
        with self._cache.lease(entry) as model:
            token.raise_if_cancelled()
            _check_family(model, job.task)
            self._say(work.Started(job=job.id))
            self.say_memory()
            self._device.reset_peak()
            desk = self._desk(job.id, model, progress, token)
            for prompt in prompts_to(BUNDLED_NAME, job):
                for sentence in notices(prompt):
                    desk.notes.notice(sentence)
            task = job.task
            if not isinstance(task, Chain):  # which settles each of its stages
                task = settled(desk, task)
            layers = with_flags(desk, painter(desk, task))
            for sentence in sentences_of(model):
                desk.notes.degrade(sentence)
            return Result(layers=layers, report=self._report(entry, desk))

    def _desk(self, job: JobId, model: Loaded, progress: Progress, token: CancelToken) -> Desk:
        covers: dict[Bounds, Bytes] = {}

        def show(pictures: list[Bytes], bounds: Bounds, step: int, first: int) -> None:
            cover = covers.get(bounds)
            for number, pixels in enumerate(pictures):
                self._say(
                    work.Glimpse(
                        job=job,
                        image=describe(pixels),
                        pixels=bytes(raw_bytes(pixels)),
                        bounds=bounds,
                        step=step,
                        variant=first + number,
                        mask=None if cover is None else describe(cover),
                        mask_pixels=b"" if cover is None else bytes(raw_bytes(cover)),
                    )
                )

        return Desk(
            model=model,
            device=self._device,
            pictures=self._pictures,
            recall=self._recall,
            progress=progress,
            token=token,
            show=show,
            entry=self._catalogue.get,
            first_of=self._catalogue.first_of,
            borrow=lambda name: self._cache.lease(self._catalogue.get(name)),
            free_idle=self._cache.free_idle,
            covers=covers,
        )

    def _check(self, job: Job, entry: Entry) -> None:
        """Refuse what cannot be painted before anything is loaded."""
        if task_name(job.task) not in entry.tasks:
            raise _cannot(entry.name, task_name(job.task), entry.tasks)
        for image in job.images:
            if not self._pictures.has(image):
                raise RemoteError(
                    ErrorCode.BAD_REQUEST,
                    "A picture of the job is missing, so nothing was painted. Send it again.",
                    image.hash,
                )
        if len({image.extent for image in job.canvas_images}) > 1:
            raise RemoteError(
                ErrorCode.BAD_REQUEST,
                "The pictures of the job differ in size, so nothing was painted. The selection "
                "must be as large as the canvas.",
            )
        _check_modes(job.task)

    def _report(self, entry: Entry, desk: Desk) -> Report:
        notes = desk.notes
        return Report(
            model=entry.name,
            device=self._device.title,
            dtype=str(desk.model.dtype).removeprefix("torch."),
            scheduler=notes.scheduler,
            steps=notes.steps,
            guidance_scale=notes.guidance_scale,
            passes=tuple(notes.passes),
            seconds=desk.progress.seconds,
            peak_memory_bytes=self._device.peak_bytes(),
            degraded=tuple(notes.degraded),
            notices=tuple(notes.notices),
            taken_after=notes.taken_after,
        )


def prompts_to(model: str, job: Job) -> Iterator[str]:
    """Yield the words of a job that a model is to read as things to paint, or as what is there."""
    task = job.task
    if isinstance(task, Chain):
        for stage in task.stages:
            if (stage.model or job.model) == model:
                yield task.prompt if stage.prompt is None else stage.prompt
    elif job.model == model:
        yield task.prompt
        if isinstance(task, DiffEdit | DiffEditSelect):
            yield task.source_prompt


def broken(job: str, error: Exception, device: Device) -> work.Broken:
    """Return what to say of a failed job: a code, a sentence and the traceback for a log."""
    details = "".join(traceback.format_exception(error))[-4000:]
    if isinstance(error, RemoteError):
        return work.Broken(
            job=job, code=error.code, sentence=str(error), details=error.details or details
        )
    if is_out_of_memory(error):
        shortage = OutOfMemoryError(Extent(0, 0), device, details)
        return work.Broken(
            job=job, code=shortage.code, sentence=_SHORTAGE.format(device.title), details=details
        )
    return work.Broken(
        job=job,
        code=ErrorCode.MODEL_FAILED,
        sentence=f"The model failed while it was painting ({error}). Your picture is unchanged; "
        "try other settings or another model. The log has the details.",
        details=details,
    )


_SHORTAGE = (
    "There is not enough memory on {} for this model. Your picture is unchanged. Close other "
    "programs that use the device, or choose a smaller model."
)


def _stepped(job: JobId, moment: Moment) -> work.Stepped:
    return work.Stepped(
        job=job,
        phase=moment.phase,
        step=moment.step,
        steps=moment.steps,
        fraction=moment.fraction,
        seconds_left=moment.seconds_left,
    )


def _check_family(model: Loaded, task: Task) -> None:
    """Refuse what only the loaded model shows: a hub id tells its family when it has come."""
    if task_name(task) not in model.tasks:
        raise _cannot(model.entry.name, task_name(task), model.tasks)


def _cannot(model: str, task: str, tasks: tuple[str, ...]) -> RemoteError:
    return RemoteError(
        ErrorCode.BAD_REQUEST,
        f"The model “{model}” cannot do {task}, only {', '.join(tasks)}. Nothing was painted; "
        "choose another model.",
    )


def _check_modes(task: Task) -> None:
    image, selection = getattr(task, "image", None), getattr(task, "selection", None)
    if image is not None and image.mode is Mode.GRAY8:
        raise RemoteError(
            ErrorCode.BAD_REQUEST, "The canvas must be rgb8 or rgba8. Nothing was painted."
        )
    if selection is not None and selection.mode is not Mode.GRAY8:
        raise RemoteError(
            ErrorCode.BAD_REQUEST, "The selection must be gray8. Nothing was painted."
        )
