"""Questions to one daemon and its answers, kept up over the daemon's restarts."""

import asyncio
import contextlib
import itertools
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

import zmq
import zmq.asyncio

from scumble_protocol import messages as m
from scumble_protocol.downloading import DownloadFollower
from scumble_protocol.endpoint import Connection, folders, is_alive
from scumble_protocol.errors import (
    DaemonUnreachableError,
    ErrorCode,
    ProtocolError,
    RemoteError,
    ScumbleError,
)
from scumble_protocol.files import PictureFolders
from scumble_protocol.frames import Received, pack, read_reply
from scumble_protocol.images import Buffer, Encoding
from scumble_protocol.keys import key_pair
from scumble_protocol.version import PROTOCOL_MINOR

PING_EVERY_S = 2.0
SILENT_AFTER_S = 15.0  # without a word from the daemon the connection is made anew

Find = Callable[[], Connection]
AnswerT = TypeVar("AnswerT", bound=m.Answer)


class Listener(Protocol):
    """Who is told what a conversation brings besides answers."""

    def heard(self, received: Received[m.AnyEvent]) -> None:
        """Take an event."""

    def resumed(self) -> Awaitable[None]:
        """Take up what was under way with a daemon that is new, or was away."""

    def given_up(self, error: DaemonUnreachableError) -> None:
        """Let those who wait know that the daemon has been silent for too long."""


@dataclass(slots=True)
class _Asked:
    """A request that waits for its answer; sent again after a reconnection, which is harmless."""

    frames: list[Buffer]
    answer: asyncio.Future[m.AnyReply]


