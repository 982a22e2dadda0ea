"""A conversation with the bridge for a host that waits: GIMP's plug-in process, and tests."""

import queue
from pathlib import Path
from types import TracebackType
from typing import Any, Optional

from scumble_host import VERSION
from scumble_host.events import Cancelled, Event, Failed, Welcome, event_of
from scumble_host.pipe import PIPE_VERSION, Buffer, Message
from scumble_host.process import Bridge, ended_sentence
from scumble_host.record import read_record


class ConversationError(Exception):
    """The job came to nothing; the message is fit for a painter."""


def hello(host: str, name: str, layout: str, *, masks: bool = True) -> dict[str, Any]:
    """Return the first message to a bridge.

    masks: whether layers can have masks here; without them results come cut out.
    """
    return {
        "type": "hello",
        "request": "hello",
        "host": host,
        "name": name,
        "layout": layout,
        "masks": masks,
        "plugin": VERSION,
        "pipe": PIPE_VERSION,
    }


class Conversation:
    """One bridge and what it says, in order. Use it as a context manager."""

    def __init__(self, bridge_command: tuple[str, ...]) -> None:
        self._inbox: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        self._bridge = Bridge(bridge_command, self._inbox.put)

    @classmethod
    def open(cls, folder: Path, host: str, name: str, layout: str) -> "Conversation":
        """Start the bridge that is written down in a folder, and say hello.

        Raises RecordError or BridgeError where there is none.
        """
        talk = cls(read_record(folder).command)
        talk._bridge.send(hello(host, name, layout))
        return talk

    def __enter__(self) -> "Conversation":
        return self

    def __exit__(
        self,
        kind: Optional[type[BaseException]],  # noqa: UP045 - evaluated by Python 3.10 too
        error: Optional[BaseException],  # noqa: UP045
        trace: Optional[TracebackType],  # noqa: UP045
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the bridge; what was sent is still done."""
        self._bridge.close()

    def submit(self, header: dict[str, Any], buffers: tuple[Buffer, ...]) -> None:
        """Send a job."""
        self._bridge.send(header, buffers)

    def cancel(self, job: str) -> None:
        """Stop a job; its end comes as an event."""
        self._bridge.send({"type": "cancel", "request": "cancel", "job": job})

    def acknowledge(self, job: str) -> None:
        """Let the daemon forget a result that is safe here."""
        self._bridge.send({"type": "acknowledge", "request": "acknowledge", "job": job})

    def welcome(self, tell: Any = lambda _: None) -> Welcome:
        """Wait for the daemon, and return what it said; `tell` hears everything before that."""
        while True:
            event = self.next(None)
            if isinstance(event, Welcome):
                return event
            tell(event)

    def next(self, timeout_s: Optional[float]) -> Event:  # noqa: UP045
        """Wait for what happens next; messages this version does not know are skipped.

        Raises queue.Empty where nothing came in time, ConversationError where the job failed, was
        cancelled or the bridge ended.
        """
        while True:
            message = self._inbox.get(timeout=timeout_s)
            if message is None:
                raise ConversationError(ended_sentence(self._bridge))
            event = event_of(message)
            if isinstance(event, Failed):
                raise ConversationError(event.sentence)
            if isinstance(event, Cancelled):
                raise ConversationError("The job was cancelled. Your picture was not changed.")
            if event is not None:
                return event
