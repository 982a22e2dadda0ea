"""Jobs from Krita: submitted without waiting, followed, and their results put into the document."""

from dataclasses import dataclass, field
from typing import Any, Optional

import krita

from scumble_host.commands import COMMANDS, Command, command_named
from scumble_host.conversation import hello
from scumble_host.events import (
    Cancelled,
    Done,
    Failed,
    Notice,
    Preview,
    Waiting,
    Welcome,
    event_of,
)
from scumble_host.fields import Value
from scumble_host.jobbook import Entry, JobBook
from scumble_host.pipe import Message
from scumble_host.process import Bridge, BridgeError, ended_sentence
from scumble_host.record import Record
from scumble_host.request import Canvas, RefusedError, check, new_id, submission
from scumble_host.speech import done_text
from scumble_krita import canvas, history, results
from scumble_krita.qt import QtCore, Signal

RETRY_MS = 50  # while Krita is still painting the document
AGAIN_IN = 600  # tries
LOOKING = "Looking for Scumble's daemon…"


@dataclass
class Wish:
    """What the form says: the command chosen last and its values."""

    command: str = "inpaint"
    values: dict[str, dict[str, Value]] = field(default_factory=dict)  # by command

    def of(self, command: Command) -> dict[str, Value]:
        """Return a command's values, its defaults where none were chosen yet."""
        return {**command.defaults(), **self.values.get(command.name, {})}


