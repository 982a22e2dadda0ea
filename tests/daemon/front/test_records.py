import itertools

import pytest

from helpers.records import record
from scumble_daemon.front.records import Ledger, MoveError, digest_of
from scumble_protocol.jobs import ALLOWED_MOVES, Job, JobState, TextToImage


@pytest.mark.parametrize(("before", "after"), list(itertools.product(JobState, JobState)))
def test_a_job_makes_the_moves_of_the_table_and_no_others(
    before: JobState, after: JobState
) -> None:
    job = record()
    job.state = before
    if after in ALLOWED_MOVES[before]:
        job.move(after)
        assert job.state is after
    else:
        with pytest.raises(MoveError):
            job.move(after)
        assert job.state is before


def test_equal_jobs_have_equal_digests_and_others_have_not() -> None:
    one, same, other = (
        Job(id="some-job-id", task=TextToImage(seed=seed, width=8, height=8)) for seed in (1, 1, 2)
    )
    assert digest_of(one) == digest_of(same)
    assert digest_of(one) != digest_of(other)


def test_a_client_belongs_to_whoever_its_jobs_belong_to_even_once_they_are_over() -> None:
    ledger = Ledger()
    job = record(client="a-client")
    ledger.records[job.id] = job
    assert ledger.owner_of("a-client") == "local"
    assert ledger.owner_of("another-client") is None
    ledger.close(job)
    assert ledger.records == {}
    assert ledger.owner_of("a-client") == "local"
