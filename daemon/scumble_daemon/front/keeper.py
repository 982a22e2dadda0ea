"""Everything that outlives the daemon: the ledger of jobs, its spool on disk, its pictures."""

import asyncio
import functools
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from scumble_daemon.front.records import Ledger, Record
from scumble_daemon.front.shelf import Shelf
from scumble_daemon.front.spool import PAST_JOBS, Spool
from scumble_protocol.errors import ErrorCode, RemoteError
from scumble_protocol.jobs import JobState
from scumble_protocol.messages import Done, Failed

DAY_S = 86_400.0

_T = TypeVar("_T")
_log = logging.getLogger(__name__)


class Keeper:
    """The ledger in memory and its copy on disk, written by one thread in the order of things."""

    def __init__(self, folder: Path, shelf: Shelf) -> None:
        """Open the spool. Raises SpoolError where a newer version of this program wrote it."""
        self.shelf = shelf
        self._spool = Spool(folder)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="spool")
        self.ledger: Ledger = self._spool.load()
        self.rates = self._spool.rates()
        self.notices = self._spool.notices

    async def open(self) -> None:
        """Take up the jobs of an earlier run, and see that their pictures are still here."""
        await self.shelf.open()
        for record in list(self.ledger.records.values()):
            await self._take_up(record)
        await self.shelf.trim()

    async def close(self) -> None:
        """Write everything out."""
        await self._aside(self._spool.close)
        self._thread.shutdown()
        self.shelf.close()

    async def add(self, record: Record) -> None:
        """Keep a new job, whose pictures are held already.

        Raises RemoteError `disk_full` where it cannot be kept.
        """
        await self._aside(lambda: self._spool.add(record))
        self.ledger.records[record.id] = record

    async def update(self, *records: Record) -> None:
        """Keep what became of jobs. Raises RemoteError `disk_full` where it cannot be kept."""
        for record in records:
            await self._aside(functools.partial(self._spool.update, record))

    async def acknowledge(self, record: Record) -> None:
        """Forget a finished job: its pictures go, its id is remembered for a while.

        On a disk too full for this very note the job may come up again at the next start.
        """
        if record.state is JobState.DONE:
            record.move(JobState.DELIVERED)
        self.ledger.close(record)
        for oldest in list(self.ledger.past)[:-PAST_JOBS]:
            del self.ledger.past[oldest]
        closing = functools.partial(self._spool.close_job, record.id, record.state)
        try:
            await self._aside(closing)
        except RemoteError:
            await self._let_go(record)  # makes room on a full disk
            try:
                await self._aside(closing)
            except RemoteError as error:
                _log.warning("job %s is not noted as fetched: %s", record.id, error.details)
        else:
            await self._let_go(record)

    async def _let_go(self, record: Record) -> None:
        self.shelf.release(record.images)
        if isinstance(record.end, Done):
            await self.shelf.drop(record.end.result.images)
        await self.shelf.trim()

    async def expire(self, keep_days: float) -> None:
        """Forget ends that nobody fetched for so many days; on a full disk, at a later time."""
        try:
            await self._expire(keep_days)
        except RemoteError as error:
            _log.warning("old jobs could not be forgotten: %s", error.details)

    async def _expire(self, keep_days: float) -> None:
        before = time.time() - keep_days * DAY_S
        for record in list(self.ledger.records.values()):
            if record.finished_at is not None and record.finished_at < before:
                await self.acknowledge(record)
        await self._aside(lambda: self._spool.forget_before(before))

    async def keep_rate(self, model: str, task: str, seconds: float) -> None:
        """Keep a measured rate for the next start."""
        await self._aside(lambda: self._spool.keep_rate(model, task, seconds))

    async def _take_up(self, record: Record) -> None:
        self.shelf.hold(record.images)
        if not self.shelf.missing(record.images):
            return
        if isinstance(record.end, Done) and not self.shelf.missing(record.job.images):
            record.end, record.finished_at = None, None  # the same job gives the same pixels
            record.state = JobState.QUEUED
        elif not isinstance(record.end, Failed):
            record.end = lost(record.id)
            record.state, record.finished_at = JobState.FAILED, time.time()
        try:
            await self.update(record)
        except RemoteError as error:
            _log.warning("what became of job %s is not kept: %s", record.id, error.details)

    async def _aside(self, work: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


def lost(job: str) -> Failed:
    """Return the end of a job whose pictures are gone."""
    return Failed(
        job=job,
        code=ErrorCode.INTERNAL,
        sentence="The pictures of this job are gone from the daemon's disk. Your document is "
        "unchanged; run the job again.",
    )
