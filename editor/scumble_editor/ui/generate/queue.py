"""The list of jobs: those that wait, in their order, and those whose end needs the painter."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from scumble_editor.client.jobs import PaintJob
from scumble_editor.generation import words
from scumble_editor.generation.results import name_of
from scumble_editor.ui import theme
from scumble_editor.ui.generate.fields import ElidedLabel, faint
from scumble_editor.ui.generate.generation import Generation
from scumble_editor.ui.session import EditorSession
from scumble_protocol.jobs import JobState

MOST_ROWS = 6


class Queue(QWidget):
    """One row for each job that is not simply done; hidden where there is none."""

    def __init__(
        self, generation: Generation, session: EditorSession, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._generation = generation
        self._session = session
        self.rows: dict[str, QWidget] = {}
        self.rest = faint("")
        self._shown: list[tuple[str, str, str]] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(3)
        jobs = generation.jobs
        for signal in (jobs.added, jobs.changed, jobs.removed):
            signal.connect(self.refresh)
        session.current_changed.connect(self.refresh)
        self.refresh()

    def refresh(self, _: object = None) -> None:
        """Show the jobs as they are now."""
        running = self._generation.running()
        jobs = [job for job in self._generation.jobs.all if job is not running and _matters(job)]
        jobs.sort(key=lambda job: (not job.active, job.position or 0))
        facts = [(job.id, str(job.state), _line(job)) for job in jobs]
        if facts == self._shown:
            return
        self._shown = facts
        for row in self.rows.values():
            self._column.removeWidget(row)
            row.deleteLater()
        self.rows = {}
        for job in jobs[:MOST_ROWS]:
            self.rows[job.id] = self._row(job)
            self._column.addWidget(self.rows[job.id])
        more = len(jobs) - MOST_ROWS
        self.rest.setText(f"and {more} more")
        self.rest.setVisible(more > 0)
        self._column.addWidget(self.rest)
        self.setVisible(bool(jobs))

    def dress(self) -> None:
        """Take the icons of the theme."""
        self._shown = []
        self.refresh()

    def _row(self, job: PaintJob) -> QWidget:
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(1)
        title = ElidedLabel(_line(job))
        title.setToolTip(f"{name_of(job.job)}\n{job.sentence or words.of_state(job.state)}")
        layout.addWidget(title, 1)
        jobs = self._generation.jobs
        buttons: list[tuple[str, str, Callable[[], object]]] = []
        if job.state is JobState.QUEUED:
            sooner = max((job.position or 0) - 1, 0)
            buttons.append(("up", "Paint this sooner", partial(jobs.move, job, sooner)))
        if job.active:
            buttons.append(("close", "Cancel this job", partial(jobs.cancel, job)))
        elif job.waiting:
            buttons.append(("add", "Add it to the picture in front", partial(self._place, job)))
            buttons.append(("delete", "Let this result go", partial(jobs.drop, job)))
        else:
            if job.pictures is not None:
                buttons.append(("again", "Try it once more", partial(jobs.retry, job)))
            buttons.append(("close", "Take this off the list", partial(jobs.drop, job)))
        for icon, tip, run in buttons:
            button = QToolButton()
            button.setIcon(theme.icon(icon))
            button.setIconSize(QSize(14, 14))
            button.setToolTip(tip)
            button.setAccessibleName(tip)
            button.clicked.connect(partial(_run, run))
            layout.addWidget(button)
        return row

    def _place(self, job: PaintJob) -> None:
        opened = self._session.current
        if opened is None:
            self._session.messages.info("Open a picture first; the result goes into it.")
        else:
            self._generation.landing.put(job, opened)


def _run(run: Callable[[], object], *_: object) -> None:
    run()


def _matters(job: PaintJob) -> bool:
    return job.active or job.waiting or job.state is JobState.FAILED


def _line(job: PaintJob) -> str:
    state = words.of_state(job.state, job.position)
    if job.waiting:
        state = "Kept"
    return f"{state}: {name_of(job.job)}"
