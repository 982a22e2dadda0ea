"""A daemon's side of the wire in a thread: real ZeroMQ, answers given by the test.

with ScriptedDaemon(endpoint, {m.Ping: lambda request: [m.Pong(...)]}) as daemon:
    ...
    assert daemon.heard(m.Ping)
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar

import zmq

from scumble_protocol import messages as m
from scumble_protocol.frames import Received, pack, read_request
from scumble_protocol.images import Buffer

Sent = m.AnyReply | tuple[m.AnyReply, Sequence[Buffer]]
Script = Mapping[type, Callable[[Any], Sequence[Sent]]]
_Request = TypeVar("_Request", bound=m.Request)

LIMITS = m.Limits(
    message_bytes=1 << 28,
    picture_side=8192,
    picture_pixels=1 << 26,
    queued_jobs=8,
    queued_jobs_total=16,
)


class ScriptedDaemon:
    """Greets with a session of its own, answers by script, remembers what it heard."""

    def __init__(self, endpoint: str, script: Script, session: str = "first") -> None:
        self._endpoint = endpoint
        self._session = session
        self._script: dict[type, Callable[[Any], Sequence[Sent]]] = {
            m.Hello: self._welcome,
            m.Ping: lambda request: [m.Pong(request=request.request, session=session)],
            m.Ack: lambda request: [m.Ok(request=request.request)],
            **script,
        }
        self.received: list[Received[m.AnyRequest]] = []
        self.arrived = threading.Condition()
        self._ending = threading.Event()
        self._bound = threading.Event()
        self._thread = threading.Thread(target=self._serve, name=f"daemon {session}")

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._bound.wait(5)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ending.set()
        self._thread.join(5)

    def heard(self, kind: type[_Request]) -> list[_Request]:
        """Return the requests of one kind that came so far."""
        return [r.message for r in self.received if isinstance(r.message, kind)]

    def wait_for(self, kind: type[m.Request], count: int = 1, timeout_s: float = 20) -> None:
        """Wait until so many requests of a kind have come."""
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.heard(kind)) >= count, timeout_s)

    def _welcome(self, request: m.Hello) -> Sequence[Sent]:
        return [
            m.Welcome(
                request=request.request,
                session=self._session,
                package="0",
                minor=0,
                pid=1,
                device="cpu",
                encodings=(),
                limits=LIMITS,
                tasks=("inpaint",),
                jobs=(),
            )
        ]

    def _serve(self) -> None:
        context = zmq.Context()
        socket = context.socket(zmq.ROUTER)
        socket.linger = 0
        socket.bind(self._endpoint)
        self._bound.set()
        while not self._ending.is_set():
            if socket.poll(20):
                self._answer(socket, *socket.recv_multipart(copy=True))
        socket.close()
        context.term()

    def _answer(self, socket: zmq.Socket[bytes], identity: bytes, *frames: bytes) -> None:
        received = read_request(frames)
        with self.arrived:
            self.received.append(received)
            self.arrived.notify_all()
        for sent in self._script.get(type(received.message), lambda _: [])(received.message):
            message, buffers = sent if isinstance(sent, tuple) else (sent, ())
            socket.send_multipart([identity, *pack(message, buffers)])
