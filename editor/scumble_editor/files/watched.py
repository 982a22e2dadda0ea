"""Bytes in memory that tell how far they are read, and that stop a reader or writer on demand."""

import io
from typing import Any

from scumble_editor.document.tracking import reached


class WatchedBytes(io.BytesIO):
    """A stream for libraries that know nothing of progress: each access says where it is."""

    def __init__(self, data: bytes = b"") -> None:
        super().__init__(data)
        self._whole = max(len(data), 1)

    def read(self, size: int | None = -1, /) -> bytes:
        """Read on, and tell how much has been read."""
        reached(min(self.tell() / self._whole, 1))
        return super().read(size)

    def write(self, data: Any, /) -> int:
        """Write on; how much there is to write nobody knows."""
        reached(0)
        return super().write(data)
