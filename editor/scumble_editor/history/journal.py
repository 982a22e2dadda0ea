"""The journal: every finished step on disk soon after it was made, written by its own thread.

Threading: `append`, `point_to` and `delete` only put work in a queue and may be called from the
thread that paints. Documents never change, so the writer needs no copy and no lock on them. The
store is used by the writer and by `load` under one lock, which is let go between every few
tiles.
"""

import sqlite3
import threading
import uuid
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from scumble_editor.document.document import Document
from scumble_editor.document.paintings import Painting
from scumble_editor.document.tiles import Tiles
from scumble_editor.history.errors import JournalError
from scumble_editor.history.store import Step, Store, pack

SUFFIX = ".scumble-journal"
_TILES_A_COMMIT = 16


@dataclass(frozen=True, slots=True)
class _Append:
    step: Step
    document: Document


@dataclass(frozen=True, slots=True)
class _PointTo:
    step_id: int


@dataclass(frozen=True, slots=True)
class _Delete:
    step_ids: tuple[int, ...]
    new_root: int | None


@dataclass(frozen=True, slots=True)
class _Keep:
    painting: Painting


@dataclass(frozen=True, slots=True)
class _LetGo:
    painting_id: str


_Work = _Append | _PointTo | _Delete | _Keep | _LetGo


