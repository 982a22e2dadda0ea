"""Collecting results that wait in the daemon after the command that asked for them has gone."""

from pathlib import Path

from scumble_cli import waiting
from scumble_cli.failures import BadUseError
from scumble_cli.outcome import Outcome, finished
from scumble_cli.outputs import free_name
from scumble_cli.pictures import open_document
from scumble_cli.speech import print_json, say
from scumble_editor.document.document import Document
from scumble_protocol.client import Client
from scumble_protocol.errors import JobCancelledError, RemoteError
from scumble_protocol.messages import JobStatus


def collect(client: Client, *, as_json: bool, force: bool) -> None:
    """Write every waiting result to its files and report; say how the other ended jobs ended.

    Raises ScumbleError where a file cannot be written; what was not written waits on.
    """
    jobs = client.jobs()
    outcomes = []
    for job in jobs:
        outcome = _collected(client, job, force=force) if job.state.finished else None
        if outcome is not None:
            outcomes.append(outcome)
            if not as_json:
                print(outcome.sentences[0])
    unfinished = sum(not job.state.finished for job in jobs)
    if unfinished:
        say(f"{unfinished} more {'is' if unfinished == 1 else 'are'} not done yet.")
    if as_json:
        print_json(outcomes)
    elif not outcomes:
        say("No results are waiting.")


def _collected(client: Client, job: JobStatus, *, force: bool) -> Outcome | None:
    """Write one job's result and let the daemon forget it; None where it has none."""
    note = waiting.find(job.job)
    painting = client.painting(job.job)
    try:
        painted = painting.result(acknowledge=False)
    except (RemoteError, JobCancelledError) as error:
        say(f"Job {job.job} gave nothing. {error}")
        waiting.forget(job.job)
        return None
    if note is None:
        say(f"Nothing is known here of job {job.job} (“{job.prompt}”), so it was left to wait.")
        return None
    document = _document(note)
    outcome = finished(note.job, painted, _outputs(note, force=force), document, None)
    painting.acknowledge()
    waiting.forget(job.job)
    return outcome


def _document(note: waiting.Note) -> Document | None:
    """Return what was painted on, None where it is gone: the layers are then kept by themselves."""
    if note.picture is None:
        return None
    try:
        return open_document(Path(note.picture))
    except BadUseError as error:
        say(f"{error} The new layers are written without it.")
        return None


def _outputs(note: waiting.Note, *, force: bool) -> tuple[Path, ...]:
    wanted = (Path(output) for output in note.outputs)
    return tuple(output if force else free_name(output) for output in wanted)
