"""Hands queued jobs to workers and says what becomes of them: the life of a job, in one place."""

import asyncio
import logging
import time

from scumble_daemon import work
from scumble_daemon.front.crew import Crew
from scumble_daemon.front.endings import Endings
from scumble_daemon.front.estimates import Estimates
from scumble_daemon.front.keeper import Keeper
from scumble_daemon.front.queue import FairQueue
from scumble_daemon.front.records import Record
from scumble_daemon.front.replies import Replies
from scumble_daemon.front.worker import Death, Worker
from scumble_protocol import messages as m
from scumble_protocol.errors import ErrorCode, RemoteError
from scumble_protocol.images import Attachment
from scumble_protocol.jobs import JobState

MOST_ATTEMPTS = 2  # a job whose worker died is retried once

_log = logging.getLogger(__name__)


class Foreman:
    """The queue and the workers behind it. Everything here happens in the event loop."""

    def __init__(
        self, keeper: Keeper, estimates: Estimates, replies: Replies, stop_timeout_s: float
    ) -> None:
        self._keeper = keeper
        self._queue = FairQueue()
        self._estimates = estimates
        self.endings = Endings(keeper, estimates, replies)
        self._replies = replies
        self._started_at: dict[str, float] = {}  # by job, monotonic
        self._told_positions: dict[str, int] = {}
        self._stop_timeout_s = stop_timeout_s
        self.crew = Crew(self._heard, self._lost, self._hopeless)

    def enqueue(self, record: Record) -> None:
        """Let a job that is kept wait for its turn."""
        self._queue.add(record)
        self.dispatch()

    def dispatch(self) -> None:
        """Give jobs to idle workers, and tell those who wait where they stand."""
        if len(self._queue):
            self.crew.rouse()
        for worker in self.crew.workers:
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
        in_hand = self.crew.jobs()
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
        for other in [*before, *self.crew.jobs()]:
            seconds = self._estimates.seconds(other.job)
            if seconds is None:
                return None
            begun_at = self._started_at.get(other.id)
            total += max(0.0, seconds - (time.monotonic() - begun_at if begun_at else 0.0))
        return total / max(1, len(self.crew.workers))

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
        worker = self.crew.holder(record)
        if worker is None:
            return
        worker.tell(work.Stop(job=record.id))
        if not record.cancelling:
            record.cancelling = True
            loop = asyncio.get_running_loop()
            loop.call_later(self._stop_timeout_s, self._insist, worker, record)
            await self._keeper.update(record)

    def take_now(self, record: Record) -> None:
        """Let a job end at the step it is at. Raises RemoteError where it was not begun."""
        worker = self.crew.holder(record)
        if worker is not None:
            worker.tell(work.Take(job=record.id))
        elif record.end is None:
            raise RemoteError(
                ErrorCode.BAD_REQUEST,
                "This job has not begun, so there is nothing of it to take yet. It waits on.",
            )

    def _heard(self, worker: Worker, word: work.AnyWord) -> None:
        if isinstance(word, work.Ready):
            self.dispatch()
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
            mask = None if word.mask is None else Attachment(image=word.mask, buffer=1)
            preview = m.Preview(
                job=record.id,
                attachment=Attachment(image=word.image, buffer=0),
                bounds=word.bounds,
                step=word.step,
                variant=word.variant,
                mask=mask,
            )
            buffers = (word.pixels,) if mask is None else (word.pixels, word.mask_pixels)
            self._replies.tell(preview, buffers, droppable=True)
        else:
            worker.record = None
            started_at = self._started_at.pop(record.id, None)
            self._replies.spawn(self.endings.finish(record, word, started_at))
            self.dispatch()

    def _lost(self, record: Record, death: Death) -> None:
        self._replies.spawn(self._try_again(record, death))

    def _hopeless(self, trouble: str, death: Death) -> None:
        """Tell those who wait that no worker can be started."""
        waiting = self._queue.in_order()
        for record in waiting:
            self._queue.remove(record)
            end = m.Failed(
                job=record.id,
                code=ErrorCode.WORKER_CRASHED,
                sentence=f"{trouble} Your document is unchanged; `scumble doctor` says what is "
                "missing, then run the job again.",
                details=death.last_words,
            )
            self._replies.spawn(self.endings.conclude(record, end))

    async def _try_again(self, record: Record, death: Death) -> None:
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
