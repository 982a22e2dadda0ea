"""The fair queue: clients take turns, and each decides the order of its own jobs."""

from collections import OrderedDict

from scumble_daemon.front.records import Record


class FairQueue:
    """Jobs that wait for a worker, served round robin between clients."""

    def __init__(self) -> None:
        self._turns: OrderedDict[str, list[Record]] = OrderedDict()

    def __len__(self) -> int:
        return sum(len(own) for own in self._turns.values())

    def count(self, client: str) -> int:
        """Return how many jobs of a client wait."""
        return len(self._turns.get(client, ()))

    def add(self, record: Record) -> None:
        """Put a job into its client's line, by its place there."""
        own = self._turns.setdefault(record.client, [])
        own.append(record)
        own.sort(key=lambda queued: queued.place)

    def add_again(self, record: Record) -> None:
        """Put a job that was interrupted back where it came from: first of all."""
        own = self._turns.setdefault(record.client, [])
        record.place = min((queued.place for queued in own), default=record.place) - 1
        own.insert(0, record)
        self._turns.move_to_end(record.client, last=False)

    def take(self) -> Record | None:
        """Return the next job and give the turn to the next client; None where nothing waits."""
        if not self._turns:
            return None
        client, own = self._turns.popitem(last=False)
        record = own.pop(0)
        if own:
            self._turns[client] = own
        return record

    def remove(self, record: Record) -> None:
        """Take a job out; one that does not wait is ignored."""
        own = self._turns.get(record.client, [])
        if record in own:
            own.remove(record)
        if not own:
            self._turns.pop(record.client, None)

    def reorder(self, record: Record, position: int) -> list[Record]:
        """Move a job to a position among its client's own (0 is next, beyond the end is last).

        Returns the client's jobs in their new order, their places numbered anew.
        """
        own = self._turns[record.client]
        own.remove(record)
        own.insert(position, record)
        first = min(queued.place for queued in own)
        for number, queued in enumerate(own):
            queued.place = first + number
        return own

    def in_order(self) -> list[Record]:
        """Return all jobs in the order in which they will be taken."""
        rounds = max((len(own) for own in self._turns.values()), default=0)
        return [own[n] for n in range(rounds) for own in self._turns.values() if n < len(own)]
