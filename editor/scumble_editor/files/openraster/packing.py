"""Packing pictures into an archive with several threads, in little memory."""

import os
import zipfile
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

from scumble_editor.document.formats import Pixels
from scumble_editor.document.tracking import tracked
from scumble_editor.files.openraster.manifest import fingerprint
from scumble_editor.files.pictures import encode_png

_WAITING_BYTES = 512 << 20


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
        self._workers = min(os.cpu_count() or 1, 8)
        self._threads = ThreadPoolExecutor(self._workers, "packing")
        self._waiting: deque[tuple[str, Future[bytes], int]] = deque()

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
            self._threads.shutdown(cancel_futures=True)

    def put(self, name: str, pixels: Pixels) -> None:
        """Add a picture under a name: gray [H, W] or rgba [H, W, 4], not to be changed any more.

        Waits while too much lies in memory.
        """
        profile = self._profile if pixels.ndim == 3 else None
        packed = self._threads.submit(encode_png, pixels, profile)
        self._waiting.append((name, packed, pixels.nbytes))
        while len(self._waiting) > 1 and (
            len(self._waiting) > 2 * self._workers
            or sum(waiting[2] for waiting in self._waiting) > _WAITING_BYTES
        ):
            self._store_first()

    def finish(self) -> None:
        """Wait until everything put so far is in the archive."""
        for _ in tracked(range(len(self._waiting))):
            self._store_first()

    def _store_first(self) -> None:
        name, packed, _ = self._waiting.popleft()
        data = packed.result()
        self._archive.writestr(name, data, zipfile.ZIP_STORED)
        self.fingerprints[name] = fingerprint(data)
