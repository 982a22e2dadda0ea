"""One bound ROUTER socket: receives without blocking, sends without waiting for slow readers."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence

import zmq
import zmq.asyncio

from scumble_daemon.front.clients import LOCAL
from scumble_protocol.images import Buffer
from scumble_protocol.keys import KeyPair

HIGH_WATER_MARK = 32  # messages a connection, in each direction
BACKLOG_MESSAGES = 1024  # kept for a connection that reads slowly, before it is given up
RETRY_S = 0.02
MESSAGES_A_TURN = 32  # handled before everything else gets a turn too
HEARTBEAT_MS = 5_000
SILENCE_MS = 20_000

Take = Callable[[bytes, str, Sequence[Buffer]], None]
"""What is told of each message: the connection's routing id, its owner, its frames."""

_log = logging.getLogger(__name__)


class Door:
    """A socket and those behind it."""

    def __init__(
        self,
        context: zmq.asyncio.Context,
        endpoint: str,
        message_bytes: int,
        server_key: KeyPair | None = None,
    ) -> None:
        """Bind. With a server key only clients that the authenticator lets in get through.

        Raises zmq.ZMQError where the endpoint cannot be bound.
        """
        self._socket: zmq.asyncio.Socket = context.socket(zmq.ROUTER)
        self._keyed = server_key is not None
        self._backlogs: dict[bytes, deque[Sequence[Buffer]]] = {}
        self._set_up(message_bytes, server_key)
        try:
            self._socket.bind(endpoint)
        except BaseException:
            self._socket.close(linger=0)
            raise
        bound = self._socket.get(zmq.LAST_ENDPOINT)
        assert isinstance(bound, bytes)
        self.endpoint = bound.rstrip(b"\0").decode()

    def close(self) -> None:
        """Send what is on its way for a moment, then close."""
        self._socket.close(linger=500)

    async def receive(self, take: Take) -> None:
        """Hand every message on, until cancelled; a flood leaves the loop its turns."""
        while True:
            for _ in range(MESSAGES_A_TURN):
                frames = await self._socket.recv_multipart(copy=False)
                routing = bytes(frames[0].buffer)
                owner = str(frames[0].get("User-Id")) if self._keyed else LOCAL
                take(routing, owner, [frame.buffer for frame in frames[1:]])
            await asyncio.sleep(0)

    def send(self, routing: bytes, frames: Sequence[Buffer], *, droppable: bool) -> bool:
        """Send a message; keep it where the reader is slow, or drop it where it may be dropped.

        Returns False where the connection is gone, or so far behind that it is given up.
        """
        backlog = self._backlogs.get(routing)
        if backlog is None:
            if (sent := self._try(routing, frames)) is not None:
                return sent
            if not droppable:
                self._backlogs[routing] = deque([frames])
            return True
        if droppable:
            return True
        backlog.append(frames)
        if len(backlog) > BACKLOG_MESSAGES:
            _log.warning("a connection reads nothing; it is given up, its results are kept")
            del self._backlogs[routing]
            return False
        return True

    async def flush(self) -> None:
        """Try the kept messages again and again, until cancelled."""
        while True:
            await asyncio.sleep(RETRY_S)
            for routing, backlog in list(self._backlogs.items()):
                while backlog and self._try(routing, backlog[0]) is not None:
                    backlog.popleft()
                if not backlog:
                    self._backlogs.pop(routing, None)

    def _try(self, routing: bytes, frames: Sequence[Buffer]) -> bool | None:
        """Send now: True where it went, False where the connection is gone, None where full."""
        sending = self._socket.send_multipart([routing, *frames], zmq.DONTWAIT, copy=False)
        try:
            asyncio.ensure_future(sending).result()  # done already: nothing waits with DONTWAIT
        except zmq.Again:
            return None
        except zmq.ZMQError as error:
            if error.errno in (zmq.EHOSTUNREACH, zmq.ENOTSOCK):
                return False
            raise
        return True

    def _set_up(self, message_bytes: int, server_key: KeyPair | None) -> None:
        socket = self._socket
        socket.set(zmq.ROUTER_MANDATORY, 1)  # a connection that is gone is noticed
        socket.set(zmq.MAXMSGSIZE, message_bytes)  # a larger frame ends its connection
        socket.set(zmq.RCVHWM, HIGH_WATER_MARK)
        socket.set(zmq.SNDHWM, HIGH_WATER_MARK)
        socket.set(zmq.HEARTBEAT_IVL, HEARTBEAT_MS)
        socket.set(zmq.HEARTBEAT_TIMEOUT, SILENCE_MS)
        socket.set(zmq.HEARTBEAT_TTL, SILENCE_MS)
        if server_key is not None:
            socket.set(zmq.CURVE_SERVER, 1)
            socket.set(zmq.CURVE_SECRETKEY, server_key.secret.encode())
            socket.set(zmq.ZAP_DOMAIN, b"scumble")
