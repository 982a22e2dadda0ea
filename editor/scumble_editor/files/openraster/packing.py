"""Packing pictures into an archive with several threads, in little memory."""

import hashlib
import os
import threading
import time
import zipfile
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from scumble_editor.document.tracking import reached
from scumble_editor.files.png import Picture, encoded

MOST_WAITING = 64 << 20
"""Bytes that may be packed ahead of their turn to go into the archive."""

_TURN_S = 0.05


class _StoppedError(Exception):
    """Ends the threads of an archive that nobody wants any more."""


@dataclass(slots=True, eq=False)
class _Entry:
    """A picture on its way into the archive, and what of it is packed and not yet there."""

    name: str
    most_bytes: int
    parts: list[bytes] = field(default_factory=list)
    ended: bool = False
    packing: Future[bytes] | None = None


class Packer:
    """Turns pictures into PNG entries of an archive, in the order in which they were put.

    What is packed goes into the archive part by part, so that no picture is held whole. A
    context manager: at its end everything is in the archive.

    Attributes:
        fingerprints: the SHA-256 of every entry written so far, by name.
    """

    def __init__(
        self,
        archive: zipfile.ZipFile,
        icc_profile: bytes | None,
        *,
        most_waiting: int = MOST_WAITING,
    ) -> None:
        self.fingerprints: dict[str, str] = {}
        self._archive = archive
        self._profile = icc_profile
        self._most_waiting = most_waiting
        self._threads = ThreadPoolExecutor(min(os.cpu_count() or 1, 8), "packing")
        self._entries: deque[_Entry] = deque()
        self._taken: _Entry | None = None  # the entry that goes into the archive now
        self._changed = threading.Condition()
        self._stopped = False
        self._waiting = 0
        self._put_px = self._packed_px = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                self.finish()
        finally:
            with self._changed:
                self._stopped = True
                self._changed.notify_all()
            self._threads.shutdown(cancel_futures=True)

    def put(self, name: str, picture: Picture) -> None:
        """Add a picture under a name; its pixels are read later and must not change until then."""
        self._put(name, picture, whole=False)

    def put_for_good(self, name: str, picture: Picture) -> Future[bytes]:
        """Add a picture as `put` does; returns what it will be packed into."""
        return self._put(name, picture, whole=True)

    def put_again(self, name: str, packed: bytes) -> None:
        """Add a picture that was packed before, under a name."""
        self._entries.append(_Entry(name, len(packed), [packed], ended=True))

    def finish(self) -> None:
        """Wait until everything put so far is in the archive."""
        while self._entries:
            entry = self._entries.popleft()
            info = zipfile.ZipInfo(entry.name, time.localtime()[:6])
            info.file_size = entry.most_bytes  # by which zipfile picks the form of the header
            digest = hashlib.sha256()
            with self._archive.open(info, "w") as file:
                for data in self._parts(entry):
                    file.write(data)
                    digest.update(data)
            self.fingerprints[entry.name] = digest.hexdigest()

    def _put(self, name: str, picture: Picture, *, whole: bool) -> Future[bytes]:
        self._put_px += picture.bounds.area
        entry = _Entry(name, 4 * picture.bounds.area)
        entry.packing = self._threads.submit(self._pack, entry, picture, whole=whole)
        self._entries.append(entry)
        return entry.packing

    def _pack(self, entry: _Entry, picture: Picture, *, whole: bool) -> bytes:
        """Hand over an entry part by part; returns all of it where the whole is wanted."""
        kept = []
        try:
            for data in encoded(picture, self._profile, self._count):
                self._hand_over(entry, data)
                if whole:
                    kept.append(data)
        finally:
            with self._changed:
                entry.ended = True
                self._changed.notify_all()
        return b"".join(kept)

    def _hand_over(self, entry: _Entry, data: bytes) -> None:
        """Wait while too much waits already, unless this entry is the one whose turn it is.

        Threads begin entries in their order, so the one whose turn it is never waits for one.
        """
        with self._changed:
            self._changed.wait_for(
                lambda: self._stopped or self._taken is entry or self._waiting < self._most_waiting
            )
            if self._stopped:
                raise _StoppedError
            entry.parts.append(data)
            self._waiting += len(data)
            self._changed.notify_all()

    def _parts(self, entry: _Entry) -> Iterator[bytes]:
        """Yield the parts of an entry as they are packed; raises what its packing raised."""
        if entry.packing is None:
            yield from entry.parts
            return
        ended = False
        while not ended:
            reached(self._packed_px / self._put_px)
            with self._changed:
                self._taken = entry
                self._changed.notify_all()
                self._changed.wait_for(lambda: entry.parts or entry.ended, _TURN_S)
                ended, parts, entry.parts = entry.ended, entry.parts, []
                self._waiting -= sum(map(len, parts))
            yield from parts
        entry.packing.result()

    def _count(self, pixels: int) -> None:
        with self._changed:
            if self._stopped:
                raise _StoppedError
            self._packed_px += pixels
