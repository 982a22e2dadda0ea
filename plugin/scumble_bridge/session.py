"""One host's conversation: its requests carried to the daemon, the jobs' events carried back."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import msgspec

from scumble_bridge import answers
from scumble_bridge.daemon import Daemon
from scumble_bridge.talk import (
    Acknowledge,
    AnyAsked,
    Cancel,
    Collect,
    Hello,
    Reorder,
    Submit,
    read_asked,
)
from scumble_bridge.tasks import Prepared, prepare
from scumble_bridge.who import client_id
from scumble_host.pipe import PIPE_VERSION, Buffer, Message
from scumble_protocol import messages as m
from scumble_protocol.errors import ErrorCode, ProtocolError, RemoteError, ScumbleError
from scumble_protocol.geometry import Extent
from scumble_protocol.painting import Painting
from scumble_protocol.version import PACKAGE

CANCEL_TIMEOUT_S = 5.0

_log = logging.getLogger(__name__)

Write = Callable[[dict[str, Any], Sequence[Buffer]], None]


class Session:
    """What one host asked for, and what became of it.

    write: sends a header and buffers to the host; it does not wait.
    """

    def __init__(self, write: Write) -> None:
        self._write = write
        self._hello: Hello | None = None
        self._daemon: Daemon | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._own: dict[str, asyncio.Task[None]] = {}  # jobs that have not ended
        self._reaching = asyncio.Lock()
        self._unwanted: set[str] = set()  # cancelled before the daemon had them

    async def take(self, message: Message) -> None:
        """Do what a host's message asks for, and answer it, whatever goes wrong."""
        request = str(message.header.get("request", ""))
        try:
            asked = read_asked(message.header)
            if isinstance(asked, Submit):
                self._start(asked.job, self._paint(asked, message.buffers))
            elif isinstance(asked, Collect):
                self._start(asked.job, self._collect(asked))
            else:
                await self._do(asked)
        except ScumbleError as error:
            self._tell(answers.error(error, request))

    async def end(self) -> None:
        """The host is gone: cancel its unfinished jobs and leave."""
        if self._daemon is not None:
            unfinished = [self._cancelled(job, self._daemon) for job in self._own]
            await asyncio.gather(*unfinished, return_exceptions=True)
        tasks = [*self._own.values(), *([self._keeping] if self._keeping else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._daemon is not None:
            await self._daemon.client.close()

    def _start(self, job: str, work: Coroutine[Any, Any, None]) -> None:
        def ended(task: asyncio.Task[None]) -> None:
            self._own.pop(job, None)
            self._unwanted.discard(job)
            if not task.cancelled() and (problem := task.exception()) is not None:
                _log.error("job %s", job, exc_info=problem)
                sentence = f"Scumble's bridge made a mistake: {problem!r}. Nothing was changed."
                self._fail(job, sentence)

        self._own[job] = asyncio.create_task(work)
        self._own[job].add_done_callback(ended)

    async def _cancelled(self, job: str, daemon: Daemon) -> None:
        async with asyncio.timeout(CANCEL_TIMEOUT_S):
            await daemon.client.cancel(job)

    async def _do(self, asked: AnyAsked) -> None:
        if isinstance(asked, Hello):
            await self._greet(asked)
            return
        daemon = await self._greeted()
        if isinstance(asked, Cancel):
            await self._cancel(asked.job, daemon)
        elif isinstance(asked, Acknowledge):
            await daemon.client.acknowledge(asked.job)
        elif isinstance(asked, Reorder):
            await daemon.client.reorder(asked.job, asked.position)
        self._tell({"type": "ok", "request": asked.request})

    async def _greet(self, hello: Hello) -> None:
        self._hello = hello
        if hello.pipe != PIPE_VERSION or hello.plugin != PACKAGE:
            raise ProtocolError(
                f"The plug-in is of Scumble {hello.plugin}, the installed Scumble is {PACKAGE}. "
                f"Nothing was changed; run `scumble bridge install {hello.host}` and start "
                "the program again.",
                ErrorCode.VERSION_MISMATCH,
            )
        async with self._reaching:
            if self._daemon is None:
                self._daemon = await Daemon.reach(hello.name, client_id(hello.host), self._notice)
                self._keeping = asyncio.create_task(
                    self._daemon.keep(lambda: bool(self._own), self._fail_all)
                )
        models = await self._daemon.client.models()
        self._tell(answers.welcome(self._daemon.welcome, models, hello.request))

    async def _greeted(self) -> Daemon:
        """Return the daemon, which is looked for again where the host's hello did not reach it."""
        if self._hello is None:
            raise ProtocolError("The plug-in must say hello first. Nothing was done.")
        if self._daemon is None:
            await self._greet(self._hello)
            assert self._daemon is not None
        return self._daemon

    async def _cancel(self, job: str, daemon: Daemon) -> None:
        try:
            await daemon.client.cancel(job)
        except RemoteError:
            if job not in self._own:
                raise
            self._unwanted.add(job)  # on its way to the daemon

    async def _paint(self, asked: Submit, buffers: tuple[Buffer, ...]) -> None:
        """Submit a job and carry what happens to the host, until its end."""
        try:
            daemon = await self._greeted()
            prepared = await asyncio.to_thread(prepare, asked, buffers)
            await daemon.ready()
            model = asked.model or await self._model_for(asked.task, daemon)
            painting = await daemon.client.submit(
                prepared.task, prepared.pictures, model=model, job_id=asked.job
            )
            self._tell({"type": "accepted", "request": asked.request, "job": asked.job})
            if asked.job in self._unwanted:
                await painting.cancel()
            await self._follow(painting, prepared)
        except ScumbleError as error:
            self._tell(answers.error(error, asked.request, asked.job))

    async def _collect(self, asked: Collect) -> None:
        try:
            painting = await (await self._greeted()).client.painting(asked.job)
            self._tell({"type": "accepted", "request": asked.request, "job": asked.job})
            await self._follow(painting, None)
        except ScumbleError as error:
            self._tell(answers.error(error, asked.request, asked.job))

    async def _model_for(self, task: str, daemon: Daemon) -> str:
        """Return the first model of the catalogue that can do a task."""
        for model in await daemon.client.models():
            if task in model.tasks:
                return model.name
        raise RemoteError(
            ErrorCode.UNKNOWN_MODEL,
            "There is no model for this yet. Nothing was changed; add one with "
            "`scumble models add`, and see `scumble models list`.",
        )

    async def _follow(self, painting: Painting, prepared: Prepared | None) -> None:
        assert self._hello is not None
        canvas = prepared.canvas if prepared else Extent(0, 0)
        async for happening in painting:
            if isinstance(happening, m.Done):
                painted = await painting.result(acknowledge=False)
                if not self._hello.masks:
                    painted = answers.cut_out(painted)
                layout = self._hello.layout
                self._write(
                    *await asyncio.to_thread(answers.done, painting, painted, layout, canvas)
                )
            else:
                if isinstance(happening, m.JobEnd):
                    await painting.acknowledge()
                self._write(*answers.event(painting.job_id, happening))

    def _tell(self, header: dict[str, Any]) -> None:
        self._write(header, ())

    def _notice(self, sentence: str) -> None:
        self._tell({"type": "notice", "sentence": sentence})

    def _fail_all(self, sentence: str) -> None:
        """The daemon cannot be brought back: every job of this host has failed."""
        for job, task in list(self._own.items()):
            task.cancel()
            self._fail(job, sentence)

    def _fail(self, job: str, sentence: str) -> None:
        failed = m.Failed(job=job, code=ErrorCode.INTERNAL, sentence=sentence)
        self._tell(msgspec.to_builtins(failed))
