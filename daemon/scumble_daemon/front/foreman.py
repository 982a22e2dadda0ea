"""Hands queued jobs to workers and says what becomes of them: the life of a job, in one place."""

import asyncio
import logging
import time
from collections.abc import Sequence
from pathlib import Path

from scumble_daemon import work
from scumble_daemon.front.endings import Endings
from scumble_daemon.front.estimates import Estimates
from scumble_daemon.front.keeper import Keeper
from scumble_daemon.front.queue import FairQueue
from scumble_daemon.front.records import Record
from scumble_daemon.front.replies import Replies
from scumble_daemon.front.worker import Death, Worker, log_name
from scumble_protocol import messages as m
from scumble_protocol.errors import ErrorCode, RemoteError
from scumble_protocol.images import Attachment
from scumble_protocol.jobs import JobState

MOST_ATTEMPTS = 2  # a job whose worker died is retried once
MOST_FAILED_STARTS = 3  # in a row, before waiting jobs are told

_log = logging.getLogger(__name__)


class Foreman:
    """The workers and the queue before them. Everything here happens in the event loop."""

    def __init__(
        self, keeper: Keeper, queue: FairQueue, estimates: Estimates, replies: Replies
    ) -> None:
        self._keeper = keeper
        self._queue = queue
        self._estimates = estimates
        self.endings = Endings(keeper, estimates, replies)
        self._replies = replies
        self._started_at: dict[str, float] = {}  # by job, monotonic
        self._told_positions: dict[str, int] = {}
        self._closing = False
        self._stop_timeout_s = 0.0
        self.workers: list[Worker] = []

    def hire(
        self,
        devices: Sequence[str],
        command: Sequence[str],
        log_folder: Path,
        stop_timeout_s: float,
    ) -> None:
        """Start a worker for each device; jobs go to them as soon as they are ready."""
        self._stop_timeout_s = stop_timeout_s
        for device in devices:
            worker = Worker(
                device,
                (*command, "--device", device),
                log_folder / log_name(device),
                self._heard,
                self._died,
            )
            self.workers.append(worker)
            self._start(worker)

    async def close(self) -> None:
        """End the workers; what they had in hand is done again at the next start."""
        self._closing = True
        await asyncio.gather(*(worker.quit() for worker in self.workers))

    def enqueue(self, record: Record) -> None:
        """Let a job that is kept wait for its turn."""
        self._queue.add(record)
        self.dispatch()

    def dispatch(self) -> None:
        """Give jobs to idle workers, and tell those who wait where they stand."""
        for worker in self.workers:
            if worker.resting and len(self._queue):
                self._start(worker)
            while worker.idle and (record := self._queue.take()) is not None:
                self._told_positions.pop(record.id, None)
                worker.record = record
                record.move(JobState.LOADING)
                worker.tell(work.Run(job=record.job))
                self._tell_state(record)
        self._tell_positions()

    def take_up(self, record: Record) -> None:
        """Let a job of an earlier run wait again, or end where its cancelling was not confirmed."""
        if record.cancelling:
            self._replies.spawn(self.endings.conclude(record, m.Cancelled(job=record.id)))
        else:
            self.enqueue(record)

    def unfinished(self, client: str | None = None) -> int:
        """Return how many jobs wait or are in hand, of one client or of all."""
        in_hand = [worker.record for worker in self.workers if worker.record is not None]
        if client is None:
            return len(self._queue) + len(in_hand)
        return self._queue.count(client) + sum(record.client == client for record in in_hand)

    def positions(self) -> dict[str, int]:
        """Return the place in the queue of every job that waits, 0 being next."""
        return {record.id: place for place, record in enumerate(self._queue.in_order())}

    def position(self, record: Record) -> int | None:
        """Return a job's place in the queue; None where it does not wait."""
        return self.positions().get(record.id)

    async def reorder(self, record: Record, position: int) -> None:
        """Put a waiting job elsewhere among its client's own.

        Raises RemoteError where it does not wait any more.
        """
        if record.state is not JobState.QUEUED or self.position(record) is None:
            raise RemoteError(
                ErrorCode.BAD_REQUEST,
                "This job does not wait in the queue any more. Its place was left as it is.",
            )
        moved = self._queue.reorder(record, position)
        self._tell_positions()
        await self._keeper.update(*moved)

    def seconds_until_start(self, record: Record) -> float | None:
        """Return how long a job will wait; None where it waits for something never measured."""
        if record.state is not JobState.QUEUED:
            return 0.0
        order = self._queue.in_order()
        before = order[: order.index(record)] if record in order else order
        total = 0.0
        for other in [*before, *(w.record for w in self.workers if w.record is not None)]:
            seconds = self._estimates.seconds(other.job)
            if seconds is None:
                return None
            begun_at = self._started_at.get(other.id)
            total += max(0.0, seconds - (time.monotonic() - begun_at if begun_at else 0.0))
        return total / max(1, len(self.workers))

    async def cancel(self, record: Record) -> None:
        """Cancel a job: at once where it waits, when the worker confirms where it runs.

        Jobs that are over are left alone. The wish is kept before this returns.
        """
        if record.state is JobState.QUEUED:
            self._queue.remove(record)
            self._told_positions.pop(record.id, None)
            await self.endings.conclude(record, m.Cancelled(job=record.id))
            self._tell_positions()
            return
        worker = next((w for w in self.workers if w.record is record), None)
        if worker is None:
            return
        worker.tell(work.Stop(job=record.id))
        if not record.cancelling:
            record.cancelling = True
            loop = asyncio.get_running_loop()
            loop.call_later(self._stop_timeout_s, self._insist, worker, record)
            await self._keeper.update(record)

    def warm(self, model: str) -> None:
        """Have a model brought into memory by every worker."""
        for worker in self.workers:
            worker.tell(work.Warm(model=model))

    def drop(self, model: str | None) -> None:
        """Have a model's memory given back, or all idle models'."""
        for worker in self.workers:
            worker.tell(work.Drop(model=model))

    def residency(self, model: str) -> m.Residency:
        """Return where a model's weights are."""
        if any(model in worker.memory.on_device for worker in self.workers):
            return m.Residency.DEVICE
        if any(model in worker.memory.on_host for worker in self.workers):
            return m.Residency.HOST
        return m.Residency.DISK

    def _start(self, worker: Worker) -> None:
        if self._closing or worker.alive:
            return
        try:
            worker.start()
        except OSError as error:
            worker.failures += 1
            worker.trouble = f"The painting process for {worker.device} cannot start: {error}."
            self._died(worker, Death(str(error), "", was_ready=False))

    def _heard(self, worker: Worker, word: work.AnyWord) -> None:
        if isinstance(word, work.Ready):
            self.dispatch()
        elif isinstance(word, work.Broken) and not word.job:
            worker.complaint = word.sentence
            _log.warning("worker for %s: %s %s", worker.device, word.sentence, word.details)
        elif not isinstance(word, work.Memory):
            record = worker.record
            if record is not None and record.id == word.job:
                self._heard_of(worker, record, word)

    def _heard_of(self, worker: Worker, record: Record, word: work.AnyWord) -> None:
        if isinstance(word, work.Started):
            record.move(JobState.RUNNING)
            self._started_at[record.id] = time.monotonic()
            self._tell_state(record)
        elif isinstance(word, work.Stepped):
            self._replies.tell(_progress(word), (), droppable=True)
        elif isinstance(word, work.Glimpse):
            preview = m.Preview(
                job=record.id,
                attachment=Attachment(image=word.image, buffer=0),
                bounds=word.bounds,
                step=word.step,
                variant=word.variant,
            )
            self._replies.tell(preview, (word.pixels,), droppable=True)
        else:
            worker.record = None
            started_at = self._started_at.pop(record.id, None)
            self._replies.spawn(self.endings.finish(record, word, started_at))
            self.dispatch()

    def _died(self, worker: Worker, death: Death) -> None:
        """Start a worker again, and see what becomes of the job it had in hand."""
        record, worker.record = worker.record, None
        if record is not None:
            self._replies.spawn(self._lost_worker(record, death))
        if not death.was_ready and (worker.complaint or worker.failures >= MOST_FAILED_STARTS):
            worker.resting = True
            self._replies.spawn(self._fail_waiting(worker, death))
        else:
            loop = asyncio.get_running_loop()
            loop.call_later(worker.restart_delay_s(), self._start, worker)

    async def _lost_worker(self, record: Record, death: Death) -> None:
        """Retry a job once whose worker died under it, then fail it."""
        self._started_at.pop(record.id, None)
        record.attempts += 1
        if record.cancelling:
            await self.endings.conclude(record, m.Cancelled(job=record.id))
        elif record.attempts < MOST_ATTEMPTS:
            record.move(JobState.QUEUED)
            self._queue.add_again(record)
            sentence = f"The painting process ended ({death.how}); the job is tried once more."
            self._tell_state(record, sentence)
            await self._keeper.update(record)
            self.dispatch()
        else:
            await self.endings.conclude(record, _crashed(record, death))

    async def _fail_waiting(self, worker: Worker, death: Death) -> None:
        """Tell those who wait that no worker can be started, where that is so of every worker."""
        if not all(w.resting for w in self.workers):
            return
        sentence = (
            f"{worker.trouble} Your document is unchanged; `scumble doctor` says what is missing, "
            "then run the job again."
        )
        _log.error(sentence)
        while (record := self._queue.take()) is not None:
            end = m.Failed(
                job=record.id,
                code=ErrorCode.WORKER_CRASHED,
                sentence=sentence,
                details=death.last_words,
            )
            await self.endings.conclude(record, end)

    def _insist(self, worker: Worker, record: Record) -> None:
        """End a worker that did not stop a cancelled job in time; it is started again."""
        if worker.record is record:
            _log.warning(
                "worker for %s does not stop job %s; it is ended", worker.device, record.id
            )
            worker.kill()

    def _tell_positions(self) -> None:
        for position, record in enumerate(self._queue.in_order()):
            if self._told_positions.get(record.id) != position:
                self._told_positions[record.id] = position
                event = m.State(job=record.id, state=record.state, position=position)
                self._replies.tell(event, (), droppable=True)

    def _tell_state(self, record: Record, sentence: str = "") -> None:
        event = m.State(job=record.id, state=record.state, sentence=sentence)
        self._replies.tell(event, (), droppable=False)


def _progress(word: work.Stepped) -> m.Progress:
    return m.Progress(
        job=word.job,
        phase=word.phase,
        step=word.step,
        steps=word.steps,
        fraction=word.fraction,
        seconds_left=word.seconds_left,
    )


def _crashed(record: Record, death: Death) -> m.Failed:
    return m.Failed(
        job=record.id,
        code=ErrorCode.WORKER_CRASHED,
        sentence=f"The painting process ended twice during this job (the second time by "
        f"{death.how}). Your document and all other jobs are unharmed; try a smaller area, or "
        "look at `scumble daemon logs`.",
        details=death.last_words,
    )
