"""Long work off the GUI thread: each piece has a title, progress, a way to cancel, and an end.

Threading: the job runs in a pool's thread and must use nothing of Qt's; `done` and `failed` are
called on the GUI thread. A cancelled job's result is dropped. What a job does in loops that are
tracked (`document/tracking.py`) moves its bar, and ends where it is cancelled.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QObject, Qt, Signal

from scumble_editor.document.tracking import listening
from scumble_protocol.errors import ScumbleError

T = TypeVar("T")
_THREADS = 2
_NOTICEABLE = 0.004  # of a progress bar


class CancelledError(ScumbleError):
    """The painter cancelled the work; nothing was changed."""


class Progress:
    """What a job says of itself: a fraction from 0 to 1, and whether it should go on."""

    def __init__(self, report: Callable[[float], None]) -> None:
        self._report = report
        self._told = 0.0
        self._cancelled = threading.Event()

    def report(self, fraction: float) -> None:
        """Say how far the job is; raises CancelledError where it should stop."""
        self.raise_if_cancelled()
        if fraction >= self._told + _NOTICEABLE:
            self._told = fraction
            self._report(fraction)

    def stand(self) -> None:
        """Say that what was done cannot be undone: a cancel that came too late is forgotten."""
        self._cancelled.clear()

    def cancel(self) -> None:
        """Ask the job to stop; may be called from any thread."""
        self._cancelled.set()

    @property
    def cancelled(self) -> bool:
        """Whether the job was asked to stop."""
        return self._cancelled.is_set()

    def raise_if_cancelled(self) -> None:
        """Raise CancelledError where the job was asked to stop."""
        if self._cancelled.is_set():
            raise CancelledError("Cancelled; nothing was changed.")


class Work(QObject, Generic[T]):
    """One running job.

    Signals:
        progressed: the fraction done.
        ended: no argument; whatever the outcome, before `done` or `failed` is called.
        over: no argument; after that.
    """

    progressed = Signal(float)
    ended = Signal()
    over = Signal()
    _finished = Signal(object)
    _broke = Signal(object)

    def __init__(
        self,
        title: str,
        job: Callable[[Progress], T],
        done: Callable[[T], None],
        failed: Callable[[BaseException], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.title = title
        self.job = job
        self.progress = Progress(self.progressed.emit)
        self._done, self._failed = done, failed
        self._begun = time.monotonic()
        queued = Qt.ConnectionType.QueuedConnection
        self._finished.connect(self._on_finished, queued)
        self._broke.connect(self._on_broke, queued)

    @property
    def age_ms(self) -> float:
        """How long ago it was asked for."""
        return (time.monotonic() - self._begun) * 1000

    def cancel(self) -> None:
        """Ask the job to stop; its result will not be used."""
        self.progress.cancel()

    def run(self) -> None:
        """Do the job; called in the pool's thread."""
        try:
            self.progress.raise_if_cancelled()
            with listening(self.progress.report):
                result = self.job(self.progress)
        except Exception as error:  # noqa: BLE001 - the border of a thread
            self._broke.emit(error)
        else:
            self._finished.emit(result)

    def _on_finished(self, result: Any) -> None:
        self.ended.emit()
        try:
            if not self.progress.cancelled:
                self._done(result)
        finally:
            self.over.emit()

    def _on_broke(self, error: BaseException) -> None:
        self.ended.emit()
        try:
            if not isinstance(error, CancelledError):
                self._failed(error)
        finally:
            self.over.emit()


class Works(QObject):
    """All running jobs.

    Signals:
        started: a Work.
    """

    started = Signal(object)

    def __init__(
        self, failed: Callable[[BaseException], None], parent: QObject | None = None
    ) -> None:
        """`failed` is told of errors that a job's own `failed` does not take."""
        super().__init__(parent)
        self._failed = failed
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="work")
        self._running: list[Work[Any]] = []

    @property
    def running(self) -> "tuple[Work[Any], ...]":
        """The jobs that have not ended."""
        return tuple(self._running)

    def start(
        self,
        title: str,
        job: Callable[[Progress], T],
        done: Callable[[T], None],
        failed: Callable[[BaseException], None] | None = None,
    ) -> "Work[T]":
        """Run a job in another thread and call `done` with what it returns."""
        work = Work(title, job, done, failed or self._failed, self)
        self._running.append(work)
        work.ended.connect(lambda: self._end(work))
        self.started.emit(work)
        self._pool.submit(work.run)
        return work

    def stop(self) -> None:
        """Cancel everything and wait for the threads to end."""
        for work in self._running:
            work.cancel()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _end(self, work: "Work[Any]") -> None:
        if work in self._running:
            self._running.remove(work)
            work.deleteLater()
