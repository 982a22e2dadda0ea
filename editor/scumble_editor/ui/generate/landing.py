"""Results put into their documents as one step each, without disturbing what is in the hand."""

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication

from scumble_editor.client.jobs import Jobs, PaintJob
from scumble_editor.document.document import Document
from scumble_editor.document.layer import AnyNode
from scumble_editor.generation.results import Finished, elsewhere, name_of, painting_of, with_result
from scumble_editor.history.gallery import BUDGET_BYTES
from scumble_editor.ui.open_document import OpenDocument
from scumble_editor.ui.session import EditorSession
from scumble_editor.ui.work import Works
from scumble_protocol.tasks import DiffEditSelect, Upscale

_PATIENCE_MS = 40
_LABELS: dict[type, str] = {DiffEditSelect: "Select by words", Upscale: "Enlarge"}


class Landing(QObject):
    """Takes results in as they arrive.

    A result waits while a stroke or a transform is in hand, while work goes on aside or a dialog
    is open. The daemon is told to forget it once the step is on disk in the document's journal.

    Signals:
        landed: the Finished and the OpenDocument that it is in now, None where that is closed.
    """

    landed = Signal(object, object)

    def __init__(
        self, session: EditorSession, works: Works, jobs: Jobs, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._works = works
        self._jobs = jobs
        self._waiting: list[tuple[PaintJob, OpenDocument]] = []
        self._takers: dict[str, Callable[[Finished], None]] = {}
        self._taken: set[str] = set()  # jobs that have a document to go to
        self._unwritten: list[tuple[PaintJob, OpenDocument, int]] = []
        self._timer = QTimer(self)
        self._timer.setInterval(_PATIENCE_MS)
        self._timer.timeout.connect(self._tend)
        jobs.arrived.connect(self._arrived)
        session.opened.connect(self._opened)

    def put(self, job: PaintJob, opened: OpenDocument) -> None:
        """Put a result into a document of the painter's choice as soon as that disturbs nothing."""
        self._taken.add(job.id)
        self._waiting.append((job, opened))
        self._tend()
        self._timer.start()

    def give(self, job: PaintJob, take: Callable[[Finished], None]) -> None:
        """Have a result given to a function, once it is there, and put into no document."""
        self._takers[job.id] = take

    def _arrived(self, job: PaintJob) -> None:
        take = self._takers.pop(job.id, None)
        if take is not None:
            self._jobs.placed(job)
            take(finished(job))
            return
        opened = self._home_of(job)
        if opened is not None:
            self.put(job, opened)
            return
        job.sentence = f"“{job.home.name}” is closed; open it, or add this to another picture."
        self._jobs.changed.emit(job)
        self._session.messages.info(
            f"“{name_of(job.job)}” is painted, but “{job.home.name}” is closed. The result is kept "
            "in the list of jobs: open the picture again, or add it to the one in front."
        )
        self.landed.emit(finished(job), None)

    def _opened(self, opened: OpenDocument) -> None:
        """Give a document that was opened again what was painted for it meanwhile."""
        for job in self._jobs.all:
            if job.waiting and job.id not in self._taken and _belongs(job, opened):
                self.put(job, opened)

    def _home_of(self, job: PaintJob) -> OpenDocument | None:
        documents = self._session.documents
        for opened in documents:
            if opened.id == job.home.document:
                return opened
        return next((opened for opened in documents if _belongs(job, opened)), None)

    def _tend(self) -> None:
        for job, opened in list(self._waiting):
            if opened not in self._session.documents:
                self._waiting.remove((job, opened))
                self._taken.discard(job.id)
                self._arrived(job)
            elif not self._hindered(opened):
                self._waiting.remove((job, opened))
                self._land(job, opened)
        for entry in list(self._unwritten):
            job, opened, step = entry
            journal = None
            if opened in self._session.documents:
                journal = opened.history.journal
            if journal is None or journal.written(step):
                self._unwritten.remove(entry)
                self._jobs.placed(job)
        if not self._waiting and not self._unwritten:
            self._timer.stop()

    def _hindered(self, opened: OpenDocument) -> bool:
        in_front = opened is self._session.current
        return bool(
            (in_front and self._session.tool.busy)
            or self._works.running
            or QApplication.activeModalWidget() is not None
        )

    def _land(self, job: PaintJob, opened: OpenDocument) -> None:
        """Make the edit aside, and record it if nothing else came between; else once more."""
        result = finished(job)
        before = opened.document

        def done(after: Document) -> None:
            free = opened in self._session.documents and not self._hindered(opened)
            if free and opened.document is before:
                self._commit(job, result, opened, after)
            else:
                self.put(job, opened)

        self._works.start("Putting the result in", lambda _: with_result(before, result), done)

    def _commit(
        self, job: PaintJob, result: Finished, opened: OpenDocument, after: Document
    ) -> None:
        told = elsewhere(result, opened.document)
        self._record(result, opened, after, _LABELS.get(type(job.job.task), "Paint"))
        self._unwritten.append((job, opened, opened.history.current.id))
        self._timer.start()
        for notice in (*result.painted.report.degraded, *result.painted.report.notices):
            self._session.messages.info(notice)
        if told:
            self._session.messages.info(told)
        self.landed.emit(result, opened)

    def put_in(self, result: Finished, opened: OpenDocument, label: str) -> None:
        """Put a result into a document as one step, and keep it whatever becomes of that.

        Raises DocumentError where it cannot be; nothing is changed then.
        """
        self._record(result, opened, with_result(opened.document, result), label)

    def _record(self, result: Finished, opened: OpenDocument, after: Document, label: str) -> None:
        opened.seal()
        opened.commit(after, label)
        painting = painting_of(result, opened.document, time.time())
        if painting is not None and opened.keep(painting):
            self._session.messages.info(
                f"Painted keeps {BUDGET_BYTES >> 20} MB with a picture: its oldest results were "
                "let go. Layers of them in the picture stay."
            )


def finished(job: PaintJob) -> Finished:
    """Return a painted job with all that was asked and all that came."""
    assert job.painted is not None
    return Finished(
        job=job.job,
        settings=job.settings,
        painted=job.painted,
        above=job.home.above,
        pictures=job.pictures,
        instead_of=job.home.instead_of,
        behind=job.home.behind,
        how=job.home.how,
    )


def _belongs(job: PaintJob, opened: OpenDocument) -> bool:
    """Tell whether a document is the one a job was asked for: its file, or one of its layers."""
    if opened.path is not None and job.home.path == str(opened.path.absolute()):
        return True
    nodes: list[AnyNode] = list(opened.document.walk())
    return job.home.above is not None and any(node.id == job.home.above for node in nodes)
