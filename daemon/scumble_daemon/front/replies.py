"""Everything the front says: answers to one connection, events to all who follow a job."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine, Iterator, Sequence
from typing import Any

import msgspec

from scumble_daemon.front.clients import Clients, Peer
from scumble_protocol import messages as m
from scumble_protocol.errors import ErrorCode, RemoteError
from scumble_protocol.frames import pack
from scumble_protocol.images import Buffer

Send = Callable[[Peer, Sequence[Buffer], bool], bool]
"""Sends frames to a connection; the last says whether they may be dropped. False: it is gone."""

MASKED_PREVIEWS_FROM = 1  # minor version

_log = logging.getLogger(__name__)


class Replies:
    """The way out, and the errands whose outcome is said when they are done."""

    def __init__(self, send: Send, clients: Clients) -> None:
        self._send = send
        self.clients = clients
        self._errands: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        """Let what was begun come to its end."""
        while self._errands:
            await asyncio.gather(*self._errands, return_exceptions=True)

    def answer(self, peer: Peer, answer: m.AnyReply) -> None:
        """Say something because of a request."""
        self._say(peer, pack(answer), droppable=False)

    def ok(self, peer: Peer, request: str) -> None:
        """Say that it was done."""
        self.answer(peer, m.Ok(request=request))

    def refuse(self, peer: Peer, request: str, error: RemoteError) -> None:
        """Say why a request was not carried out."""
        _log.debug("refused: %s %s", error, error.details)
        self.answer(
            peer,
            m.Error(request=request, code=error.code, sentence=str(error), details=error.details),
        )

    @contextlib.contextmanager
    def answering(self, peer: Peer, request: str) -> Iterator[None]:
        """Turn whatever goes wrong inside into an answer to the request."""
        try:
            yield
        except RemoteError as error:
            self.refuse(peer, request, error)
        except Exception as error:  # noqa: BLE001 - the border to the socket
            _log.exception("a request could not be carried out")
            sentence = (
                "Something went wrong inside the daemon. What was accepted before is kept; "
                "`scumble daemon logs` says more."
            )
            self.refuse(peer, request, RemoteError(ErrorCode.INTERNAL, sentence, repr(error)))

    def follow(self, peer: Peer, request: str, errand: Coroutine[Any, Any, object]) -> None:
        """Carry out something that takes a while, and say `ok` when it is done."""

        async def run() -> None:
            with self.answering(peer, request):
                await errand
                self.ok(peer, request)

        self.spawn(run())

    def spawn(self, errand: Coroutine[Any, Any, None]) -> None:
        """Carry out something beside everything else; a failure is logged."""
        task = asyncio.create_task(errand)
        self._errands.add(task)
        task.add_done_callback(self._done)

    def tell(self, event: m.AnyEvent, buffers: Sequence[Buffer], *, droppable: bool) -> None:
        """Say an event to every connection that follows its job."""
        for peer in self.clients.watchers(event.job):
            self.tell_one(peer, event, buffers, droppable=droppable)

    def tell_one(
        self, peer: Peer, event: m.AnyEvent, buffers: Sequence[Buffer], *, droppable: bool = False
    ) -> None:
        """Say an event to one connection, without what its version of the protocol lacks."""
        if isinstance(event, m.Preview) and self.clients.minor_of(peer) < MASKED_PREVIEWS_FROM:
            event, buffers = msgspec.structs.replace(event, mask=None), buffers[:1]
        self._say(peer, pack(event, buffers), droppable=droppable)

    def _say(self, peer: Peer, frames: Sequence[Buffer], *, droppable: bool) -> None:
        if not self._send(peer, frames, droppable):
            self.clients.forget(peer)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._errands.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("an errand failed", exc_info=error)