class Conversation:
    """A connection that pings, is made anew where the daemon is, and repeats what got no answer.

    Attributes:
        welcome: what the daemon said of itself when it was last greeted.
        picture_folders: where pictures go as files; None where they are sent.
        patience_s: how long silence is borne before those who wait are told; None is for ever.
    """

    def __init__(
        self,
        find: Find,
        name: str,
        client_id: str,
        listener: Listener,
        patience_s: float | None,
    ) -> None:
        self._find = find
        self._name = name
        self._client_id = client_id
        self._listener = listener
        self.patience_s = patience_s
        self._context: zmq.asyncio.Context = zmq.asyncio.Context()
        self._socket: zmq.asyncio.Socket | None = None
        self._numbers = itertools.count(1)
        self._asked: dict[str, _Asked] = {}
        self._followed: dict[str, DownloadFollower] = {}  # by request
        self._connection: Connection | None = None
        self._opened_at = self._heard_at = time.monotonic()
        self._tasks: list[asyncio.Task[None]] = []
        self.picture_folders: PictureFolders | None = None
        self.welcome: m.Welcome | None = None

    async def begin(self, timeout_s: float) -> None:
        """Connect and say hello. Raises DaemonUnreachableError, RemoteError."""
        self._open()
        self._tasks = [
            asyncio.create_task(self._receive()),
            asyncio.create_task(self._keep_alive()),
        ]
        try:
            await asyncio.wait_for(self.greet(), timeout_s)
        except TimeoutError:
            where = "" if self._connection is None else self._connection.endpoint
            see = "see `scumble daemon status` and `scumble daemon logs`."
            if where.startswith("tcp://"):
                see = f"see that {where} and both keys are right, and that a daemon listens there."
            raise DaemonUnreachableError(
                f"The daemon did not answer within {timeout_s:g} s. Nothing was sent to it; {see}"
            ) from None

    async def close(self) -> None:
        """Leave; nobody gets an answer any more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for asked in self._asked.values():
            asked.answer.cancel()
        if self._socket is not None:
            self._socket.close(linger=200)
        self._context.term()

    @property
    def silent_s(self) -> float:
        """Seconds since the daemon was last heard; pings go every two."""
        return time.monotonic() - self._heard_at

    @property
    def session(self) -> str:
        """The daemon's session; another one means that it was started anew."""
        return "" if self.welcome is None else self.welcome.session

    def next_id(self) -> str:
        """Return an id for the next request."""
        return f"r{next(self._numbers)}"

    async def ask(self, kind: type[AnswerT], request: m.AnyRequest) -> AnswerT:
        """Return the answer to a request. Raises RemoteError where it is refused."""
        return expect(kind, await self.ask_any(request))

    async def ask_any(self, request: m.AnyRequest, buffers: Sequence[Buffer] = ()) -> m.AnyReply:
        """Return whatever answers a request."""
        asked = _Asked(pack(request, buffers), asyncio.get_running_loop().create_future())
        self._asked[request.request] = asked
        try:
            await self._send(asked.frames)
            return await asked.answer
        finally:
            self._asked.pop(request.request, None)

    @contextlib.asynccontextmanager
    async def following(self, follower: DownloadFollower) -> AsyncIterator[DownloadFollower]:
        """Make a request that is answered many times, and hand it its answers for a while."""
        self._followed[follower.request.request] = follower
        try:
            await self._send(follower.frames)
            yield follower
        finally:
            del self._followed[follower.request.request]

    async def greet(self) -> None:
        """Say hello."""
        files = (Encoding.FILE,) if self.picture_folders is not None else ()
        hello = m.Hello(
            request=self.next_id(),
            client=self._client_id,
            name=self._name,
            minor=PROTOCOL_MINOR,
            encodings=(Encoding.RAW, *files),
        )
        self.welcome = await self.ask(m.Welcome, hello)
        if Encoding.FILE not in self.welcome.encodings:
            self.picture_folders = None

    async def ping(self) -> m.Pong:
        """Hear whether the daemon is there."""
        return await self.ask(m.Pong, m.Ping(request=self.next_id()))

    def spawn(self, work: Awaitable[None]) -> None:
        """Do something beside everything else, until it is done or the conversation ends."""

        async def run() -> None:
            with contextlib.suppress(ScumbleError):
                await work

        task = asyncio.create_task(run())
        self._tasks.append(task)
        task.add_done_callback(self._tasks.remove)

    def _open(self) -> None:
        connection = self._find()
        socket = self._context.socket(zmq.DEALER)
        socket.linger = 200
        socket.set(zmq.HEARTBEAT_IVL, 5_000)
        socket.set(zmq.HEARTBEAT_TIMEOUT, 15_000)
        if connection.server_key is not None:
            own = key_pair(folders().config / "client-key.json")
            socket.curve_serverkey = connection.server_key.encode()
            socket.curve_publickey = own.public.encode()
            socket.curve_secretkey = own.secret.encode()
        socket.connect(connection.endpoint)
        if self._socket is not None:
            self._socket.close(linger=0)
        self._socket = socket
        self._connection = connection
        here = connection.endpoint.startswith("ipc://") and connection.pictures
        self.picture_folders = here if here and here.usable else None
        self._opened_at = time.monotonic()

    async def _send(self, frames: list[Buffer]) -> None:
        assert self._socket is not None
        await self._socket.send_multipart(frames, copy=False)

    async def _receive(self) -> None:
        while True:
            socket = self._socket
            assert socket is not None
            try:
                frames = await socket.recv_multipart(copy=False)
            except (zmq.ZMQError, asyncio.CancelledError):
                if socket is self._socket:
                    raise
                continue
            self._heard_at = time.monotonic()
            try:
                received = read_reply([frame.buffer for frame in frames])
            except ProtocolError as error:
                self._fail_all(error)  # it may be anybody's: nobody is left waiting for it
                continue
            self._dispatch(received)

    def _dispatch(self, received: Received[m.AnyReply]) -> None:
        message = received.message
        if isinstance(message, m.Answer) and message.request in self._followed:
            self._followed[message.request].take(message)
        elif isinstance(message, m.Answer):
            asked = self._asked.get(message.request)
            if asked is not None and not asked.answer.done():
                asked.answer.set_result(message)
        else:
            self._listener.heard(Received(message, received.buffers))

    def _fail_all(self, error: ScumbleError) -> None:
        for asked in self._asked.values():
            if not asked.answer.done():
                asked.answer.set_exception(error)
        for follower in self._followed.values():
            follower.take(error)

    async def _keep_alive(self) -> None:
        while True:
            await asyncio.sleep(PING_EVERY_S)
            if self.welcome is None:
                continue
            if self.patience_s is not None and self.silent_s > self.patience_s:
                self._give_up(self.patience_s)
            with contextlib.suppress(DaemonUnreachableError, RemoteError, TimeoutError):
                if self._is_gone():
                    self._open()
                    await self._resume()
                elif not await self._known_to(self.welcome.session):
                    await self._resume()

    def _is_gone(self) -> bool:
        """Tell whether the daemon is silent, or was a process of this machine and is none now."""
        silent = min(self.silent_s, time.monotonic() - self._opened_at) > SILENT_AFTER_S
        connection = self._connection
        return silent or (
            connection is not None and connection.pid > 0 and not is_alive(connection)
        )

    def _give_up(self, patience_s: float) -> None:
        error = DaemonUnreachableError(
            f"The Scumble daemon has not been heard for {patience_s:g} s, so nothing waits for it "
            "any more: it was stopped, or cannot be reached. Jobs that it had taken are kept and "
            "go on when it runs again: `scumble daemon start`, then `scumble jobs results`."
        )
        self._fail_all(error)
        self._listener.given_up(error)

    async def _known_to(self, session: str) -> bool:
        """Tell whether the daemon is still the one that was greeted."""
        try:
            pong = await asyncio.wait_for(self.ping(), PING_EVERY_S)
        except RemoteError:
            return False  # a daemon that was started anew asks for `hello` first
        return pong.session == session

    async def _resume(self) -> None:
        """Greet a daemon that is new or was away, and take up everything where it was left."""
        waiting = [asked.frames for asked in self._asked.values()]
        waiting += [follower.frames for follower in self._followed.values()]
        await asyncio.wait_for(self.greet(), SILENT_AFTER_S)
        for frames in waiting:
            await self._send(frames)
        await self._listener.resumed()


def expect(kind: type[AnswerT], answer: m.AnyReply) -> AnswerT:
    """Return an answer of the kind that was asked for. Raises RemoteError for any other."""
    if isinstance(answer, kind):
        return answer
    if isinstance(answer, m.Error):
        raise RemoteError(answer.code, answer.sentence, answer.details)
    raise RemoteError(
        ErrorCode.INTERNAL,
        f"The daemon answered something else than was asked ({type(answer).__name__}). "
        "Nothing was changed; are daemon and client of the same version?",
    )
