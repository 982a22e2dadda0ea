"""Ending early: a token is born with each job; cancelled it raises, taken it lets a run finish."""

import threading

from scumble_protocol.jobs import JobId


class JobStoppedError(Exception):
    """The job's token was cancelled; raised wherever the job next looks at it."""


class CancelToken:
    """One job's wish to go on; may be cancelled from any thread."""

    def __init__(self) -> None:
        self._cancelled = threading.Event()
        self._taken = threading.Event()

    def cancel(self) -> None:
        """Ask the job to stop at the next place where it looks."""
        self._cancelled.set()

    @property
    def cancelled(self) -> bool:
        """Whether the job was asked to stop."""
        return self._cancelled.is_set()

    def take(self) -> None:
        """Ask the job to end at the step it is at, with what it has."""
        self._taken.set()

    @property
    def taken(self) -> bool:
        """Whether the job was asked to end with what it has."""
        return self._taken.is_set()

    def raise_if_cancelled(self) -> None:
        """Raise JobStoppedError where the job was asked to stop."""
        if self._cancelled.is_set():
            raise JobStoppedError


class Tokens:
    """The tokens of all jobs that were ordered and are not finished; shared by two threads."""

    def __init__(self) -> None:
        self._tokens: dict[JobId, CancelToken] = {}
        self._lock = threading.Lock()

    def new(self, job: JobId) -> CancelToken:
        """Return the token of a job that was just ordered."""
        with self._lock:
            return self._tokens.setdefault(job, CancelToken())

    def cancel(self, job: JobId) -> None:
        """Cancel a job; an unknown one is finished already."""
        with self._lock:
            token = self._tokens.get(job)
        if token is not None:
            token.cancel()

    def take(self, job: JobId) -> None:
        """Let a job end with what it has; an unknown one is finished already."""
        with self._lock:
            token = self._tokens.get(job)
        if token is not None:
            token.take()

    def cancel_all(self) -> None:
        """Cancel every job that is not finished."""
        with self._lock:
            tokens = tuple(self._tokens.values())
        for token in tokens:
            token.cancel()

    def forget(self, job: JobId) -> None:
        """Drop the token of a finished job."""
        with self._lock:
            self._tokens.pop(job, None)
