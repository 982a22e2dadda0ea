"""How jobs end: kept first, then told, and told again to whoever asks."""

import contextlib
import logging
import time

from scumble_daemon import work
from scumble_daemon.front.clients import Peer
from scumble_daemon.front.estimates import Estimates
from scumble_daemon.front.keeper import Keeper, lost
from scumble_daemon.front.records import Record
from scumble_daemon.front.replies import Replies
from scumble_protocol import messages as m
from scumble_protocol.errors import ErrorCode, RemoteError
from scumble_protocol.frames import MAX_BUFFERS
from scumble_protocol.images import Attachment, Encoding
from scumble_protocol.jobs import JobState

_log = logging.getLogger(__name__)


class Endings:
    """Turns a worker's last word on a job into the job's end."""

    def __init__(self, keeper: Keeper, estimates: Estimates, replies: Replies) -> None:
        self._keeper = keeper
        self._estimates = estimates
        self._replies = replies

    async def finish(self, record: Record, word: work.AnyWord, started_at: float | None) -> None:
        """Keep and tell the end that a worker's last word on a job means.

        started_at: when the job began to run, in seconds of the monotonic clock.
        """
        if isinstance(word, work.Finished) and not record.cancelling:
            await self.conclude(record, await self._adopted(record, word, started_at))
        elif isinstance(word, work.Broken) and not record.cancelling:
            end = m.Failed(
                job=record.id, code=word.code, sentence=word.sentence, details=word.details
            )
            await self.conclude(record, end)
        else:
            await self.conclude(record, m.Cancelled(job=record.id))
            if isinstance(word, work.Finished):
                await self._discard(word)

    async def conclude(self, record: Record, end: m.JobEnd) -> None:
        """Move a job to its end, keep that, and tell it."""
        if isinstance(end, m.Done):
            if record.state is JobState.LOADING:
                record.move(JobState.RUNNING)
            state = JobState.DONE
        else:
            state = JobState.FAILED if isinstance(end, m.Failed) else JobState.CANCELLED
        record.move(state)
        record.end, record.finished_at = end, time.time()
        try:
            await self._keeper.update(record)
        except RemoteError as error:
            _log.error("the end of job %s could not be kept: %s", record.id, error.details)
        self.send(record, *self._replies.clients.watchers(record.id))

    def send(self, record: Record, *peers: Peer) -> None:
        """Tell connections the end of a job: its pictures named where they take files, else sent.

        What is sent is mapped from disk.
        """
        end = record.end
        assert end is not None
        if not isinstance(end, m.Done):
            for peer in peers:
                self._replies.tell_one(peer, end, ())
            return
        images, store = end.result.images, self._keeper.shelf.store
        if not all(store.has(image) for image in images):
            for peer in peers:
                self._replies.tell_one(peer, lost(record.id), ())
            return
        for peer in peers:
            files = self._replies.clients.takes_files(peer)
            buffers = [] if files else [store.raw(image) for image in images]
            encoding = Encoding.FILE if files else Encoding.RAW
            attachments = tuple(
                Attachment(image=image, buffer=0 if files else number, encoding=encoding)
                for number, image in enumerate(images)
            )
            done = m.Done(job=record.id, result=end.result, attachments=attachments)
            self._replies.tell_one(peer, done, buffers)

    async def _discard(self, word: work.Finished) -> None:
        """Remove the pictures of a result that came after its job was cancelled."""
        with contextlib.suppress(KeyError):
            await self._keeper.shelf.adopt(word.result.images)
        await self._keeper.shelf.drop(word.result.images)

    async def _adopted(
        self, record: Record, word: work.Finished, started_at: float | None
    ) -> m.JobEnd:
        images = word.result.images
        if len(images) > MAX_BUFFERS:
            await self._discard(word)
            return _too_many(record.id, len(images))
        new = [image for image in images if image not in record.job.images]
        self._keeper.shelf.hold(new)
        try:
            await self._keeper.shelf.adopt(images)
        except KeyError:
            self._keeper.shelf.release(new)
            return lost(record.id)
        if started_at is not None:
            seconds = time.monotonic() - started_at
            for rate in self._estimates.learn(record.job, seconds, word.result.report):
                await self._keeper.keep_rate(*rate)
        return m.Done(job=record.id, result=word.result, attachments=())


def _too_many(job: str, count: int) -> m.Failed:
    return m.Failed(
        job=job,
        code=ErrorCode.TOO_LARGE,
        sentence=f"The result has {count} pictures, and a message carries {MAX_BUFFERS} at most. "
        "Your document is unchanged; ask for fewer variants, or for fewer steps to be kept.",
    )
