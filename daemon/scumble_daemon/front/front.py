"""What the daemon does about each message: the one place where requests meet the house."""

import asyncio
import os
import time
from collections.abc import Callable, Collection, Sequence
from typing import Any, get_args

import psutil

from scumble_daemon import work
from scumble_daemon.config import Settings
from scumble_daemon.front.arrivals import Arrivals
from scumble_daemon.front.clients import Clients, Peer, Visitor
from scumble_daemon.front.downloads import Downloads
from scumble_daemon.front.estimates import Estimates
from scumble_daemon.front.foreman import Foreman
from scumble_daemon.front.keeper import Keeper
from scumble_daemon.front.library import Library
from scumble_daemon.front.limits import limits_of
from scumble_daemon.front.own_jobs import OwnJobs
from scumble_daemon.front.planning import planned
from scumble_daemon.front.replies import Replies, Send
from scumble_daemon.front.submissions import Submissions
from scumble_protocol import messages as m
from scumble_protocol.errors import ErrorCode, ProtocolError, RemoteError
from scumble_protocol.frames import Received, read_request
from scumble_protocol.images import Buffer, Encoding
from scumble_protocol.jobs import AnyTask
from scumble_protocol.version import PACKAGE, PROTOCOL_MINOR

TASKS = tuple(str(task.__struct_config__.tag) for task in get_args(AnyTask))

Handler = Callable[[Peer, Visitor, Received[Any]], None]


