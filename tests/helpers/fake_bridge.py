"""A bridge that remembers what it was sent, and says what a test lets it say."""

from collections.abc import Callable
from typing import Any

from scumble_host.pipe import Buffer, Message


class FakeBridge:
    """Stands in for `scumble_host.process.Bridge`; `last` is the one made last."""

    last: "FakeBridge"

    def __init__(self, command: tuple[str, ...], hear: Callable[[Message | None], None]) -> None:
        self.command, self.hear = command, hear
        self.sent: list[tuple[dict[str, Any], tuple[Buffer, ...]]] = []
        self.running = True
        self.last_words = "out of luck"
        FakeBridge.last = self

    def send(self, header: dict[str, Any], buffers: tuple[Buffer, ...] = ()) -> None:
        self.sent.append((header, buffers))

    def close(self, _timeout_s: float = 0) -> None:
        self.running = False

    def of(self, kind: str) -> list[dict[str, Any]]:
        """Return the headers of one kind that were sent."""
        return [header for header, _ in self.sent if header["type"] == kind]
