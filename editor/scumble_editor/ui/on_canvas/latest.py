"""Work off the GUI thread of which only the latest counts: wishes made meanwhile replace it."""

import threading
from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal

T = TypeVar("T")


class Latest(QObject):
    """One thread that does one thing at a time and forgets all wishes but the last.

    Threading: `wish`, `drop` and `stop` are for the GUI thread, where `done` is called too. The job
    runs on the thread and must use nothing of Qt's. What a dropped or replaced wish returns is
    dropped as well; what it raises is told to `failed`.
    """

    _returned = Signal(int, object)
    _raised = Signal(int, object)

    def __init__(
        self, failed: Callable[[BaseException], None], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._failed = failed
        self._number = 0  # of the wish that counts
        self._done: Callable[[Any], None] | None = None
        self._waiting: Callable[[], Any] | None = None
        self._thread: threading.Thread | None = None
        self._returned.connect(self._take, Qt.ConnectionType.QueuedConnection)
        self._raised.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    @property
    def busy(self) -> bool:
        """Whether anything is being done or waits."""
        return self._thread is not None

    def wish(self, job: Callable[[], T], done: Callable[[T], None]) -> None:
        """Have this done instead of whatever was wished before."""
        self._number += 1
        self._waiting, self._done = job, done
        if self._thread is None:
            self._start()

    def drop(self) -> None:
        """Wish for nothing any more."""
        self._number += 1
        self._waiting = self._done = None

    def stop(self) -> None:
        """Drop all and wait for the thread's end."""
        self.drop()
        if self._thread is not None:
            self._thread.join()

    def _start(self) -> None:
        job, number = self._waiting, self._number
        self._waiting = None
        if job is None:
            self._thread = None
            return

        def run() -> None:
            try:
                result = job()
            except Exception as error:  # noqa: BLE001 - the border of a thread
                self._raised.emit(number, error)
            else:
                self._returned.emit(number, result)

        self._thread = threading.Thread(target=run, name="latest", daemon=True)
        self._thread.start()

    def _take(self, number: int, result: Any) -> None:
        self._start()
        if number == self._number and self._done is not None:
            self._done(result)

    def _tell(self, number: int, error: BaseException) -> None:
        self._start()
        if number == self._number:
            self._failed(error)
