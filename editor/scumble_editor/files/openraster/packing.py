"""Packing pictures into an archive with several threads, in little memory."""

import os
import threading
import zipfile
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYetError
from types import TracebackType
from typing import Self

from scumble_editor.document.tracking import reached
from scumble_editor.files.openraster.manifest import fingerprint
from scumble_editor.files.png import Picture, encode

_TURN_S = 0.05


class _StoppedError(Exception):
    """Ends the threads of an archive that nobody wants any more."""


class Packer:
    """Turns pictures into PNG entries of an archive, in the order in which they were put.

    A context manager: at its end everything is in the archive.

    Attributes:
        fingerprints: the SHA-256 of every entry written so far, by name.
    """

    def __init__(self, archive: zipfile.ZipFile, icc_profile: bytes | None) -> None:
        self.fingerprints: dict[str, str] = {}
        self._archive = archive
        self._profile = icc_profile
        self._threads = ThreadPoolExecutor(min(os.cpu_count() or 1, 8), "packing")
        self._waiting: deque[tuple[str, Future[bytes]]] = deque()
        self._stopped = threading.Event()
        self._lock = threading.Lock()
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
            self._stopped.set()
            self._threads.shutdown(cancel_futures=True)

    def put(self, name: str, picture: Picture) -> Future[bytes]:
        """Add a picture under a name; its pixels are read later and must not change until then.

        Returns what it will be packed into.
        """
        self._put_px += picture.bounds.area
        packed = self._threads.submit(self._packed, picture)
        self._waiting.append((name, packed))
        return packed

    def put_again(self, name: str, packed: Future[bytes]) -> None:
        """Add a picture that was packed before, under a name."""
        self._waiting.append((name, packed))

    def finish(self) -> None:
        """Wait until everything put so far is in the archive."""
        while self._waiting:
            name, packed = self._waiting.popleft()
            data = self._awaited(packed)
            self._archive.writestr(name, data, zipfile.ZIP_STORED)
            self.fingerprints[name] = fingerprint(data)

    def _packed(self, picture: Picture) -> bytes:
        return encode(picture, self._profile, self._count)

    def _count(self, pixels: int) -> None:
        if self._stopped.is_set():
            raise _StoppedError
        with self._lock:
            self._packed_px += pixels

    def _awaited(self, packed: Future[bytes]) -> bytes:
        while True:
            reached(self._packed_px / self._put_px)
            try:
                return packed.result(timeout=_TURN_S)
            except NotYetError:
                continue
