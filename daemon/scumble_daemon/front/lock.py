"""One daemon a home: a lock on a file, which the system lets go when its holder dies."""

import contextlib
import os
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from scumble_protocol.errors import ScumbleError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


class AlreadyRunningError(ScumbleError):
    """Another daemon uses the same home."""


class HomeLock:
    """Holds a home for this process, as a context manager."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._handle = -1

    def __enter__(self) -> Self:
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._handle = os.open(self._file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(self._handle)
        except OSError as error:
            os.close(self._handle)
            holder = self._file.read_text().strip()
            raise AlreadyRunningError(
                f"A Scumble daemon (process {holder or 'unknown'}) is running already for "
                f"{self._file.parent}. This one was not started; use that one, or end it with "
                "`scumble daemon stop`."
            ) from error
        with contextlib.suppress(OSError):  # on a full disk the lock holds without a name
            os.truncate(self._handle, 0)
            os.write(self._handle, str(os.getpid()).encode())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self._handle)


def _lock(handle: int) -> None:
    if sys.platform == "win32":
        os.lseek(handle, 1 << 20, os.SEEK_SET)  # beyond the text, which others may read
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        os.lseek(handle, 0, os.SEEK_SET)
    else:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
