"""The asyncio client: jobs sent to a daemon and followed, also where the daemon is started anew."""

import secrets
from collections.abc import AsyncIterator, Sequence
from types import TracebackType
from typing import Self

from scumble_protocol import messages as m
from scumble_protocol.conversation import Conversation, Find, expect
from scumble_protocol.downloading import DownloadFollower
from scumble_protocol.endpoint import Connection, folders, read_connection
from scumble_protocol.errors import DaemonUnreachableError, RemoteError
from scumble_protocol.files import opened
from scumble_protocol.frames import Received
from scumble_protocol.geometry import Bounds, Extent
from scumble_protocol.images import Pictures
from scumble_protocol.jobs import AnyTask, Job, Region
from scumble_protocol.painting import Painting
from scumble_protocol.sending import attached, sent

PATIENCE_S = 30.0  # how long a call waits for a daemon that is not heard


def find_connection() -> Connection:
    """Return where this user's own daemon listens. Raises DaemonUnreachableError."""
    return read_connection(folders().connection_file)


def new_id() -> str:
    """Return a fresh id for a job or a client: 22 characters, 128 random bits."""
    return secrets.token_urlsafe(16)


class AsyncClient:
    """A client of one daemon.

    It greets a daemon that was started anew, asks for the end of jobs it follows, and submits again
    those the daemon no longer knows. Use it as an async context manager, from one event loop.
    """

    def __init__(self, find: Find, name: str, client_id: str, patience_s: float | None) -> None:
        self._talk = Conversation(find, name, client_id, self, patience_s)
        self._paintings: dict[str, tuple[Painting, Pictures]] = {}
        self._held: set[str] = set()  # hashes that the daemon of a session was given
        self._held_in = ""  # that session

    @classmethod
    async def connect(
        cls,
        where: Connection | Find = find_connection,
        *,
        name: str = "python",
        client_id: str | None = None,
        timeout_s: float = 10.0,
        patience_s: float | None = PATIENCE_S,
    ) -> Self:
        """Reach a daemon and say hello.

        where: a daemon elsewhere, or what finds one, asked again when the daemon is gone; this
            user's own without it.
        client_id: keep it between runs to find earlier results; None is somebody new.
        patience_s: how long the daemon may be silent before everything that waits for it raises
            DaemonUnreachableError; None waits for ever, for those who start it anew themselves.
        Raises DaemonUnreachableError where nobody answers, RemoteError where it refuses.
        """
        find = (lambda: where) if isinstance(where, Connection) else where
        client = cls(find, name, client_id or new_id(), patience_s)
        try:
            await client._talk.begin(timeout_s)
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
        await self._talk.close()

    @property
    def welcome(self) -> m.Welcome | None:
        """What the daemon said of itself when it was last greeted."""
        return self._talk.welcome

    @property
    def silent_s(self) -> float:
        """Seconds since the daemon was last heard; pings go every two."""
        return self._talk.silent_s

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
            await self._talk.ask(m.Ok, m.Results(request=self._talk.next_id(), job=job_id))
        except BaseException:
            self._paintings.pop(job_id, None)
            raise
        return painting

    async def cancel(self, job_id: str) -> None:
        """Cancel a job, wherever it is. Raises RemoteError where the daemon has none such."""
        await self._talk.ask(m.Ok, m.Cancel(request=self._talk.next_id(), job=job_id))

    async def take(self, job_id: str) -> None:
        """Let a running job end at the step it is at; its end follows as that of any job.

        Raises RemoteError where it does not run.
        """
        await self._talk.ask(m.Ok, m.Take(request=self._talk.next_id(), job=job_id))

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
            request=self._talk.next_id(),
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
        return await self._talk.ask(m.Planned, request)

    async def reorder(self, job_id: str, position: int) -> None:
        """Put a queued job elsewhere among this client's own; 0 is next."""
        await self._talk.ask(
            m.Ok, m.Reorder(request=self._talk.next_id(), job=job_id, position=position)
        )

    async def acknowledge(self, job_id: str) -> None:
        """Let the daemon forget a job whose end is kept here."""
        await self._talk.ask(m.Ok, m.Ack(request=self._talk.next_id(), job=job_id))
        self._paintings.pop(job_id, None)

    async def jobs(self) -> tuple[m.JobStatus, ...]:
        """Return this client's jobs."""
        return (await self._talk.ask(m.JobList, m.Jobs(request=self._talk.next_id()))).jobs

    async def models(self) -> tuple[m.ModelInfo, ...]:
        """Return the catalogue."""
        return (await self._talk.ask(m.ModelList, m.Models(request=self._talk.next_id()))).models

    async def recommended(self) -> tuple[m.Recommendation, ...]:
        """Return the models of the Hub that are worth having."""
        request = m.Recommended(request=self._talk.next_id())
        return (await self._talk.ask(m.RecommendationList, request)).models

    async def download(
        self, source: str, name: str | None = None
    ) -> AsyncIterator[m.DownloadStatus]:
        """Fetch a model of the Hub into the catalogue, yielding how far it is; the end comes last.

        One under way already is followed. Who stops listening does not stop it:
        `cancel_download` does. Raises RemoteError where the daemon refuses it.
        """
        request = m.Download(request=self._talk.next_id(), source=source, name=name)
        async with self._talk.following(DownloadFollower(request)) as follower:
            async for status in follower.heard():
                yield status

    async def cancel_download(self, source: str) -> None:
        """Stop a download; what has come is kept. Raises RemoteError where there is none such."""
        request = m.CancelDownload(request=self._talk.next_id(), source=source)
        await self._talk.ask(m.Ok, request)

    async def downloads(self) -> tuple[m.DownloadStatus, ...]:
        """Return the downloads of this daemon since it was started."""
        request = m.Downloads(request=self._talk.next_id())
        return (await self._talk.ask(m.DownloadList, request)).downloads

    async def load(self, model: str) -> None:
        """Bring a model into memory before it is needed."""
        await self._talk.ask(m.Ok, m.Load(request=self._talk.next_id(), model=model))

    async def unload(self, model: str | None = None) -> None:
        """Give an idle model's memory back, or every idle model's."""
        await self._talk.ask(m.Ok, m.Unload(request=self._talk.next_id(), model=model))

    async def status(self) -> m.Status:
        """Return how the daemon is."""
        return await self._talk.ask(m.Status, m.Stats(request=self._talk.next_id()))

    async def ping(self) -> m.Pong:
        """Hear whether the daemon is there."""
        return await self._talk.ping()

    async def shutdown(self) -> None:
        """End the daemon; unfinished jobs go on at its next start."""
        await self._talk.ask(m.Ok, m.Shutdown(request=self._talk.next_id()))

    def heard(self, received: Received[m.AnyEvent]) -> None:
        """Take an event; the conversation calls this."""
        if received.message.job not in self._paintings:
            return
        painting, pictures = self._paintings[received.message.job]
        try:
            painting.take(opened(received, self._talk.picture_folders))
        except OSError:  # the files are not to be had from here
            self._talk.picture_folders = None
            self._talk.spawn(self._ask_for_pixels(painting, pictures))

    async def resumed(self) -> None:
        """Take up every job with a daemon that is new or was away; the conversation calls this."""
        for painting, pictures in list(self._paintings.values()):
            if not painting.ended:
                await self._take_up(painting, pictures)

    def given_up(self, error: DaemonUnreachableError) -> None:
        """Let those who wait for a job know; the conversation calls this."""
        for painting, _ in self._paintings.values():
            painting.fail(error)
        self._paintings.clear()

    async def _submit(self, job: Job, pictures: Pictures) -> None:
        session = self._talk.session
        if session != self._held_in:
            self._held, self._held_in = set(), session
        new = [i for i in job.images if i.hash not in self._held and i.hash in pictures]
        attachments, buffers = await sent(new, pictures, self._talk.picture_folders)
        request = m.Submit(request=self._talk.next_id(), job=job, attachments=attachments)
        answer = await self._talk.ask_any(request, buffers)
        if isinstance(answer, m.Need):
            wanted = [image for image in job.images if image.hash in answer.hashes]
            attachments, buffers = attached(wanted, pictures)
            images = m.Images(request=self._talk.next_id(), job=job.id, attachments=attachments)
            answer = await self._talk.ask_any(images, buffers)
        if isinstance(answer, m.Error) and session != self._talk.session:
            # the daemon was started anew in between and knows nothing of what it had asked for
            await self._submit(job, pictures)
            return
        expect(m.Accepted, answer)
        self._held.update(image.hash for image in job.images)

    async def _ask_for_pixels(self, painting: Painting, pictures: Pictures) -> None:
        """Have a job's end sent again, its pictures with it."""
        await self._talk.greet()
        await self._take_up(painting, pictures)

    async def _take_up(self, painting: Painting, pictures: Pictures) -> None:
        try:
            await self._talk.ask(m.Ok, m.Results(request=self._talk.next_id(), job=painting.job_id))
        except RemoteError as error:
            if painting.job is not None:
                await self._submit(painting.job, pictures)
            else:
                lost = m.Failed(job=painting.job_id, code=error.code, sentence=str(error))
                painting.take(Received(lost))
