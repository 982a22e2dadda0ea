"""The one road to the painter: what happened, what was kept, what to do next.

Messages may be sent before any window exists; they wait until a view takes them.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from PySide6.QtCore import QObject, Signal

from scumble_protocol.errors import ScumbleError

_log = logging.getLogger(__name__)
_MOST_KEPT = 200


class Level(Enum):
    """How much a message matters."""

    INFO = logging.INFO
    WARNING = logging.WARNING
    ERROR = logging.ERROR


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence or three for the painter.

    `details` are for a log or a bug report and are shown only when asked for. An `offer` is what
    can be done about it at once: the words of a button, and what it does.
    """

    level: Level
    text: str
    details: str = field(default="", repr=False)
    offer: tuple[str, Callable[[], None]] | None = field(default=None, repr=False)


class Messages(QObject):
    """Takes messages from anywhere on the GUI thread and hands them to whoever shows them.

    Signals:
        sent: a Message, as soon as somebody shows messages.
    """

    sent = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.kept: list[Message] = []
        self._waiting: list[Message] = []
        self._shown = False

    def info(self, text: str) -> None:
        """Say something that is good to know."""
        self.send(Message(Level.INFO, text))

    def offer(self, text: str, button: str, act: Callable[[], None]) -> None:
        """Say something, with a button that does something about it."""
        self.send(Message(Level.INFO, text, offer=(button, act)))

    def warning(self, text: str) -> None:
        """Say what did not go as asked."""
        self.send(Message(Level.WARNING, text))

    def error(self, text: str, details: str = "") -> None:
        """Say what failed, what was kept and what to do."""
        self.send(Message(Level.ERROR, text, details))

    def report(self, error: BaseException) -> None:
        """Say what an error means; one that was not foreseen keeps its details for the log."""
        if isinstance(error, ScumbleError):
            self.warning(str(error))
            return
        _log.error("unforeseen", exc_info=error)
        self.error(
            "Something went wrong inside Scumble; your picture is as it was before. "
            "Save it, and please report this.",
            f"{type(error).__name__}: {error}",
        )

    def send(self, message: Message) -> None:
        """Hand a message on, or keep it until somebody shows messages."""
        _log.log(message.level.value, message.text)
        self.kept = [*self.kept, message][-_MOST_KEPT:]
        if self._shown:
            self.sent.emit(message)
        else:
            self._waiting.append(message)

    def begin_showing(self) -> None:
        """Hand over what has waited; call once a view is connected."""
        self._shown = True
        waiting, self._waiting = self._waiting, []
        for message in waiting:
            self.sent.emit(message)