class Journal:
    """Steps of one document, on disk.

    Attributes:
        failure: what made the journal stop, None while it works. The document in memory is not
            affected; nothing is written any more.
        nbytes: bytes of the file in use after the last work done.
    """

    def __init__(
        self, store: Store, on_failure: Callable[[JournalError], None] | None = None
    ) -> None:
        """Start writing to a store; `on_failure` is called once, from the writer's thread."""
        self.failure: JournalError | None = None
        self._on_failure = on_failure
        self._store = store
        self._store_lock = threading.Lock()
        self._changed = threading.Condition()
        self._queue: deque[_Work] = deque()
        self._busy = False
        self._deletions = 0
        self._closing = False
        self.nbytes = store.nbytes
        self._written = {step.id for step in store.steps()}
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    @classmethod
    def create(
        cls,
        folder: Path,
        name: str,
        source: Path | None = None,
        on_failure: Callable[[JournalError], None] | None = None,
    ) -> "Journal":
        """Make a journal for a document of some name, perhaps of a file; raises JournalError."""
        folder.mkdir(parents=True, exist_ok=True)
        store = Store(folder / f"{uuid.uuid4().hex}{SUFFIX}", create=True)
        store.set_state("name", name)
        store.set_state("source", None if source is None else str(source))
        return cls(store, on_failure)

    @property
    def path(self) -> Path:
        """The file of the journal."""
        return self._store.path

    @property
    def pending(self) -> int:
        """How many pieces of work wait to be written."""
        with self._changed:
            return len(self._queue) + self._busy

    @property
    def deleting(self) -> bool:
        """Whether steps wait to be forgotten."""
        with self._changed:
            return self._deletions > 0

    def append(self, step: Step, document: Document) -> None:
        """Write a step soon; one that waits under the same id is replaced."""
        with self._changed:
            last = self._queue[-1] if self._queue else None
            if isinstance(last, _Append) and last.step.id == step.id:
                self._queue.pop()
            self._written.discard(step.id)
            self._put(_Append(step, document))

    def point_to(self, step_id: int) -> None:
        """Remember soon which step is shown."""
        with self._changed:
            if self._queue and isinstance(self._queue[-1], _PointTo):
                self._queue.pop()
            self._put(_PointTo(step_id))

    def delete(self, step_ids: tuple[int, ...], new_root: int | None) -> None:
        """Forget steps soon; `new_root` becomes the first step where one is given."""
        with self._changed:
            self._deletions += 1
            self._put(_Delete(step_ids, new_root))

    def keep(self, painting: Painting) -> None:
        """Write a painting soon; one with the same id is replaced."""
        with self._changed:
            self._put(_Keep(painting))

    def let_go(self, painting_id: str) -> None:
        """Forget a painting soon."""
        with self._changed:
            self._put(_LetGo(painting_id))

    def paintings(self) -> tuple[Painting, ...]:
        """Return all paintings on disk, the oldest first."""
        with self._store_lock:
            return tuple(self._store.paintings())

    def written(self, step_id: int) -> bool:
        """Tell whether a step is on disk in its latest form."""
        with self._changed:
            return step_id in self._written

    def load(self, step_id: int) -> Document:
        """Return the document of a step that is on disk; raises JournalError."""
        with self._store_lock:
            return self._store.load(step_id)

    def steps(self) -> list[Step]:
        """Return all steps on disk."""
        with self._store_lock:
            return self._store.steps()

    def state(self, name: str) -> str | int | None:
        """Return `current`, `name` or `source` as it is on disk."""
        with self._store_lock:
            value: str | int | None = self._store.state(name)
            return value

    def rename(self, name: str, source: Path | None) -> None:
        """Remember another name and file of the document."""
        with self._store_lock:
            self._store.set_state("name", name)
            self._store.set_state("source", None if source is None else str(source))

    def flush(self, timeout_s: float | None = None) -> bool:
        """Wait until all that was asked for is on disk; False where it is not."""
        with self._changed:
            done = self._changed.wait_for(
                lambda: self.failure is not None or not (self._queue or self._busy), timeout_s
            )
            return done and self.failure is None

    def close(self) -> None:
        """Write what waits and close the file, which stays."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join()
        self._store.close()

    def discard(self) -> None:
        """Close and delete the file: the document was closed as the painter wished."""
        with self._changed:
            self._queue.clear()
        self.close()
        for suffix in ("", "-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)

    def _put(self, work: _Work) -> None:
        if self.failure is None:
            self._queue.append(work)
            self._changed.notify_all()

    def _run(self) -> None:
        while (work := self._next()) is not None:
            try:
                self._do(work)
            except (sqlite3.Error, OSError, JournalError) as error:
                self._fail(error)
            with self._changed:
                self._busy = False
                self._changed.notify_all()

    def _next(self) -> _Work | None:
        with self._changed:
            self._changed.wait_for(lambda: self._queue or self._closing)
            if not self._queue:
                return None
            self._busy = True
            return self._queue.popleft()

    def _do(self, work: _Work) -> None:
        self._perform(work)
        with self._store_lock:
            self.nbytes = self._store.nbytes

    def _perform(self, work: _Work) -> None:
        match work:
            case _Append(step, document):
                self._write_tiles(document.planes())
                with self._store_lock:
                    self._store.write_step(step, document)
                self._confirm(step)
            case _PointTo(step_id):
                with self._store_lock:
                    self._store.set_state("current", step_id)
            case _Delete(step_ids, new_root):
                with self._store_lock:
                    self._store.delete(list(step_ids), new_root)
                with self._changed:
                    self._deletions -= 1
                    self._written.difference_update(step_ids)
            case _Keep(painting):
                self._write_tiles(painting.planes())
                with self._store_lock:
                    self._store.write_painting(painting)
            case _LetGo(painting_id):
                with self._store_lock:
                    self._store.delete_painting(painting_id)

    def _write_tiles(self, planes: Iterable[Tiles]) -> None:
        with self._store_lock:
            tiles = self._store.unwritten(planes)
        for start in range(0, len(tiles), _TILES_A_COMMIT):
            some = tiles[start : start + _TILES_A_COMMIT]
            packed = [pack(tile) for tile in some]
            with self._store_lock:
                self._store.write_tiles(some, packed)

    def _confirm(self, step: Step) -> None:
        with self._changed:
            replaced = any(isinstance(w, _Append) and w.step.id == step.id for w in self._queue)
            if not replaced:
                self._written.add(step.id)

    def _fail(self, error: Exception) -> None:
        failure = JournalError(
            f"The journal can no longer be written: {error}. Your picture is unharmed, but a crash "
            "would lose what is not saved. Make room on the disk and save now."
        )
        with self._changed:
            self.failure = failure
            self._queue.clear()
        if self._on_failure is not None:
            self._on_failure(failure)
