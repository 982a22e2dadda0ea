"""The asyncio client: one conversation with a daemon that outlives the daemon's restarts."""

import asyncio
import contextlib
import itertools
import secrets
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self, TypeVar

import zmq
import zmq.asyncio

from scumble_protocol import messages as m
from scumble_protocol.downloading import DownloadFollower
from scumble_protocol.endpoint import Connection, folders, is_alive, read_connection
from scumble_protocol.errors import (
    DaemonUnreachableError,
    ErrorCode,
    ProtocolError,
    RemoteError,
)
from scumble_protocol.files import PictureFolders, opened
from scumble_protocol.frames import Received, attach, pack, read_reply
from scumble_protocol.geometry import Bounds, Extent
from scumble_protocol.images import Attachment, Buffer, Encoding, Image, Pictures
from scumble_protocol.jobs import AnyTask, Job, Region
from scumble_protocol.keys import key_pair
from scumble_protocol.painting import Painting
from scumble_protocol.version import PROTOCOL_MINOR

PING_EVERY_S = 2.0
SILENT_AFTER_S = 15.0  # without a word from the daemon the connection is made anew

Find = Callable[[], Connection]
_Answer = TypeVar("_Answer", bound=m.Answer)


def find_connection() -> Connection:
    """Return where this user's own daemon listens. Raises DaemonUnreachableError."""
    return read_connection(folders().connection_file)


def new_id() -> str:
    """Return a fresh id for a job or a client: 22 characters, 128 random bits."""
    return secrets.token_urlsafe(16)


@dataclass(slots=True)
class _Asked:
    """A request that waits for its answer; sent again after a reconnection, which is harmless."""

    frames: list[Buffer]
    answer: asyncio.Future[m.AnyReply]


