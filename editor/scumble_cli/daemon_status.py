"""How a daemon's status is shown: JSON for programs, lines and a table for people."""

from typing import Any

from rich.console import Console
from rich.table import Table

from scumble_cli.speech import size_text, time_text
from scumble_protocol.jobs import FINISHED, JobState
from scumble_protocol.messages import Status, WorkerInfo


def status_report(status: Status) -> dict[str, Any]:
    """Return what `scumble daemon status --json` prints; sizes in bytes, times in seconds."""
    return {
        "pid": status.pid,
        "session": status.session,
        "version": status.package,
        "endpoint": status.endpoint,
        "uptime_s": status.uptime_s,
        "workers": status.workers,
        "queue": {
            "queued": status.jobs.get(JobState.QUEUED, 0),
            "loading": status.jobs.get(JobState.LOADING, 0),
            "running": status.jobs.get(JobState.RUNNING, 0),
            "finished": sum(status.jobs.get(state, 0) for state in FINISHED),
        },
        "memory": {
            "front_bytes": status.memory_bytes,
            "workers_bytes": sum(worker.memory_bytes for worker in status.workers),
            "device_bytes": sum(worker.device_memory_bytes for worker in status.workers),
            "spool_bytes": status.spool_bytes,
        },
        "clients": status.clients,
    }


def print_status(status: Status) -> None:
    """Print a daemon's state for a person."""
    queue = status_report(status)["queue"]
    print(
        f"The daemon {status.package} (process {status.pid}) has run for "
        f"{time_text(status.uptime_s)} at {status.endpoint}."
    )
    print(
        f"Jobs: {queue['running'] + queue['loading']} under way, {queue['queued']} waiting, "
        f"{queue['finished']} finished and kept. Clients: {status.clients}."
    )
    print(
        f"Memory: {size_text(status.memory_bytes)} for the front; the spool holds "
        f"{size_text(status.spool_bytes)}."
    )
    Console().print(_workers_table(status.workers))


def _workers_table(workers: tuple[WorkerInfo, ...]) -> Table:
    table = Table("worker", "device", "state", "model", "memory", "on the device")
    for worker in workers:
        table.add_row(
            str(worker.pid),
            worker.device,
            worker.state,
            worker.model or "none yet",
            size_text(worker.memory_bytes),
            size_text(worker.device_memory_bytes) if worker.device_memory_total_bytes else "",
        )
    return table
