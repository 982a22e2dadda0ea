"""Waiting for what a daemon does with a host's jobs."""

import time

from hosts.stage import Stage
from scumble_protocol.errors import ScumbleError
from scumble_protocol.jobs import JobState
from scumble_protocol.messages import JobStatus

PATIENCE_S = 120
LOOK_EVERY_S = 0.1


def running_job(stage: Stage, host: str) -> str:
    """Wait until a job of a host runs and return its id."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        for job in _jobs(stage, host) or ():
            if job.state is JobState.RUNNING:
                return job.job
        time.sleep(LOOK_EVERY_S)
    raise AssertionError("no job began")


def was_cancelled(stage: Stage, host: str, job_id: str) -> bool:
    """Wait until a running job has ended and tell whether it was cancelled.

    A bridge that still hears of that lets the daemon forget the job, so it may also be gone.
    """
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        jobs = _jobs(stage, host)
        if jobs is not None:
            state = next((job.state for job in jobs if job.job == job_id), JobState.CANCELLED)
            if state.finished:
                return state is JobState.CANCELLED
        time.sleep(LOOK_EVERY_S)
    raise AssertionError("the job did not end")


def _jobs(stage: Stage, host: str) -> tuple[JobStatus, ...] | None:
    """Return a host's jobs, or None where the daemon cannot be asked now."""
    try:
        with stage.client(host) as client:
            return client.jobs()
    except (ScumbleError, AssertionError, FileNotFoundError):
        return None
