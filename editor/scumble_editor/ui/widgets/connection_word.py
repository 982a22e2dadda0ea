"""How painting is, in a few words in the status bar: connecting, loading, painting, or why not."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QToolButton, QWidget

from scumble_editor.client.connection import LinkState
from scumble_editor.client.jobs import PaintJob
from scumble_editor.generation import words
from scumble_editor.ui import theme
from scumble_editor.ui.generate.generation import Generation
from scumble_protocol.jobs import JobState

_LONGEST = 60


class ConnectionWord(QToolButton):
    """A few words; nothing while no daemon was needed. A click asks for the settings.

    Signals:
        wanted: it was clicked.
    """

    wanted = Signal()

    def __init__(self, generation: Generation, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._generation = generation
        self.setAutoRaise(True)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.setAccessibleName("Painting")
        self.clicked.connect(self.wanted)
        generation.link.changed.connect(self.refresh)
        jobs = generation.jobs
        for signal in (jobs.added, jobs.changed, jobs.removed):
            signal.connect(self.refresh)
        self.refresh()

    def refresh(self, _: object = None) -> None:
        """Say how it is now."""
        said, whole = self._said()
        self.setVisible(bool(said))
        self.setText(said if len(said) <= _LONGEST else said[: _LONGEST - 1].rstrip() + "…")
        self.setToolTip(f"{whole}\nClick for where painting is done")
        bad = self._generation.link.status.state in (LinkState.OFFLINE, LinkState.LOST)
        self.setStyleSheet(f"color: {theme.current().danger}" if bad else "")

    def _said(self) -> tuple[str, str]:
        status = self._generation.link.status
        match status.state:
            case LinkState.ASLEEP:
                return "", status.sentence
            case LinkState.CONNECTING:
                return status.sentence, status.sentence
            case LinkState.OFFLINE | LinkState.LOST:
                return f"Not connected: {status.sentence}", status.sentence
        job = self._generation.running()
        return (of_job(job) if job is not None else "Ready to paint"), status.sentence


def of_job(job: PaintJob) -> str:
    """Return what becomes of a job, such as “Loading miniature” or “Painting, step 7 of 20”."""
    if job.state is JobState.LOADING:
        return f"Loading {job.job.model}"
    if job.running and job.progress is not None:
        return words.of_progress(job.progress)
    return words.of_state(job.state, job.position)
