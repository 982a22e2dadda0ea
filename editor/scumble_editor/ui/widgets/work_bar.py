"""Shows what is being worked on: a title, how far it is, and a way to cancel it."""

from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QToolButton, QWidget

from scumble_editor.ui import theme
from scumble_editor.ui.work import Work, Works

_PATIENCE_MS = 250  # shorter work is not worth a flicker


class WorkBar(QWidget):
    """The oldest piece of work that has gone on for a while; hidden where there is none."""

    def __init__(self, works: Works, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._works = works
        self._shown: Work[Any] | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        self.title = QLabel()
        self.bar = QProgressBar()
        self.bar.setFixedWidth(130)
        self.bar.setTextVisible(False)
        self.cancel = QToolButton()
        self.cancel.setToolTip("Cancel; nothing is changed")
        self.cancel.clicked.connect(self._cancel)
        for widget in (self.title, self.bar, self.cancel):
            row.addWidget(widget)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._next)
        self.hide()
        works.started.connect(self._wait)

    def _wait(self, work: Work[Any]) -> None:
        work.ended.connect(self._next)
        if not self._timer.isActive():
            self._timer.start(_PATIENCE_MS)

    def _next(self) -> None:
        running = self._works.running
        if self._shown in running:
            return
        self._shown = next((work for work in running if work.age_ms >= _PATIENCE_MS), None)
        if self._shown is None:
            self.hide()
            if running and not self._timer.isActive():
                self._timer.start(_PATIENCE_MS)
            return
        self.title.setText(f"{self._shown.title}…")
        self.bar.setRange(0, 0)
        self._shown.progressed.connect(self._progress)
        self.cancel.setIcon(theme.icon("close"))
        self.show()

    def _progress(self, fraction: float) -> None:
        self.bar.setRange(0, 1000)
        self.bar.setValue(round(fraction * 1000))

    def _cancel(self) -> None:
        if self._shown is not None:
            self._shown.cancel()