class Front:
    """The daemon's manners. Every method runs in the event loop and none of them waits in it."""

    def __init__(
        self,
        settings: Settings,
        keeper: Keeper,
        library: Library,
        schedulers: Collection[str],
        send: Send,
        session: str,
    ) -> None:
        self._limits = limits_of(settings)
        self._keeper = keeper
        self._library = library
        self._session = session
        self._started_at = time.monotonic()
        self._clients = Clients(keeper.ledger, settings.connections)
        self._replies = Replies(send, self._clients)
        self._estimates = Estimates(keeper.rates)
        self.foreman = Foreman(keeper, self._estimates, self._replies, settings.stop_timeout_s)
        arrivals = Arrivals(
            keeper,
            library.check_job,
            self.foreman.take_up,
            2 * settings.message_bytes,
            settings.need_timeout_s,
        )
        self._submissions = Submissions(
            keeper.ledger,
            self._clients,
            arrivals,
            self.foreman,
            self._replies,
            self._limits,
            settings.kept_results,
            schedulers,
        )
        self._own_jobs = OwnJobs(keeper, self._clients, arrivals, self.foreman, self._replies)
        self._downloads = Downloads(self._replies)
        self._handlers = self._table()
        self.endpoint = ""
        self.shutdown = asyncio.Event()

    async def close(self) -> None:
        """Let the workers leave and what was begun come to its end."""
        await self._downloads.close()
        await self.foreman.crew.close()
        await self._replies.close()

    def resume(self) -> None:
        """Queue the unfinished jobs of an earlier run; those that were to be cancelled are."""
        for record in list(self._keeper.ledger.records.values()):
            if record.end is None:
                self.foreman.take_up(record)

    def take(self, peer: Peer, owner: str, frames: Sequence[Buffer]) -> None:
        """Answer one message, whatever it is."""
        with self._replies.answering(peer, ""):
            try:
                received = read_request(frames)
            except ProtocolError as error:
                self._replies.refuse(peer, error.request, RemoteError(error.code, str(error)))
                return
            with self._replies.answering(peer, received.message.request):
                self._check_size(frames)
                self._handle(peer, owner, received)

    def _handle(self, peer: Peer, owner: str, received: Received[m.AnyRequest]) -> None:
        request = received.message
        if isinstance(request, m.Hello):
            self._hello(peer, owner, request)
        else:
            self._handlers[type(request)](peer, self._clients.heard(peer, owner), received)

    def _table(self) -> dict[type, Handler]:
        return {
            m.Submit: self._submissions.submit,
            m.Images: self._submissions.images,
            m.Cancel: self._own_jobs.cancel,
            m.Reorder: self._own_jobs.reorder,
            m.Ack: self._own_jobs.ack,
            m.Jobs: self._own_jobs.jobs,
            m.Results: self._own_jobs.results,
            m.Models: self._models,
            m.Load: self._load,
            m.Unload: self._unload,
            m.Recommended: self._recommended,
            m.Download: self._downloads.download,
            m.CancelDownload: self._downloads.cancel,
            m.Downloads: self._downloads.list,
            m.Stats: self._stats,
            m.Take: self._own_jobs.take,
            m.Plan: self._plan,
            m.Ping: self._ping,
            m.Shutdown: self._shut_down,
        }

    def _check_size(self, frames: Sequence[Buffer]) -> None:
        size = sum(memoryview(frame).nbytes for frame in frames)
        if size > self._limits.message_bytes:
            raise RemoteError(
                ErrorCode.TOO_LARGE,
                f"This message has {size / 1e6:.0f} MB, this daemon takes "
                f"{self._limits.message_bytes / 1e6:.0f}. Nothing was kept; send less at once.",
            )

    def _hello(self, peer: Peer, owner: str, hello: m.Hello) -> None:
        here = peer.door == 0 and self.endpoint.startswith("ipc://")
        files = here and Encoding.FILE in hello.encodings
        self._clients.greet(peer, hello.client, owner, files=files, minor=hello.minor)
        welcome = m.Welcome(
            request=hello.request,
            session=self._session,
            package=PACKAGE,
            minor=PROTOCOL_MINOR,
            pid=os.getpid(),
            device=", ".join(worker.device_name for worker in self.foreman.crew.workers),
            encodings=(Encoding.RAW, Encoding.FILE) if files else (Encoding.RAW,),
            limits=self._limits,
            tasks=TASKS,
            jobs=self._own_jobs.statuses(hello.client),
        )
        self._replies.answer(peer, welcome)

    def _ping(self, peer: Peer, _: Visitor, received: Received[Any]) -> None:
        pong = m.Pong(request=received.message.request, session=self._session)
        self._replies.answer(peer, pong)

    def _models(self, peer: Peer, _: Visitor, received: Received[Any]) -> None:
        self._replies.spawn(self._list_models(peer, received.message.request))

    async def _list_models(self, peer: Peer, request: str) -> None:
        with self._replies.answering(peer, request):
            models = await self._library.models(self.foreman.crew.residency)
            self._replies.answer(peer, m.ModelList(request=request, models=models))

    def _plan(self, peer: Peer, _: Visitor, received: Received[Any]) -> None:
        self._replies.spawn(self._tell_plan(peer, received.message))

    async def _tell_plan(self, peer: Peer, request: m.Plan) -> None:
        with self._replies.answering(peer, request.request):
            entry = await self._library.check(request.model)
            self._replies.answer(peer, planned(request, entry, self._estimates))

    def _recommended(self, peer: Peer, _: Visitor, received: Received[Any]) -> None:
        self._replies.spawn(self._recommend(peer, received.message.request))

    async def _recommend(self, peer: Peer, request: str) -> None:
        with self._replies.answering(peer, request):
            models = await self._library.recommended()
            self._replies.answer(peer, m.RecommendationList(request=request, models=models))

    def _load(self, peer: Peer, _: Visitor, received: Received[Any]) -> None:
        message: m.Load = received.message
        self._replies.follow(peer, message.request, self._warm(message.model))

    async def _warm(self, model: str) -> None:
        await self._library.check(model)
        self.foreman.crew.tell_all(work.Warm(model=model))

    def _unload(self, peer: Peer, _: Visitor, received: Received[Any]) -> None:
        message: m.Unload = received.message
        self.foreman.crew.tell_all(work.Drop(model=message.model))
        self._replies.ok(peer, message.request)

    def _stats(self, peer: Peer, _: Visitor, received: Received[Any]) -> None:
        status = m.Status(
            request=received.message.request,
            session=self._session,
            package=PACKAGE,
            pid=os.getpid(),
            endpoint=self.endpoint,
            uptime_s=time.monotonic() - self._started_at,
            memory_bytes=int(psutil.Process().memory_info().rss),
            workers=tuple(worker.info() for worker in self.foreman.crew.workers),
            jobs=self._keeper.ledger.counts(),
            clients=self._clients.present(),
            spool_bytes=self._keeper.shelf.total_bytes,
        )
        self._replies.answer(peer, status)

    def _shut_down(self, peer: Peer, _: Visitor, received: Received[Any]) -> None:
        self._replies.ok(peer, received.message.request)
        self.shutdown.set()
