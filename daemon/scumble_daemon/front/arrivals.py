"""Jobs on their way in: checked, their pictures awaited and written, then kept and queued."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from weakref import WeakValueDictionary

from scumble_daemon.front.keeper import Keeper
from scumble_daemon.front.limits import check_attachments, result_bytes
from scumble_daemon.front.records import Record, digest_of
from scumble_protocol.errors import ErrorCode, RemoteError
from scumble_protocol.images import Attachment, Buffer, Encoding
from scumble_protocol.jobs import Job


@dataclass(slots=True, eq=False)
class Arrival:
    """A job that is not accepted yet."""

    job: Job
    client: str
    owner: str
    digest: str
    place: float
    expires: asyncio.TimerHandle
    cancelled: bool = False
    busy: asyncio.Lock = field(default_factory=asyncio.Lock)


class Arrivals:
    """The jobs between `submit` and `accepted`, bounded in number, bytes and time.

    Those of one client are taken one after the other, in the order in which they came; one that
    must be asked for its pictures lets the next one pass.
    """

    def __init__(
        self,
        keeper: Keeper,
        check_model: Callable[[Job], Awaitable[None]],
        take_up: Callable[[Record], None],
        most_bytes: int,
        timeout_s: float,
    ) -> None:
        self._keeper = keeper
        self._check_model = check_model
        self._take_up = take_up
        self._most_bytes = most_bytes
        self._timeout_s = timeout_s
        self._bytes = 0
        self._places = max((r.place for r in keeper.ledger.records.values()), default=0.0)
        self._arrivals: dict[str, Arrival] = {}
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def __len__(self) -> int:
        return len(self._arrivals)

    def count(self, client: str) -> int:
        """Return how many jobs of a client are on their way in."""
        return sum(arrival.client == client for arrival in self._arrivals.values())

    def get(self, job: str) -> Arrival | None:
        """Return a job that is on its way in."""
        return self._arrivals.get(job)

    def begin(self, job: Job, client: str, owner: str) -> Arrival:
        """Let a job in as far as the door; it is dropped there when its pictures do not come."""
        loop = asyncio.get_running_loop()
        expires = loop.call_later(self._timeout_s, self._drop, job.id)
        self._places += 1
        arrival = Arrival(job, client, owner, digest_of(job), self._places, expires)
        self._arrivals[job.id] = arrival
        self._keeper.shelf.hold(job.images)
        return arrival

    def check_room(self, buffers: Sequence[Buffer]) -> int:
        """Return the size of buffers that are about to be written.

        Raises RemoteError `queue_full` where too much is being written already.
        """
        size = sum(memoryview(buffer).nbytes for buffer in buffers)
        if self._bytes + size > self._most_bytes:
            raise RemoteError(
                ErrorCode.QUEUE_FULL,
                "Too many pictures are arriving at once. This one was not kept, nothing else was "
                "lost; send it again in a moment.",
            )
        return size

    async def take(
        self,
        arrival: Arrival,
        attachments: Sequence[Attachment],
        buffers: Sequence[Buffer],
        *,
        final: bool,
    ) -> tuple[str, ...] | Record:
        """Keep pictures, then the job where none is missing any more.

        final: the pictures were asked for, and will not be asked for again.
        Returns the hashes that are still missing, or the job's record, which waits in the queue.
        Raises RemoteError where the job cannot be taken; it is dropped then.
        """
        size = self.check_room(buffers)
        self._bytes += size
        try:
            check_attachments(attachments, arrival.job)
            turn = self._turns.setdefault(arrival.client, asyncio.Lock())
            async with arrival.busy, turn:
                return await self._take(arrival, attachments, buffers, final)
        except BaseException:
            self._drop(arrival.job.id)
            raise
        finally:
            self._bytes -= size

    async def _take(
        self,
        arrival: Arrival,
        attachments: Sequence[Attachment],
        buffers: Sequence[Buffer],
        final: bool,
    ) -> tuple[str, ...] | Record:
        job = arrival.job
        if (known := self._keeper.ledger.records.get(job.id)) is not None:
            return known
        await self._check_model(job)
        for attachment in attachments:
            await self._keep(attachment, buffers)
        missing = tuple(image.hash for image in self._keeper.shelf.missing(job.images))
        if missing and final:
            raise RemoteError(
                ErrorCode.BAD_REQUEST,
                f"{len(missing)} of the job's pictures did not come when they were asked for. "
                "The job was not taken; submit it again with all of them.",
            )
        if missing:
            return missing
        await self._keeper.shelf.make_room(result_bytes(job))
        return await self._accept(arrival)

    async def _keep(self, attachment: Attachment, buffers: Sequence[Buffer]) -> None:
        if attachment.encoding is Encoding.RAW:
            await self._keeper.shelf.put(attachment.image, buffers[attachment.buffer])
        else:
            with contextlib.suppress(KeyError):  # asked for then, like any other that is not here
                await self._keeper.shelf.take_in(attachment.image)

    async def _accept(self, arrival: Arrival) -> Record:
        if arrival.cancelled or self._arrivals.get(arrival.job.id) is not arrival:
            raise RemoteError(
                ErrorCode.BAD_REQUEST,
                "The job was cancelled, or waited too long for its pictures, before it was taken. "
                "Submit it again if it is still wanted.",
            )
        record = Record(
            job=arrival.job,
            client=arrival.client,
            owner=arrival.owner,
            digest=arrival.digest,
            submitted_at=time.time(),
            place=arrival.place,
        )
        self._keeper.shelf.hold(record.images)
        try:
            await self._keeper.add(record)
        except BaseException:
            self._keeper.shelf.release(record.images)
            raise
        self._drop(arrival.job.id)
        record.cancelling = arrival.cancelled
        self._take_up(record)
        return record

    def cancel(self, arrival: Arrival) -> bool:
        """Drop a job that was not accepted yet.

        Returns False for one that is just being kept: it is cancelled right after.
        """
        arrival.cancelled = True
        if arrival.busy.locked():
            return False
        self._drop(arrival.job.id)
        return True

    def _drop(self, job: str) -> None:
        arrival = self._arrivals.pop(job, None)
        if arrival is not None:
            arrival.expires.cancel()
            self._keeper.shelf.release(arrival.job.images)
