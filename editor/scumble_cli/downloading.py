"""The commands about the Hub: a model fetched with a bar, and the list of those worth having."""

import contextlib
import sys

import msgspec
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.table import Table

from scumble_cli.connecting import connected_to_running, elsewhere
from scumble_cli.daemon_process import output_of, spoken_by
from scumble_cli.speech import say, size_text
from scumble_protocol.errors import ErrorCode, RemoteError
from scumble_protocol.messages import DownloadState, DownloadStatus, Recommendation

LINE_EVERY = 0.1
"""Of the whole, where lines are said rather than a bar drawn."""


def fetch(source: str, name: str | None) -> DownloadStatus:
    """Fetch a model of the Hub into the catalogue, showing how far it is; return its end.

    Raises RemoteError where it cannot be; what has come is kept then, as it is at Ctrl-C.
    """
    arguments = ["models", "download", *(("--name", name) if name else ()), "--", source]
    shown = _Bar() if sys.stderr.isatty() else _Lines()
    last = DownloadStatus(source=source, state=DownloadState.ASKING)
    with spoken_by(arguments) as process:
        assert process.stdout is not None
        try:
            with shown:
                for line in process.stdout:
                    last = msgspec.json.decode(line, type=DownloadStatus)
                    shown.show(last)
        except KeyboardInterrupt:
            say("The download was stopped. What has come is kept; the same command goes on there.")
            raise
    if last.state is not DownloadState.DONE:
        sentence = last.sentence or "The download ended without a word. What has come is kept."
        raise RemoteError(last.code or ErrorCode.INTERNAL, sentence)
    return last


def recommended() -> tuple[Recommendation, ...]:
    """Return the models of the Hub that are worth having, and which are here."""
    if elsewhere() is not None:
        with connected_to_running() as client:
            return client.recommended()
    listed = output_of(["models", "recommended"])
    return msgspec.json.decode(listed, type=tuple[Recommendation, ...])


def print_recommended(models: tuple[Recommendation, ...]) -> None:
    """Print the list as a table."""
    table = Table("", "model", "size", "licence", "good for", box=None, pad_edge=False)
    for model in models:
        table.add_row(
            "✓" if model.installed else "",
            f"{model.title}\n  {model.source}\n",
            f"~{size_text(model.size_bytes)}" if model.size_bytes else "",
            f"{model.licence}{' (gated)' if model.gated else ''}",
            model.good_for,
        )
    Console().print(table)
    say("Fetch one with `scumble models download OWNER/NAME`. ✓ is here. Gated: its owner's")
    say("conditions must be accepted on the Hub first.")


class _Bar:
    """A bar with size, speed and time left."""

    def __init__(self) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(),
            TransferSpeedColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._progress.add_task("Asking the Hub", total=None)
        self._noted = ""

    def __enter__(self) -> None:
        self._progress.start()

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def show(self, status: DownloadStatus) -> None:
        """Show how far it is."""
        if status.sentence != self._noted and status.state is not DownloadState.FAILED:
            self._progress.console.print(status.sentence)
            self._noted = status.sentence
        if status.total_bytes:
            self._progress.update(
                self._task,
                description=status.file or "Reading it",
                total=status.total_bytes,
                completed=status.done_bytes,
            )


class _Lines(contextlib.nullcontext[None]):
    """A line now and then, for logs."""

    def __init__(self) -> None:
        super().__init__()
        self._next = 0.0
        self._noted = ""

    def show(self, status: DownloadStatus) -> None:
        """Say how far it is, where that is worth a line."""
        if status.sentence != self._noted and status.state is not DownloadState.FAILED:
            say(status.sentence)
            self._noted = status.sentence
        part = status.done_bytes / status.total_bytes if status.total_bytes else 0.0
        if part >= self._next and status.total_bytes and not status.state.finished:
            here, whole = size_text(status.done_bytes), size_text(status.total_bytes)
            say(f"{here} of {whole}, {status.file}")
            self._next = part + LINE_EVERY
