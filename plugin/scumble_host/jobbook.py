"""The jobs of a host that stays open: what was asked for, and where each of them is."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Optional

from scumble_host.commands import Command
from scumble_host.events import (
    Accepted,
    Cancelled,
    Done,
    Event,
    Failed,
    Preview,
    Progress,
    State,
)
from scumble_host.fields import Value
from scumble_host.speech import progress_text, queue_text


@dataclass(frozen=True)
class Entry:
    """One job.

    document: whatever the host calls the document it belongs to.
    text: where the job is, in words; `fraction` 0..1 of it is done, None where that is unknown.
    """

    job: str
    command: Command
    values: Mapping[str, Value]
    document: Any
    text: str = "Sending"
    fraction: Optional[float] = None  # noqa: UP045 - evaluated by Python 3.10 too
    running: bool = False

    @property
    def prompt(self) -> str:
        """The words that were asked for."""
        return str(self.values.get("prompt", ""))


class JobBook:
    """The unfinished jobs in the order they were asked for."""

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Every unfinished job."""
        return tuple(self._entries.values())

    @property
    def current(self) -> Optional[Entry]:  # noqa: UP045
        """The job to show: the one that runs, else the first that waits."""
        first = next(iter(self.entries), None)
        return next((entry for entry in self.entries if entry.running), first)

    def add(self, entry: Entry) -> None:
        """Note a job that is being sent."""
        self._entries[entry.job] = entry

    def take(self, event: Event) -> Optional[Entry]:  # noqa: UP045
        """Note what happened; return the job it happened to, None where it is none of ours.

        A job that ended is no longer in the book.
        """
        job = getattr(event, "job", "")
        entry = self._entries.get(job)
        if entry is None:
            return None
        if isinstance(event, Done | Failed | Cancelled):
            return self._entries.pop(job)
        self._entries[job] = _moved(entry, event)
        return self._entries[job]

    def fail_all(self) -> tuple[Entry, ...]:
        """Forget every job, because the bridge is gone; return what was forgotten."""
        lost = self.entries
        self._entries.clear()
        return lost


def _moved(entry: Entry, event: Event) -> Entry:
    if isinstance(event, Progress):
        return replace(entry, text=progress_text(event), fraction=event.fraction, running=True)
    if isinstance(event, Accepted | State):
        running = isinstance(event, State) and event.state in ("loading", "running")
        return replace(entry, text=queue_text(event), running=running)
    if isinstance(event, Preview):
        return replace(entry, running=True)
    return entry
