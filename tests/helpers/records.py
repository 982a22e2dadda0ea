"""Jobs to fill queues and spools with."""

from scumble_daemon.front.records import Record, digest_of
from scumble_protocol.jobs import Job, TextToImage


def record(job_id: str = "some-job-id", client: str = "a-client", place: float = 1.0) -> Record:
    """Return a queued job without pictures."""
    job = Job(id=job_id, task=TextToImage(prompt="a boat", seed=1, width=64, height=32))
    return Record(
        job=job,
        client=client,
        owner="local",
        digest=digest_of(job),
        submitted_at=1.0,
        place=place,
    )
