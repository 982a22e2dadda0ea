"""The jobs of this editor: sent, followed, cancelled, put in order, collected after a crash."""

import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import msgspec
from PySide6.QtCore import QObject, Signal

from scumble_editor.client import notes
from scumble_editor.client.connection import Link
from scumble_editor.client.notes import Home, Note
from scumble_editor.generation.asking import Asked
from scumble_editor.generation.settings import Settings
from scumble_protocol import messages as m
from scumble_protocol.aio import AsyncClient, new_id
from scumble_protocol.errors import JobCancelledError, ScumbleError
from scumble_protocol.images import Pictures
from scumble_protocol.jobs import Job, JobState
from scumble_protocol.painted import Glance, Painted
from scumble_protocol.painting import Happening, Painting

SENDING = "Sending…"
_Asking = Callable[[AsyncClient], Awaitable[Painting]]


@dataclass(slots=True, eq=False)
class PaintJob:
    """One job as this editor knows it.

    Attributes:
        state: None until the daemon has it.
        position: place in the queue, 0 is next; None when not queued.
        painted: the result, once it is there; `placed` once it is in a document.
        sentence: why it failed, or where its result waits.
    """

    job: Job
    settings: Settings
    home: Home
    pictures: Pictures | None = None
    state: JobState | None = None
    position: int | None = None
    progress: m.Progress | None = None
    glance: Glance | None = None
    painted: Painted | None = None
    placed: bool = False
    unwanted: bool = False  # cancelled, whether the daemon knows yet or not
    sentence: str = ""
    details: str = field(default="", repr=False)

    @property
    def id(self) -> str:
        """The job's id."""
        return self.job.id

    @property
    def active(self) -> bool:
        """Whether it has still to be painted."""
        return self.state is None or not self.state.finished

    @property
    def running(self) -> bool:
        """Whether a model is at it."""
        return self.state in (JobState.LOADING, JobState.RUNNING)

    @property
    def waiting(self) -> bool:
        """Whether its result has no document to go to."""
        return self.painted is not None and not self.placed


