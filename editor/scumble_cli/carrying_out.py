"""Sending a job, watching it, cancelling it at Ctrl-C, and bringing its result home."""

import contextlib

from scumble_cli import waiting
from scumble_cli.connecting import connected
from scumble_cli.errand import Errand
from scumble_cli.outcome import Outcome, finished
from scumble_cli.progress import progress_display
from scumble_cli.speech import print_json, say
from scumble_protocol.aio import new_id
from scumble_protocol.client import Client, Painting
from scumble_protocol.errors import JobCancelledError, RemoteError
from scumble_protocol.jobs import Job


def carry_out(errand: Errand, *, as_json: bool) -> None:
    """Do an errand from sending the job to reporting what was written.

    The daemon keeps the result until the files are written.
    Raises ScumbleError where it fails, KeyboardInterrupt after Ctrl-C has cancelled the job.
    """
    job = Job(id=new_id(), model=errand.model, task=errand.task)
    with connected() as client:
        waiting.keep(_note(job, errand))
        try:
            painting = _watched(client, job, errand)
            painted = painting.result(acknowledge=False)
        except (RemoteError, JobCancelledError):
            waiting.forget(job.id)
            raise
        outcome = finished(job, painted, errand.outputs, errand.document, errand.selection)
        painting.acknowledge()
    waiting.forget(job.id)
    report(outcome, as_json=as_json)


def report(outcome: Outcome, *, as_json: bool) -> None:
    """Tell what was done: notices on standard error, the rest on standard output."""
    for sentence in (*outcome.report.degraded, *outcome.report.notices):
        say(sentence)
    if as_json:
        print_json(outcome)
        return
    for sentence in outcome.sentences:
        print(sentence)


def _watched(client: Client, job: Job, errand: Errand) -> Painting:
    """Send a job and show how it goes, until its end."""
    painting: Painting | None = None
    try:
        with progress_display() as display:
            painting = client.submit(job.task, errand.pictures, model=job.model, job_id=job.id)
            for happening in painting:
                display.show(happening)
    except KeyboardInterrupt:
        _cancel(client, job.id, painting)
        raise
    return painting


def _cancel(client: Client, job_id: str, painting: Painting | None) -> None:
    """Cancel a job in the daemon and wait until it has ended there."""
    say("Cancelling the job. Press Ctrl-C again to leave at once.")
    with contextlib.suppress(RemoteError):  # it never arrived, or failed by itself
        client.cancel(job_id)
    if painting is not None:
        try:
            painting.result(acknowledge=False)
        except (JobCancelledError, RemoteError):
            pass
        else:
            say("It was done already; `scumble jobs results` writes its result.")
            return
    waiting.forget(job_id)
    say("Cancelled. Nothing was written, and your picture is as it was.")


def _note(job: Job, errand: Errand) -> waiting.Note:
    return waiting.Note(
        job=job,
        picture=None if errand.picture is None else str(errand.picture.absolute()),
        outputs=tuple(str(output.absolute()) for output in errand.outputs),
    )
