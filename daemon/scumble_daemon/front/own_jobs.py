"""Requests about a client's own jobs: list, cancel, reorder, fetch again, acknowledge."""

from typing import Any

from scumble_daemon.front.arrivals import Arrivals
from scumble_daemon.front.clients import Clients, Peer, Visitor
from scumble_daemon.front.foreman import Foreman
from scumble_daemon.front.keeper import Keeper
from scumble_daemon.front.records import Record
from scumble_daemon.front.replies import Replies
from scumble_protocol import messages as m
from scumble_protocol.errors import ErrorCode, RemoteError
from scumble_protocol.frames import Received


class OwnJobs:
    """Nobody sees, stops or fetches a job that is not his."""

    def __init__(
        self,
        keeper: Keeper,
        clients: Clients,
        arrivals: Arrivals,
        foreman: Foreman,
        replies: Replies,
    ) -> None:
        self._keeper = keeper
        self._clients = clients
        self._arrivals = arrivals
        self._foreman = foreman
        self._replies = replies

    def statuses(self, client: str) -> tuple[m.JobStatus, ...]:
        """Return the jobs of a client that are unfinished or not acknowledged."""
        positions = self._foreman.positions()
        own = self._keeper.ledger.of_client(client)
        return tuple(record.status(positions.get(record.id)) for record in own)

    def jobs(self, peer: Peer, visitor: Visitor, received: Received[Any]) -> None:
        """Answer `jobs`."""
        statuses = self.statuses(visitor.client)
        self._replies.answer(peer, m.JobList(request=received.message.request, jobs=statuses))

    def results(self, peer: Peer, visitor: Visitor, received: Received[Any]) -> None:
        """Answer `results`: the job's end follows now, or once it comes."""
        message: m.Results = received.message
        record = self._find(visitor, message.job)
        self._clients.watch(peer, record.id)
        self._replies.ok(peer, message.request)
        if record.end is not None:
            self._foreman.endings.send(record, peer)

    def cancel(self, peer: Peer, visitor: Visitor, received: Received[Any]) -> None:
        """Answer `cancel`; of a job that is over there is nothing to stop."""
        message: m.Cancel = received.message
        arrival = self._arrivals.get(message.job)
        if arrival is not None and arrival.client == visitor.client:
            if self._arrivals.cancel(arrival):
                self._replies.tell(m.Cancelled(job=message.job), (), droppable=False)
            self._replies.ok(peer, message.request)
        elif self._is_past(visitor, message.job):
            self._replies.ok(peer, message.request)
        else:
            record = self._find(visitor, message.job)
            self._replies.follow(peer, message.request, self._foreman.cancel(record))

    def take(self, peer: Peer, visitor: Visitor, received: Received[Any]) -> None:
        """Answer `take`; of a job that is over everything was taken already."""
        message: m.Take = received.message
        if not self._is_past(visitor, message.job):
            self._foreman.take_now(self._find(visitor, message.job))
        self._replies.ok(peer, message.request)

    def reorder(self, peer: Peer, visitor: Visitor, received: Received[Any]) -> None:
        """Answer `reorder`."""
        message: m.Reorder = received.message
        record = self._find(visitor, message.job)
        self._replies.follow(peer, message.request, self._foreman.reorder(record, message.position))

    def ack(self, peer: Peer, visitor: Visitor, received: Received[Any]) -> None:
        """Answer `ack`: the end arrived over there and is forgotten here."""
        message: m.Ack = received.message
        if self._is_past(visitor, message.job):
            self._replies.ok(peer, message.request)
            return
        record = self._find(visitor, message.job)
        if record.end is None:
            raise RemoteError(
                ErrorCode.BAD_REQUEST,
                "This job is not over, so there is no end to acknowledge. It goes on.",
            )
        self._clients.unwatch(record.id)
        self._replies.follow(peer, message.request, self._keeper.acknowledge(record))

    def _is_past(self, visitor: Visitor, job: str) -> bool:
        past = self._keeper.ledger.past.get(job)
        return past is not None and past.client == visitor.client

    def _find(self, visitor: Visitor, job: str) -> Record:
        record = self._keeper.ledger.records.get(job)
        if record is None or record.client != visitor.client:
            raise RemoteError(
                ErrorCode.UNAUTHORIZED if record else ErrorCode.BAD_REQUEST,
                f"There is no job {job} of yours here. Nothing was done; `scumble jobs list` "
                "shows those there are.",
            )
        return record