class AsyncClient:
    """A conversation with one daemon.

    It pings, notices a daemon that was started anew, says `hello` again, repeats requests that
    were not answered, asks for the end of jobs it follows, and submits again those the daemon no
    longer knows. Use it as an async context manager, from one event loop.

    Attributes:
        welcome: what the daemon said of itself when it was last greeted.
    """

    def __init__(self, find: Find, name: str, client_id: str) -> None:
        self._find = find
        self._name = name
        self._client_id = client_id
        self._context: zmq.asyncio.Context = zmq.asyncio.Context()
        self._socket: zmq.asyncio.Socket | None = None
        self._numbers = itertools.count(1)
        self._asked: dict[str, _Asked] = {}
        self._paintings: dict[str, tuple[Painting, Pictures]] = {}
        self._connection: Connection | None = None
        self._folders: PictureFolders | None = None  # where pictures go as files, if they do
        self._downloads: dict[str, DownloadFollower] = {}  # by request
        self._held: set[str] = set()  # hashes that the daemon of this session was given
        self._heard_at = time.monotonic()
        self._tasks: list[asyncio.Task[None]] = []
        self.welcome: m.Welcome | None = None

    @classmethod
    async def connect(
        cls,
        where: Connection | Find = find_connection,
        *,
        name: str = "python",
        client_id: str | None = None,
        timeout_s: float = 10.0,
    ) -> Self:
        """Reach a daemon and say hello.

        where: a daemon elsewhere, or what finds one, asked again when the daemon is gone; this
            user's own without it.
        client_id: keep it between runs to find earlier results; None is somebody new.
        Raises DaemonUnreachableError where nobody answers, RemoteError where it refuses.
        """
        find = (lambda: where) if isinstance(where, Connection) else where
        client = cls(find, name, client_id or new_id())
        try:
            client._open()
            client._tasks = [
                asyncio.create_task(client._receive()),
                asyncio.create_task(client._keep_alive()),
            ]
            await asyncio.wait_for(client._greet(), timeout_s)
        except TimeoutError:
            await client.close()
            raise DaemonUnreachableError(
                f"The Scumble daemon did not answer within {timeout_s:g} s. Nothing was sent to it;"
                " see `scumble daemon status` and `scumble daemon logs`."
            ) from None
        except BaseException:
            await client.close()
            raise
        return client

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Leave; jobs go on in the daemon, and their results wait there."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for asked in self._asked.values():
            asked.answer.cancel()
        if self._socket is not None:
            self._socket.close(linger=200)
        self._context.term()

    async def submit(
        self,
        task: AnyTask,
        pictures: Pictures,
        *,
        model: str = "miniature",
        job_id: str | None = None,
    ) -> Painting:
        """Send a job; returns once the daemon has it safe.

        pictures: holds the pixels of every image the task names that the daemon may not hold.
        Raises RemoteError where the daemon refuses it, or asks for a picture that is not there.
        """
        job = Job(id=job_id or new_id(), model=model, task=task)
        painting = Painting(self, job.id, job)
        self._paintings[job.id] = painting, pictures
        try:
            await self._submit(job, pictures)
        except BaseException:
            self._paintings.pop(job.id, None)
            raise
        return painting

    async def painting(self, job_id: str) -> Painting:
        """Follow a job of an earlier run. Raises RemoteError where the daemon has none such."""
        painting = Painting(self, job_id)
        self._paintings[job_id] = painting, Pictures()
        try:
            await self._ask(m.Ok, m.Results(request=self._next(), job=job_id))
        except BaseException:
            self._paintings.pop(job_id, None)
            raise
        return painting

    async def cancel(self, job_id: str) -> None:
        """Cancel a job, wherever it is. Raises RemoteError where the daemon has none such."""
        await self._ask(m.Ok, m.Cancel(request=self._next(), job=job_id))

    async def take(self, job_id: str) -> None:
        """Let a running job end at the step it is at; its end follows as that of any job.

        Raises RemoteError where it does not run.
        """
        await self._ask(m.Ok, m.Take(request=self._next(), job=job_id))

    async def plan(
        self,
        task: str,
        canvas: Extent,
        parts: Sequence[Bounds] = (),
        *,
        model: str = "miniature",
        strength: float = 1.0,
        steps: int | None = None,
        variants: int = 1,
        region: Region | None = None,
    ) -> m.Planned:
        """Return how a task would be painted on a canvas, and how long that would take.

        parts: bounds of the selection's separate parts; none paints all of the canvas.
        Raises RemoteError where the task has no plan, or the model is not known.
        """
        request = m.Plan(
            request=self._next(),
            model=model,
            task=task,
            width=canvas.width,
            height=canvas.height,
            parts=tuple(parts),
            strength=strength,
            steps=steps,
            variants=variants,
            region=region or Region(),
        )
        return await self._ask(m.Planned, request)

    async def reorder(self, job_id: str, position: int) -> None:
        """Put a queued job elsewhere among this client's own; 0 is next."""
        await self._ask(m.Ok, m.Reorder(request=self._next(), job=job_id, position=position))

    async def acknowledge(self, job_id: str) -> None:
        """Let the daemon forget a job whose end is kept here."""
        await self._ask(m.Ok, m.Ack(request=self._next(), job=job_id))
        self._paintings.pop(job_id, None)

    async def jobs(self) -> tuple[m.JobStatus, ...]:
        """Return this client's jobs."""
        return (await self._ask(m.JobList, m.Jobs(request=self._next()))).jobs

    async def models(self) -> tuple[m.ModelInfo, ...]:
        """Return the catalogue."""
        return (await self._ask(m.ModelList, m.Models(request=self._next()))).models

    async def recommended(self) -> tuple[m.Recommendation, ...]:
        """Return the models of the Hub that are worth having."""
        return (await self._ask(m.RecommendationList, m.Recommended(request=self._next()))).models

    async def download(
        self, source: str, name: str | None = None
    ) -> AsyncIterator[m.DownloadStatus]:
        """Fetch a model of the Hub into the catalogue, yielding how far it is; the end comes last.

        One under way already is followed. Who stops listening does not stop it:
        `cancel_download` does. Raises RemoteError where the daemon refuses it.
        """
        follower = DownloadFollower(m.Download(request=self._next(), source=source, name=name))
        self._downloads[follower.request.request] = follower
        try:
            await self._send(follower.frames)
            async for status in follower.heard():
                yield status
        finally:
            del self._downloads[follower.request.request]

    async def cancel_download(self, source: str) -> None:
        """Stop a download; what has come is kept. Raises RemoteError where there is none such."""
        await self._ask(m.Ok, m.CancelDownload(request=self._next(), source=source))

    async def downloads(self) -> tuple[m.DownloadStatus, ...]:
        """Return the downloads of this daemon since it was started."""
        return (await self._ask(m.DownloadList, m.Downloads(request=self._next()))).downloads

    async def load(self, model: str) -> None:
        """Bring a model into memory before it is needed."""
        await self._ask(m.Ok, m.Load(request=self._next(), model=model))

    async def unload(self, model: str | None = None) -> None:
        """Give an idle model's memory back, or every idle model's."""
        await self._ask(m.Ok, m.Unload(request=self._next(), model=model))

    async def status(self) -> m.Status:
        """Return how the daemon is."""
        return await self._ask(m.Status, m.Stats(request=self._next()))

    async def ping(self) -> m.Pong:
        """Hear whether the daemon is there."""
        return await self._ask(m.Pong, m.Ping(request=self._next()))

    async def shutdown(self) -> None:
        """End the daemon; unfinished jobs go on at its next start."""
        await self._ask(m.Ok, m.Shutdown(request=self._next()))

    @property
    def silent_s(self) -> float:
        """Seconds since the daemon was last heard; pings go every two."""
        return time.monotonic() - self._heard_at

    @property
    def _session(self) -> str:
        return "" if self.welcome is None else self.welcome.session

    def _next(self) -> str:
        return f"r{next(self._numbers)}"

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
        self._folders = here if here and here.usable else None
        self._heard_at = time.monotonic()

    async def _submit(self, job: Job, pictures: Pictures) -> None:
        session = self._session
        new = [i for i in job.images if i.hash not in self._held and i.hash in pictures]
        attachments, buffers = await self._lay_down_or_attach(new, pictures)
        request = m.Submit(request=self._next(), job=job, attachments=attachments)
        answer = await self._ask_any(request, buffers)
        if isinstance(answer, m.Need):
            wanted = [image for image in job.images if image.hash in answer.hashes]
            _check_there(wanted, pictures)
            attachments, buffers = self._attach(wanted, pictures)
            images = m.Images(request=self._next(), job=job.id, attachments=attachments)
            answer = await self._ask_any(images, buffers)
        if isinstance(answer, m.Error) and session != self._session:
            # the daemon was started anew in between and knows nothing of what it had asked for
            await self._submit(job, pictures)
            return
        _expect(m.Accepted, answer)
        self._held.update(image.hash for image in job.images)

    async def _lay_down_or_attach(
        self, images: Sequence[Image], pictures: Pictures
    ) -> tuple[tuple[Attachment, ...], list[Buffer]]:
        """Return what carries pictures; those of a daemon on this machine go as files."""
        if self._folders is None:
            return self._attach(images, pictures)
        try:
            for image in images:
                await asyncio.to_thread(self._folders.lay_down, image, pictures[image.hash])
        except OSError:  # such as a full disk, which the daemon has a sentence for
            return self._attach(images, pictures)
        return tuple(Attachment(image=image, encoding=Encoding.FILE) for image in images), []

    @staticmethod
    def _attach(
        images: Sequence[Image], pictures: Pictures
    ) -> tuple[tuple[Attachment, ...], list[Buffer]]:
        return attach(images, [pictures[image.hash] for image in images])

    async def _ask(self, kind: type[_Answer], request: m.AnyRequest) -> _Answer:
        return _expect(kind, await self._ask_any(request))

    async def _ask_any(self, request: m.AnyRequest, buffers: Sequence[Buffer] = ()) -> m.AnyReply:
        asked = _Asked(pack(request, buffers), asyncio.get_running_loop().create_future())
        self._asked[request.request] = asked
        try:
            await self._send(asked.frames)
            return await asked.answer
        finally:
            self._asked.pop(request.request, None)

    async def _send(self, frames: list[Buffer]) -> None:
        assert self._socket is not None
        await self._socket.send_multipart(frames, copy=False)

    async def _greet(self) -> None:
        files = (Encoding.FILE,) if self._folders is not None else ()
        hello = m.Hello(
            request=self._next(),
            client=self._client_id,
            name=self._name,
            minor=PROTOCOL_MINOR,
            encodings=(Encoding.RAW, *files),
        )
        before = self.welcome
        self.welcome = await self._ask(m.Welcome, hello)
        if Encoding.FILE not in self.welcome.encodings:
            self._folders = None
        if before is not None and before.session != self.welcome.session:
            self._held.clear()

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
                self._fail_all(error)
                continue
            self._dispatch(received)

    def _dispatch(self, received: Received[m.AnyReply]) -> None:
        message = received.message
        if isinstance(message, m.Answer) and message.request in self._downloads:
            self._downloads[message.request].take(message)
        elif isinstance(message, m.Answer):
            asked = self._asked.get(message.request)
            if asked is not None and not asked.answer.done():
                asked.answer.set_result(message)
        elif message.job in self._paintings:
            painting, pictures = self._paintings[message.job]
            try:
                painting.take(opened(Received(message, received.buffers), self._folders))
            except OSError:  # the files are not to be had from here
                self._folders = None
                self._tasks.append(asyncio.create_task(self._ask_for_pixels(painting, pictures)))

    def _fail_all(self, error: ProtocolError) -> None:
        """A reply that cannot be read may be anybody's: nobody is left waiting for it."""
        for asked in self._asked.values():
            if not asked.answer.done():
                asked.answer.set_exception(error)

    async def _keep_alive(self) -> None:
        while True:
            await asyncio.sleep(PING_EVERY_S)
            if self.welcome is None:
                continue
            silent_s = self.silent_s
            with contextlib.suppress(DaemonUnreachableError, RemoteError, TimeoutError):
                if silent_s > SILENT_AFTER_S or self._ended():
                    self._open()
                    await self._resume()
                elif not await self._known_to(self.welcome.session):
                    await self._resume()

    def _ended(self) -> bool:
        """Tell whether the daemon was a process of this machine and is none any more."""
        connection = self._connection
        return connection is not None and connection.pid > 0 and not is_alive(connection)

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
        waiting += [download.frames for download in self._downloads.values()]
        await asyncio.wait_for(self._greet(), SILENT_AFTER_S)
        for frames in waiting:
            await self._send(frames)
        for painting, pictures in list(self._paintings.values()):
            if not painting.ended:
                await self._take_up(painting, pictures)

    async def _ask_for_pixels(self, painting: Painting, pictures: Pictures) -> None:
        """Have a job's end sent again, its pictures with it."""
        await self._greet()
        await self._take_up(painting, pictures)

    async def _take_up(self, painting: Painting, pictures: Pictures) -> None:
        try:
            await self._ask(m.Ok, m.Results(request=self._next(), job=painting.job_id))
        except RemoteError as error:
            if painting.job is not None:
                await self._submit(painting.job, pictures)
            else:
                lost = m.Failed(job=painting.job_id, code=error.code, sentence=str(error))
                painting.take(Received(lost))


def _expect(kind: type[_Answer], answer: m.AnyReply) -> _Answer:
    if isinstance(answer, kind):
        return answer
    if isinstance(answer, m.Error):
        raise RemoteError(answer.code, answer.sentence, answer.details)
    raise RemoteError(
        ErrorCode.INTERNAL,
        f"The daemon answered something else than was asked ({type(answer).__name__}). "
        "Nothing was changed; are daemon and client of the same version?",
    )


def _check_there(wanted: Sequence[Image], pictures: Pictures) -> None:
    lacking = [image for image in wanted if image.hash not in pictures]
    if lacking:
        one = lacking[0]
        raise RemoteError(
            ErrorCode.BAD_REQUEST,
            f"A picture of the job is missing, {one.width} × {one.height} {one.mode}: it was not "
            "given and the daemon does not hold it any more. Nothing was painted; give the file "
            "it came from.",
            one.hash,
        )
