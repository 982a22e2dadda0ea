"""What is being painted now: a bar, words, the time left, and a way to stop it."""

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QToolButton, QVBoxLayout, QWidget

from scumble_editor.client.connection import LinkState
from scumble_editor.generation import words
from scumble_editor.ui import theme
from scumble_editor.ui.generate.fields import faint
from scumble_editor.ui.generate.generation import Generation

_FULL = 1000


class Running(QWidget):
    """Shows the job that `Generation.running` names; hidden where there is none."""

    def __init__(self, generation: Generation, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._generation = generation
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, _FULL)
        self.bar.setAccessibleName("Progress of painting")
        self.stop = QToolButton()
        self.stop.setIconSize(QSize(16, 16))
        self.stop.setToolTip("Stop this (Esc); nothing is changed")
        self.stop.clicked.connect(generation.cancel)
        self.take = QToolButton()
        self.take.setIconSize(QSize(16, 16))
        self.take.setToolTip("Take it now: what is painted until this step becomes the layer")
        self.take.setAccessibleName("Take it now")
        self.says = faint("")
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.bar, 1)
        row.addWidget(self.take)
        row.addWidget(self.stop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(row)
        column.addWidget(self.says)
        jobs = generation.jobs
        for signal in (jobs.added, jobs.changed, jobs.removed):
            signal.connect(self.refresh)
        self.dress()
        self.refresh()

    def dress(self) -> None:
        """Take the icons of the theme."""
        self.stop.setIcon(theme.icon("stop"))
        self.take.setIcon(theme.icon("take"))

    def refresh(self, _: object = None) -> None:
        """Show the job as it is now."""
        job = self._generation.running()
        self.setVisible(job is not None)
        if job is None:
            return
        self.take.setEnabled(job.running)
        progress = job.progress
        fraction = None if progress is None else progress.fraction
        if fraction is None and job.running:
            self.bar.setRange(0, 0)
        else:
            self.bar.setRange(0, _FULL)
            self.bar.setValue(round((fraction or 0) * _FULL))
        if progress is not None and job.running:
            said = words.of_progress(progress)
        else:
            said = words.of_state(job.state, job.position)
        self.says.setText(job.sentence or said)


class LinkLine(QWidget):
    """How the connection is, in a dot and a few words; says more where something is wrong."""

    def __init__(self, generation: Generation, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._generation = generation
        self.dot = QLabel("●")
        self.says = faint("")
        self.retry = QToolButton()
        self.retry.setText("Try again")
        self.retry.setToolTip("Look for the painting daemon once more")
        self.retry.clicked.connect(generation.link.wake)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.dot)
        row.addWidget(self.says, 1)
        row.addWidget(self.retry)
        generation.link.changed.connect(self.refresh)
        self.refresh()

    def refresh(self, _: object = None) -> None:
        """Show the connection as it is now."""
        look = theme.current()
        status = self._generation.link.status
        colours = {
            LinkState.CONNECTED: look.good,
            LinkState.OFFLINE: look.danger,
            LinkState.LOST: look.danger,
        }
        self.dot.setStyleSheet(f"color: {colours.get(status.state, look.faint)}")
        self.says.setText(status.sentence)
        self.retry.setVisible(status.state is LinkState.OFFLINE)
