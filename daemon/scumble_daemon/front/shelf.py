"""Which pictures are here, which of them a job needs, and which go first when room is short."""

import asyncio
import functools
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from scumble_daemon.front.inbox import Inbox
from scumble_daemon.store import PictureStore
from scumble_protocol.errors import ErrorCode, RemoteError
from scumble_protocol.images import Buffer, Image

_T = TypeVar("_T")


class Shelf:
    """The picture store under a quota. Its methods belong to the event loop; files do not.

    Pictures that a job holds stay. The others are a cache, least recently used out first, so that
    a second job on an unchanged layer uploads nothing.
    """

    def __init__(
        self, store: PictureStore, inbox: Inbox, quota_bytes: int, cache_bytes: int
    ) -> None:
        self.store = store
        self._inbox = inbox
        self._quota_bytes = quota_bytes
        self._cache_bytes = cache_bytes
        self._used_at: dict[Image, float] = {}  # seconds since 1970
        self._stamps: dict[Image, int] = {}  # of the store, when last looked at
        self._changing = asyncio.Lock()  # pictures are adopted or removed, one thing at a time
        self._holders: Counter[Image] = Counter()
        self._total_bytes = 0
        self._coming_bytes = 0
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="pictures")

    async def open(self) -> None:
        """Look through the folder; pictures of an earlier run count as not held."""
        await self._aside(lambda: self._inbox.clear(older_than_s=0))
        for image, stamp in await self._aside(self.store.images):
            self._note(image, stamp)
            self._used_at[image] = stamp / 1e9

    def close(self) -> None:
        """Let the writes in hand end, and begin no other."""
        self._threads.shutdown(cancel_futures=True)

    @property
    def total_bytes(self) -> int:
        """Size of everything kept."""
        return self._total_bytes

    def __contains__(self, image: Image) -> bool:
        return image in self._used_at

    def missing(self, images: Iterable[Image]) -> tuple[Image, ...]:
        """Return those of some pictures that are not here."""
        return tuple(image for image in images if image not in self._used_at)

    def hold(self, images: Iterable[Image]) -> None:
        """Keep pictures until they are released as often; they need not be here yet."""
        self._holders.update(images)

    def release(self, images: Sequence[Image]) -> None:
        """End a hold. Pictures that nobody holds any more become part of the cache."""
        self._holders.subtract(images)
        for image in images:
            if self._holders[image] <= 0:
                del self._holders[image]
            if image in self._used_at:
                self._used_at[image] = time.time()

    async def put(self, image: Image, raw: Buffer) -> None:
        """Keep a picture that came from outside, its content checked and written in a thread.

        Raises RemoteError `bad_request` where the pixels are not what the hash says, `disk_full`
        where there is no room.
        """
        await self._keep(image, lambda: self.store.put(image, raw))

    async def take_in(self, image: Image) -> None:
        """Keep a picture that was laid down in the inbox, its content checked in a thread.

        Raises KeyError where none lies there, RemoteError as `put`.
        """
        await self._keep(image, lambda: self._inbox.take(image, self.store))

    async def clear_inbox(self) -> None:
        """Remove what was laid down long ago and never asked for."""
        await self._aside(self._inbox.clear)

    async def _keep(self, image: Image, keep: Callable[[], None]) -> None:
        if image in self._used_at:
            self._used_at[image] = time.time()
            return
        await self.make_room(image.byte_count)
        self._coming_bytes += image.byte_count
        try:
            await self._aside(keep)
        except RemoteError as error:
            if error.code is not ErrorCode.DISK_FULL:
                raise
            await self._evict_to(0)  # the disk is fuller than the quota knows
            await self._aside(keep)
        finally:
            self._coming_bytes -= image.byte_count
        await self.adopt([image])
        await self.trim()

    async def adopt(self, images: Iterable[Image]) -> None:
        """Note pictures that were written. Raises KeyError where one is not there."""
        async with self._changing:
            for image in images:
                stamp = await self._aside(functools.partial(self.store.stamp, image))
                if stamp is None:
                    raise KeyError(image.hash)
                self._note(image, stamp)

    async def make_room(self, byte_count: int) -> None:
        """See that so many bytes fit under the quota and on the disk, at the cost of the cache.

        Raises RemoteError `disk_full` where they do not.
        """
        allowed = self._quota_bytes - self._coming_bytes - byte_count
        if self._total_bytes > allowed:
            await self._evict_to(max(0, allowed - self._held_bytes()))
        if self._total_bytes > allowed:
            raise RemoteError(
                ErrorCode.DISK_FULL,
                f"The daemon may keep {_megabytes(self._quota_bytes)} MB of pictures, and jobs and "
                f"results that wait fill {_megabytes(self._held_bytes())} of them. This job was "
                "not taken, nothing else was lost; fetch the results that wait, or raise "
                "spool_quota_bytes in the daemon's settings.",
            )
        if await self._aside(self.store.free_bytes) < byte_count:
            await self._evict_to(0)
            await self._check_disk(byte_count)

    async def _check_disk(self, byte_count: int) -> None:
        free = await self._aside(self.store.free_bytes)
        if free < byte_count:
            raise RemoteError(
                ErrorCode.DISK_FULL,
                f"The daemon's disk has {_megabytes(free)} MB left, and this job may need "
                f"{_megabytes(byte_count)}. It was not taken, nothing else was lost; free some "
                "space there and send it again.",
            )

    async def trim(self) -> None:
        """Bring the cache back to its budget."""
        await self._evict_to(self._cache_bytes)

    async def drop(self, images: Iterable[Image]) -> None:
        """Remove pictures at once, those excepted that a job holds."""
        for image in images:
            if image not in self._holders:
                await self._remove(image)

    def _held_bytes(self) -> int:
        return sum(image.byte_count for image in self._holders if image in self._used_at)

    async def _evict_to(self, cache_bytes: int) -> None:
        idle = sorted(self._used_at.keys() - self._holders.keys(), key=self._used_at.__getitem__)
        surplus = sum(image.byte_count for image in idle) - cache_bytes
        for image in idle:
            if surplus <= 0:
                break
            surplus -= image.byte_count
            await self._remove(image)

    async def _remove(self, image: Image) -> None:
        async with self._changing:
            if image not in self._used_at or image in self._holders:
                return
            stamp = self._stamps.pop(image)
            del self._used_at[image]  # before the file goes: whoever needs it must ask for it
            self._total_bytes -= image.byte_count
            if not await self._aside(lambda: self.store.discard(image, stamp)):
                newer = await self._aside(functools.partial(self.store.stamp, image))
                self._note(image, newer or stamp)

    def _note(self, image: Image, stamp: int) -> None:
        if image not in self._used_at:
            self._total_bytes += image.byte_count
        self._used_at[image] = time.time()
        self._stamps[image] = stamp

    async def _aside(self, work: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)


def _megabytes(byte_count: int) -> int:
    return round(byte_count / 1e6)
