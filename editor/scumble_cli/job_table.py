"""Jobs as a table for people, and finding one of them by the beginning of its id."""

from collections.abc import Sequence
from datetime import datetime

from rich.console import Console
from rich.table import Table

from scumble_cli.failures import BadUseError
from scumble_cli.speech import say
from scumble_protocol.messages import JobStatus


def print_jobs(jobs: Sequence[JobStatus]) -> None:
    """Print a table of jobs, or a sentence where there are none."""
    if not jobs:
        say("There are no jobs.")
        return
    table = Table("id", "task", "state", "sent at", "model", "prompt")
    for job in jobs:
        state = job.state.value if job.position is None else f"{job.state} ({job.position + 1}.)"
        sent = datetime.fromtimestamp(job.submitted_at).astimezone()
        table.add_row(job.job, job.task, state, f"{sent:%H:%M:%S}", job.model, job.prompt)
    Console().print(table)


def whole_id(begin: str, jobs: Sequence[JobStatus]) -> str:
    """Return the id of the one job whose id begins so. Raises BadUseError for none or several."""
    ids = [job.job for job in jobs if job.job.startswith(begin)]
    if begin in ids:
        return begin
    if len(ids) == 1:
        return ids[0]
    what = "No job" if not ids else f"More than one job ({', '.join(ids)})"
    raise BadUseError(
        f"{what} has an id that begins with “{begin}”. Nothing was cancelled; `scumble jobs list` "
        "shows them all."
    )
