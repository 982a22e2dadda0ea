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
        for job in _jobs(stage, host):
            if job.state is JobState.RUNNING:
                return job.job
        time.sleep(LOOK_EVERY_S)
    raise AssertionError("no job began")


def ended(stage: Stage, host: str, job_id: str) -> JobState:
    """Wait until a job has ended and return how."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        state = next((job.state for job in _jobs(stage, host) if job.job == job_id), None)
        if state is not None and state.finished:
            return state
        time.sleep(LOOK_EVERY_S)
    raise AssertionError("the job did not end")


def _jobs(stage: Stage, host: str) -> tuple[JobStatus, ...]:
    try:
        with stage.client(host) as client:
            return client.jobs()
    except (ScumbleError, AssertionError, FileNotFoundError):
        return ()