class Jobs(QObject):
    """All jobs that this editor has sent or collected, the oldest first.

    Signals, each with a PaintJob:
        added, removed: it came into the list, or left it.
        changed: its state, place or progress did.
        previewed: its `glance` is new.
        arrived: its `painted` is there; whoever places it calls `placed`.
        failed: it ended without a result; `sentence` says why.
    """

    added = Signal(object)
    removed = Signal(object)
    changed = Signal(object)
    previewed = Signal(object)
    arrived = Signal(object)
    failed = Signal(object)

    def __init__(self, link: Link, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._link = link
        self.all: list[PaintJob] = []
        self._followed: set[str] = set()  # sent or asked for, in this conversation
        link.greeted.connect(self._collect)
        link.moved.connect(self._followed.clear)

    @property
    def active(self) -> list[PaintJob]:
        """Those that have still to be painted."""
        return [job for job in self.all if job.active]

    def of(self, document: str) -> list[PaintJob]:
        """Return the jobs of one document."""
        return [job for job in self.all if job.home.document == document]

    def submit(self, asked: Asked, home: Home) -> PaintJob:
        """Send a job; the daemon is started first where none runs."""
        job = Job(id=new_id(), model=asked.model, task=asked.task)
        home = home.following((job.id, job.home) for job in self.all if job.active or job.waiting)
        made = PaintJob(job, asked.settings, home, asked.pictures, sentence=SENDING)
        note = Note(
            job=job,
            settings=asked.settings,
            home=home,
            owner=os.getpid(),
            where=self._link.where,
        )
        notes.keep(note)
        self._add(made)
        self._send(made)
        return made

    def retry(self, job: PaintJob) -> PaintJob | None:
        """Send a failed or cancelled job once more; None where its pictures are gone."""
        if job.active or job.pictures is None:
            return None
        self.drop(job)
        asked = Asked(task=job.job.task, pictures=job.pictures, settings=job.settings)
        return self.submit(asked, job.home)

    def cancel(self, job: PaintJob) -> None:
        """Stop a job wherever it is."""
        if not job.active:
            return
        job.sentence, job.unwanted = "Cancelling, after this step…", True
        self.changed.emit(job)
        if job.state is None and not self._link.connected:
            self._end(job, JobState.CANCELLED, "Cancelled before it was sent.")
        elif job.state is not None:
            self._stop(job)

    def take(self, job: PaintJob, failed: Callable[[ScumbleError], None]) -> None:
        """Let a running job end at the step it is at; its result arrives as any does."""
        job.sentence = "Taking it as it is, after this step…"
        self.changed.emit(job)
        self._link.call(lambda client: client.take(job.id), lambda _: None, failed)

    def move(self, job: PaintJob, position: int) -> None:
        """Put a queued job elsewhere among this editor's own; 0 is next."""
        self._link.call(
            lambda client: client.reorder(job.id, position),
            lambda _: None,
            lambda error: self._note(job, error),
        )

    def placed(self, job: PaintJob) -> None:
        """Take note that a result is safe in a document: the daemon may forget it."""
        job.placed = True
        job.sentence = ""
        notes.forget(job.id)
        self._acknowledge(job)
        self.changed.emit(job)

    def drop(self, job: PaintJob) -> None:
        """Take an ended job off the list; a result that is in no document is let go."""
        if job.active or job not in self.all:
            return
        notes.forget(job.id)
        if job.waiting:
            self._acknowledge(job)
        self.all.remove(job)
        self.removed.emit(job)

    # What happens -------------------------------------------------------------------------

    def _add(self, job: PaintJob) -> None:
        self.all.append(job)
        self.added.emit(job)

    def _send(self, job: PaintJob) -> None:
        async def sending(client: AsyncClient) -> Painting:
            pictures = job.pictures or Pictures()
            return await client.submit(
                job.job.task, pictures, model=job.job.model, job_id=job.job.id
            )

        self._follow_up(job, sending)

    def _follow_up(self, job: PaintJob, asking: _Asking) -> None:
        self._followed.add(job.id)
        self._link.call(
            asking,
            lambda painting: self._follow(job, painting),
            lambda error: self._end(job, JobState.FAILED, str(error)),
        )

    def _follow(self, job: PaintJob, painting: Painting) -> None:
        if job.state is None:
            job.state = JobState.QUEUED
            job.sentence = ""
            self.changed.emit(job)
        if job.unwanted:
            self._stop(job)
        hand = self._link.hand

        async def following() -> None:
            async for happening in painting:
                hand(lambda news: self._take(job, news), happening)
            try:
                painted = await painting.result(acknowledge=False)
            except JobCancelledError:
                return
            except ScumbleError:
                return
            hand(lambda result: self._arrive(job, result), painted)

        self._link.spawn(following())

    def _stop(self, job: PaintJob) -> None:
        self._link.call(
            lambda client: client.cancel(job.id),
            lambda _: None,
            lambda error: self._note(job, error),
        )

    def _take(self, job: PaintJob, news: Happening) -> None:
        match news:
            case m.State():
                if not news.state.finished:
                    job.state, job.position = news.state, news.position
                    job.sentence = news.sentence
            case m.Progress():
                job.state, job.position = JobState.RUNNING, None
                job.progress = news
            case Glance():
                job.glance = news
                self.previewed.emit(job)
                return
            case m.Failed():
                job.details = news.details
                self._end(job, JobState.FAILED, news.sentence)
                return
            case m.Cancelled():
                self._end(job, JobState.CANCELLED, "Cancelled. Nothing was changed.")
                return
        self.changed.emit(job)

    def _arrive(self, job: PaintJob, painted: Painted) -> None:
        if job.state is JobState.CANCELLED:
            return
        job.state, job.position, job.painted = JobState.DONE, None, painted
        self.changed.emit(job)
        self.arrived.emit(job)

    def _end(self, job: PaintJob, state: JobState, sentence: str) -> None:
        if not job.active:
            return
        job.state, job.position, job.sentence = state, None, sentence
        notes.forget(job.id)
        self.changed.emit(job)
        if state is JobState.FAILED:
            self.failed.emit(job)

    def _note(self, job: PaintJob, error: ScumbleError) -> None:
        job.sentence = str(error)
        self.changed.emit(job)

    def _acknowledge(self, job: PaintJob) -> None:
        self._link.call(lambda client: client.acknowledge(job.id), lambda _: None, lambda _: None)

    # Earlier editors ------------------------------------------------------------------------

    def _collect(self, welcome: m.Welcome) -> None:
        """Take up the jobs of editors that are gone, and one's own after another conversation."""
        known = {job.id for job in self.all}
        there = {status.job: status for status in welcome.jobs}
        for job in self.active:
            if job.id in there and job.id not in self._followed:
                self._follow_up(job, _painting(job.id))
        for note in notes.orphans():
            if note.job.id in known or note.where != self._link.where:
                continue
            if note.job.id not in there:
                notes.forget(note.job.id)
                continue
            notes.keep(msgspec.structs.replace(note, owner=os.getpid()))
            status = there[note.job.id]
            taken = PaintJob(note.job, note.settings, note.home, None, status.state)
            taken.position = status.position
            self._add(taken)
            self._follow_up(taken, _painting(note.job.id))


def _painting(job_id: str) -> _Asking:
    async def asking(client: AsyncClient) -> Painting:
        return await client.painting(job_id)

    return asking
