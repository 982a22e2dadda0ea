"""Pictures that were packed before, kept while their pixels live: results are saved many times."""

import threading
import weakref
from collections import OrderedDict
from concurrent.futures import Future

from scumble_editor.document.tiles import Tiles
from scumble_protocol.geometry import Bounds

MOST_BYTES = 256 << 20
"""Bytes of packed pictures kept; those used longest ago go first."""

Key = tuple[int, Bounds, bytes | None]


class Packed:
    """What planes were packed into, by identity. Safe for threads."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._known: OrderedDict[Key, tuple[weakref.ref[Tiles], Future[bytes]]] = OrderedDict()

    def find(self, tiles: Tiles, bounds: Bounds, profile: bytes | None) -> bytes | None:
        """Return what a rectangle of a plane was packed into, None where it was not yet."""
        key = (id(tiles), bounds, profile)
        with self._lock:
            known = self._known.get(key)
            if known is None or known[0]() is not tiles or not _is_done(known[1]):
                return None
            self._known.move_to_end(key)
            return known[1].result()

    def keep(
        self, tiles: Tiles, bounds: Bounds, profile: bytes | None, packed: Future[bytes]
    ) -> None:
        """Remember what a rectangle of a plane is being packed into."""
        with self._lock:
            self._known[id(tiles), bounds, profile] = weakref.ref(tiles), packed
            for key in [key for key, (plane, _) in self._known.items() if plane() is None]:
                del self._known[key]
            while len(self._known) > 1 and self._size() > self._most_bytes:
                self._known.popitem(last=False)

    def _size(self) -> int:
        futures = (packed for _, packed in self._known.values())
        return sum(len(packed.result()) for packed in futures if _is_done(packed))


def _is_done(packed: Future[bytes]) -> bool:
    return packed.done() and not packed.cancelled() and packed.exception() is None
