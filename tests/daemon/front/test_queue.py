from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from helpers.records import record
from scumble_daemon.front.queue import FairQueue


def filled(*clients: str) -> FairQueue:
    """Return a queue with a job of each client named, in that order."""
    queue = FairQueue()
    for number, client in enumerate(clients):
        queue.add(record(f"job-number-{number}", client, place=number))
    return queue


def drained(queue: FairQueue) -> list[str]:
    """Return the ids of all jobs as they are taken."""
    ids = []
    while (taken := queue.take()) is not None:
        ids.append(taken.id)
    return ids


@given(st.lists(st.sampled_from("abcd"), max_size=24))
def test_the_order_foretold_is_the_order_taken(clients: list[str]) -> None:
    queue = filled(*clients)
    foretold = [waiting.id for waiting in queue.in_order()]
    assert drained(queue) == foretold
    assert len(foretold) == len(clients)


@given(st.lists(st.sampled_from("abcd"), max_size=24))
def test_nobody_is_served_twice_before_all_who_wait_were_served_once(clients: list[str]) -> None:
    queue = filled(*clients)
    served: Counter[str] = Counter()
    waiting = Counter(clients)
    while (taken := queue.take()) is not None:
        served[taken.client] += 1
        waiting[taken.client] -= 1
        least = min((served[client] for client in waiting if waiting[client]), default=99)
        assert served[taken.client] <= least + 1


def test_a_client_keeps_the_order_of_its_own_jobs() -> None:
    assert drained(filled("a", "a", "b", "a")) == [
        "job-number-0",
        "job-number-2",
        "job-number-1",
        "job-number-3",
    ]


def test_a_job_moves_among_its_clients_own_alone() -> None:
    queue = filled("a", "b", "a", "b", "a")
    last = queue.in_order()[-1]
    moved = queue.reorder(last, 0)
    assert [waiting.id for waiting in moved] == ["job-number-4", "job-number-0", "job-number-2"]
    assert [waiting.place for waiting in moved] == sorted(waiting.place for waiting in moved)
    assert drained(queue) == [
        "job-number-4",
        "job-number-1",
        "job-number-0",
        "job-number-3",
        "job-number-2",
    ]


def test_a_position_beyond_the_end_is_the_end() -> None:
    queue = filled("a", "a", "a")
    queue.reorder(queue.in_order()[0], 99)
    assert drained(queue) == ["job-number-1", "job-number-2", "job-number-0"]


def test_an_interrupted_job_is_next() -> None:
    queue = filled("a", "b", "a")
    interrupted = queue.take()
    assert interrupted is not None
    queue.add_again(interrupted)
    assert queue.in_order()[0] is interrupted


def test_a_job_that_was_removed_is_not_taken() -> None:
    queue = filled("a", "b")
    gone = queue.in_order()[0]
    queue.remove(gone)
    queue.remove(gone)
    assert drained(queue) == ["job-number-1"]
    assert queue.count("a") == 0
