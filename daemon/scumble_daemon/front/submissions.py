"""Requests that bring a job in: `submit`, and `images` with what was missing."""

from collections.abc import Collection, Coroutine, Iterable
from typing import Any

from scumble_daemon.front.arrivals import Arrivals
from scumble_daemon.front.clients import Clients, Peer, Visitor
from scumble_daemon.front.foreman import Foreman
from scumble_daemon.front.limits import check_job
from scumble_daemon.front.records import Ledger, Record, digest_of
from scumble_daemon.front.replies import Replies
from scumble_protocol import messages as m
from scumble_protocol.errors import ErrorCode, RemoteError
from scumble_protocol.frames import Received
from scumble_protocol.images import Attachment, Encoding
from scumble_protocol.jobs import Job


class Submissions:
    """Checks a job at once, takes its pictures beside everything else, and answers then."""

    def __init__(
        self,
        ledger: Ledger,
        clients: Clients,
        arrivals: Arrivals,
        foreman: Foreman,
        replies: Replies,
        limits: m.Limits,
        kept_results: int,
        schedulers: Collection[str],
    ) -> None:
        self._ledger = ledger
        self._clients = clients
        self._arrivals = arrivals
        self._foreman = foreman
        self._replies = replies
        self._limits = limits
        self._kept_results = kept_results
        self._schedulers = schedulers

    def submit(self, peer: Peer, visitor: Visitor, received: Received[Any]) -> None:
        """Answer `submit`: by `accepted`, `need` or an error. The same job twice is one job."""
        message: m.Submit = received.message
        _check_encodings(message.attachments, visitor)
        job = message.job
        if self._is_known(visitor, job):
            self._clients.watch(peer, job.id)
            self._accept(peer, message.request, job.id)
            return
        arrival = self._arrivals.get(job.id)
        if arrival is None:
            check_job(job, self._limits, self._schedulers)
            self._check_queue(visitor.client)
            arrival = self._arrivals.begin(job, visitor.client, visitor.owner)
        elif arrival.client != visitor.client or arrival.digest != digest_of(job):
            raise _taken(job.id)
        self._clients.watch(peer, job.id)
        taking = self._arrivals.take(arrival, message.attachments, received.buffers, final=False)
        self._replies.spawn(self._arrive(peer, message.request, job.id, taking))

    def images(self, peer: Peer, visitor: Visitor, received: Received[Any]) -> None:
        """Answer `images`, with which a job must be complete."""
        message: m.Images = received.message
        _check_encodings(message.attachments, visitor)
        record = self._ledger.records.get(message.job)
        if record is not None and record.client == visitor.client:
            self._accept(peer, message.request, message.job)
            return
        arrival = self._arrivals.get(message.job)
        if arrival is None or arrival.client != visitor.client:
            raise RemoteError(
                ErrorCode.BAD_REQUEST,
                "No job of this id waits for pictures (it may have waited too long). They were "
                "not kept; submit the job again.",
            )
        taking = self._arrivals.take(arrival, message.attachments, received.buffers, final=True)
        self._replies.spawn(self._arrive(peer, message.request, message.job, taking))

    async def _arrive(
        self,
        peer: Peer,
        request: str,
        job: str,
        taking: Coroutine[Any, Any, tuple[str, ...] | Record],
    ) -> None:
        with self._replies.answering(peer, request):
            taken = await taking
            if isinstance(taken, Record):
                self._accept(peer, request, job)
            else:
                self._replies.answer(peer, m.Need(request=request, job=job, hashes=taken))

    def _accept(self, peer: Peer, request: str, job: str) -> None:
        record = self._ledger.records.get(job)
        if record is None:
            state = self._ledger.past[job].state
            answer = m.Accepted(request=request, job=job, state=state, position=None)
            self._replies.answer(peer, answer)
            return
        answer = m.Accepted(
            request=request,
            job=job,
            state=record.state,
            position=self._foreman.position(record),
            seconds_until_start=self._foreman.seconds_until_start(record),
        )
        self._replies.answer(peer, answer)
        if record.end is not None:
            self._foreman.endings.send(record, peer)

    def _is_known(self, visitor: Visitor, job: Job) -> bool:
        """Tell whether a job was accepted before. Raises RemoteError where it was another one."""
        known = self._ledger.records.get(job.id) or self._ledger.past.get(job.id)
        if known is None:
            return False
        if known.client != visitor.client or known.digest != digest_of(job):
            raise _taken(job.id)
        return True

    def _check_queue(self, client: str) -> None:
        own = self._arrivals.count(client) + self._foreman.unfinished(client)
        everybody = len(self._arrivals) + self._foreman.unfinished()
        if own >= self._limits.queued_jobs or everybody >= self._limits.queued_jobs_total:
            raise RemoteError(
                ErrorCode.QUEUE_FULL,
                f"The queue is full: {own} jobs of yours wait, {everybody} in all (at most "
                f"{self._limits.queued_jobs} and {self._limits.queued_jobs_total}). This job was "
                "not taken; submit it again when one of them is done.",
            )
        kept = sum(1 for record in self._ledger.of_client(client) if record.end is not None)
        if kept >= self._kept_results:
            raise RemoteError(
                ErrorCode.QUEUE_FULL,
                f"{kept} results of yours wait here and were never acknowledged. This job was not "
                "taken; fetch them first with `scumble jobs results`.",
            )


def _check_encodings(attachments: Iterable[Attachment], visitor: Visitor) -> None:
    if not visitor.files and any(a.encoding is Encoding.FILE for a in attachments):
        raise RemoteError(
            ErrorCode.BAD_REQUEST,
            "Pictures as files are for programs on this machine that said so in `hello`. The job "
            "was not taken; send its pictures with it.",
        )


def _taken(job: str) -> RemoteError:
    return RemoteError(
        ErrorCode.BAD_REQUEST,
        f"The id {job} belongs to another job already. This one was not taken; give it an id of "
        "its own.",
    )
