"""Who is connected: connections, the clients that speak through them, and whom those belong to."""

import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import NamedTuple

from scumble_daemon.front.records import Ledger
from scumble_protocol.errors import ErrorCode, RemoteError

LOCAL = "local"
"""The owner of every client on this machine: the user who alone may enter the socket's folder."""

PRESENT_S = 30.0  # a client that was heard of within this time counts as connected


class Peer(NamedTuple):
    """One connection: the door it came through and ZeroMQ's name for it there."""

    door: int
    routing: bytes


@dataclass(slots=True)
class Visitor:
    """What is known of a connection that has said hello."""

    client: str
    owner: str
    heard_at: float
    files: bool  # whether pictures go to and from it as files
    minor: int  # of the version of the protocol that it knows


class Clients:
    """The connections that have said hello, bounded: the one longest silent is forgotten first."""

    def __init__(self, ledger: Ledger, most: int) -> None:
        self._ledger = ledger
        self._most = most
        self._visitors: OrderedDict[Peer, Visitor] = OrderedDict()
        self._watchers: dict[str, set[Peer]] = {}  # by job

    def greet(
        self, peer: Peer, client: str, owner: str, *, files: bool = False, minor: int = 0
    ) -> None:
        """Let a connection speak for a client.

        files: whether pictures go to and from it as files.
        Raises RemoteError `unauthorized` where the client belongs to somebody else.
        """
        known = [self._ledger.owner_of(client)]
        known += [v.owner for v in self._visitors.values() if v.client == client]
        if any(other is not None and other != owner for other in known):
            raise RemoteError(
                ErrorCode.UNAUTHORIZED,
                "This client id belongs to somebody else. Nothing was shown; use an id of your "
                "own.",
            )
        self._visitors[peer] = Visitor(client, owner, time.monotonic(), files, minor)
        self._visitors.move_to_end(peer)
        while len(self._visitors) > self._most:
            self.forget(next(iter(self._visitors)))

    def heard(self, peer: Peer, owner: str) -> Visitor:
        """Return who a message came from. Raises RemoteError before the connection said hello.

        owner: whom the message itself belongs to; a connection's name may have changed hands.
        """
        visitor = self._visitors.get(peer)
        if visitor is not None and visitor.owner != owner:
            self.forget(peer)
            visitor = None
        if visitor is None:
            raise RemoteError(
                ErrorCode.UNAUTHORIZED,
                "This connection has not said `hello` yet (or the daemon was started anew since). "
                "Nothing was done; say `hello` and ask again.",
            )
        visitor.heard_at = time.monotonic()
        self._visitors.move_to_end(peer)
        return visitor

    def minor_of(self, peer: Peer) -> int:
        """Return the minor version of the protocol that a connection knows."""
        visitor = self._visitors.get(peer)
        return 0 if visitor is None else visitor.minor

    def forget(self, peer: Peer) -> None:
        """Drop a connection; its client's jobs go on and their results wait."""
        self._visitors.pop(peer, None)
        for job in [job for job, peers in self._watchers.items() if peer in peers]:
            self._watchers[job].discard(peer)
            if not self._watchers[job]:
                del self._watchers[job]

    def watch(self, peer: Peer, job: str) -> None:
        """Send a job's events to a connection from now on."""
        self._watchers.setdefault(job, set()).add(peer)

    def watchers(self, job: str) -> tuple[Peer, ...]:
        """Return the connections that a job's events go to."""
        return tuple(self._watchers.get(job, ()))

    def takes_files(self, peer: Peer) -> bool:
        """Tell whether pictures go to a connection as files."""
        visitor = self._visitors.get(peer)
        return visitor is not None and visitor.files

    def unwatch(self, job: str) -> None:
        """End the sending of a job's events: it is over and acknowledged."""
        self._watchers.pop(job, None)

    def present(self) -> int:
        """Return how many clients were heard of lately."""
        since = time.monotonic() - PRESENT_S
        return len({v.client for v in self._visitors.values() if v.heard_at > since})