class Engine(QtCore.QObject):
    """One for all of Krita; docks show it and ask it.

    Signals:
        changed: jobs, models or documents are not what they were.
        said: a sentence for the painter.
        previewed: a PNG of the job that runs; empty when there is none.
    """

    changed = Signal()
    said = Signal(str)
    previewed = Signal(bytes)
    _heard = Signal(object)

    def __init__(self, record: Record, problem: str = "") -> None:
        super().__init__()
        self.record = record
        self.problem = problem
        self.wish = Wish()
        self.book = JobBook()
        self.welcome: Optional[Welcome] = None  # noqa: UP045 - evaluated by Python 3.10 too
        self._bridge: Optional[Bridge] = None  # noqa: UP045
        self._said_last = ""
        self._of_looking = {LOOKING}  # what is no longer true once the daemon is found
        self.said.connect(self._note_said)
        self._fetched: set[str] = set()  # jobs of an earlier run that were asked for
        # heard on the bridge's thread, taken on Krita's
        self._heard.connect(self._take, QtCore.Qt.ConnectionType.QueuedConnection)

    def connect_bridge(self) -> bool:
        """Start the bridge where it does not run; tell whether there is one. Does not wait."""
        if self._bridge is not None and self._bridge.running:
            return True
        if self.problem:
            self.said.emit(self.problem)
            return False
        try:
            self._bridge = Bridge(self.record.command, self._heard.emit)
        except BridgeError as error:
            self.said.emit(str(error))
            return False
        application = krita.Krita.instance()
        self._bridge.send(hello("krita", f"Krita {application.version()}", "bgra8", masks=_masks()))
        self.said.emit(LOOKING)
        return True

    def close(self) -> None:
        """Krita ends: so do the bridge and its unfinished jobs."""
        if self._bridge is not None:
            self._bridge.close(0)
            self._bridge = None

    def paint_as(self, name: str) -> None:
        """Paint with another command, and its last values."""
        self.wish.command = name
        self.changed.emit()
        self.paint_again()

    def paint_again(self) -> None:
        """Paint what the form says into the active document."""
        document = krita.Krita.instance().activeDocument()
        if document is None:
            self.said.emit("There is no picture to paint on; open one first.")
            return
        command = command_named(self.wish.command)
        self._paint(document, command, self.wish.of(command), AGAIN_IN)

    def _paint(self, document: Any, command: Command, values: dict[str, Value], tries: int) -> None:
        try:
            self._check(document, command, values)
            picture = canvas.read(document, command, values)
        except RefusedError as error:
            self.said.emit(str(error))
            return
        if picture is not None:
            if self.connect_bridge():
                self._submit(document, command, values, picture)
        elif tries:
            QtCore.QTimer.singleShot(
                RETRY_MS, lambda: self._paint(document, command, values, tries - 1)
            )
        else:
            self.said.emit("Krita was busy with this picture for too long; nothing was painted.")

    def _check(self, document: Any, command: Command, values: dict[str, Value]) -> None:
        limits = self.welcome.limits if self.welcome else None
        check(
            command,
            canvas.size(document),
            selected=canvas.selected(document),
            values=values,
            limits=limits,
        )

    def _submit(
        self, document: Any, command: Command, values: dict[str, Value], picture: Canvas
    ) -> None:
        assert self._bridge is not None
        entry = Entry(new_id(), command, values, document)
        self.book.add(entry)
        self._bridge.send(*submission(command, values, picture, entry.job))
        self.said.emit("")
        self.changed.emit()

    def cancel(self, job: str = "") -> None:
        """Stop a job, or the one that runs."""
        current = self.book.current
        job = job or (current.job if current else "")
        if job and self._bridge is not None:
            self._bridge.send({"type": "cancel", "request": "cancel", "job": job})

    @property
    def waiting(self) -> tuple[Waiting, ...]:
        """The finished jobs of an earlier run of Krita that the daemon still keeps."""
        jobs = self.welcome.jobs if self.welcome else ()
        return tuple(
            job
            for job in jobs
            if job.state == "done" and _known(job) and job.job not in self._fetched
        )

    def fetch_waiting(self) -> None:
        """Put the results of an earlier run into the active document."""
        document = krita.Krita.instance().activeDocument()
        if document is None or self._bridge is None:
            self.said.emit("There is no picture to put the results into; open theirs first.")
            return
        for job in self.waiting:
            command = next(c for c in COMMANDS if c.task == job.task)
            self._fetched.add(job.job)
            self.book.add(Entry(job.job, command, {"prompt": job.prompt}, document))
            self._bridge.send({"type": "collect", "request": job.job, "job": job.job})
        self.changed.emit()

    def reorder(self, job: str, position: int) -> None:
        """Put a waiting job elsewhere; 0 is next."""
        if self._bridge is not None:
            header = {"type": "reorder", "request": "reorder", "job": job, "position": position}
            self._bridge.send(header)

    def _take(self, message: Optional[Message]) -> None:  # noqa: UP045
        """Do what the bridge says; on Krita's thread."""
        if message is None:
            self._ended()
            return
        event = event_of(message)
        if event is None:
            return
        entry = self.book.take(event)
        if isinstance(event, Welcome):
            self.welcome = event
            if self._said_last in self._of_looking:  # a refusal is still to be read
                self.said.emit("")
        elif isinstance(event, Notice | Failed):
            if self.welcome is None:
                self._of_looking.add(event.sentence)
            self.said.emit(event.sentence)
        elif isinstance(event, Cancelled):
            self.said.emit("Cancelled. Your picture was not changed.")
        elif isinstance(event, Preview):
            self.previewed.emit(bytes(event.png))
        elif isinstance(event, Done) and entry is not None:
            self._finish(entry, event)
        if not self.book.entries:
            self.previewed.emit(b"")
        self.changed.emit()

    def _finish(self, entry: Entry, done: Done) -> None:
        assert self._bridge is not None
        if entry.document not in krita.Krita.instance().documents():
            self.said.emit("The picture was closed before its result came; it waits in the daemon.")
            return
        try:
            layers = results.add(entry.document, entry.command, dict(entry.values), done)
        except RefusedError as error:
            self.said.emit(str(error))
            return
        self._remember(entry, done, layers)
        self._bridge.send({"type": "acknowledge", "request": "acknowledge", "job": done.job})
        self.said.emit(done_text(entry.command, entry.values, done))

    def _remember(self, entry: Entry, done: Done, layers: list[Any]) -> None:
        painted = [
            history.Entry(
                layer=layer.uniqueId().toString(),
                command=entry.command.name,
                prompt=entry.prompt,
                seed=given.seed,
                recipe=given.recipe,  # empty for a job of an earlier run
                thumbnail=history.thumbnail(bytes(given.thumbnail)),
            )
            for layer, given in zip(layers, done.layers)  # noqa: B905 - none for a selection
        ]
        if painted:
            history.add(entry.document, painted)

    def _note_said(self, sentence: str) -> None:
        self._said_last = sentence

    def _ended(self) -> None:
        bridge, self._bridge = self._bridge, None
        self.welcome = None
        if bridge is not None and self.book.fail_all():
            self.said.emit(ended_sentence(bridge))
        self.changed.emit()


def _known(job: Waiting) -> bool:
    return any(command.task == job.task for command in COMMANDS)


def _masks() -> bool:
    return hasattr(krita.Document, "createTransparencyMask")
