"""Models of the Hub that are worth having: what each is good for, and a button that fetches it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from scumble_editor.client.catalogue import Catalogue
from scumble_protocol.errors import ScumbleError
from scumble_protocol.messages import DownloadState, DownloadStatus, Recommendation

_FULL = 1000


class WorthHaving(QWidget):
    """One row a model; rows follow their downloads."""

    def __init__(self, catalogue: Catalogue, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._catalogue = catalogue
        self.rows: dict[str, ModelRow] = {}
        self.note = QLabel("Asking the daemon…")
        self.note.setProperty("faint", True)
        self.note.setWordWrap(True)
        self._column = QVBoxLayout()
        self._column.setSpacing(10)
        page = QWidget()
        inside = QVBoxLayout(page)
        inside.addLayout(self._column)
        inside.addStretch()
        scrolled = QScrollArea()
        scrolled.setWidgetResizable(True)
        scrolled.setFrameShape(QFrame.Shape.NoFrame)
        scrolled.setWidget(page)
        column = QVBoxLayout(self)
        column.addWidget(scrolled, 1)
        column.addWidget(self.note)
        catalogue.recommended_changed.connect(self.refresh)
        catalogue.download_changed.connect(self._follow)
        catalogue.failed.connect(self._say)
        catalogue.refresh()
        self.refresh()

    def refresh(self) -> None:
        """Show the list as it is now."""
        for row in self.rows.values():
            row.deleteLater()
        self.rows = {}
        for model in self._catalogue.recommended:
            row = self.rows[model.source] = ModelRow(model, self._catalogue)
            self._column.addWidget(row)
            status = self._catalogue.downloads.get(model.source)
            if status is not None:
                row.follow(status)
        if self.rows:
            self.note.setText(
                "They come from the Hub, once. What has come is kept where a download is stopped."
            )

    def _follow(self, status: DownloadStatus) -> None:
        row = self.rows.get(status.source)
        if row is not None:
            row.follow(status)

    def _say(self, error: ScumbleError) -> None:
        self.note.setText(str(error))


class ModelRow(QWidget):
    """A model: title, what it is good for, size and licence, and its download."""

    def __init__(
        self, model: Recommendation, catalogue: Catalogue, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._model = model
        title = QLabel(model.title)
        title.setStyleSheet("font-weight: 600")
        about = QLabel(model.good_for)
        about.setWordWrap(True)
        self.facts = QLabel(_facts(model))
        self.facts.setProperty("faint", True)
        self.facts.setWordWrap(True)
        self.facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, _FULL)
        self.bar.hide()
        self.fetch = QPushButton()
        self.fetch.setAutoDefault(False)
        self.stop = QPushButton("Stop")
        self.stop.setAutoDefault(False)
        self.stop.setToolTip("Stop this download; what has come is kept")
        self.stop.hide()
        text = QVBoxLayout()
        text.setSpacing(2)
        for widget in (title, about, self.facts, self.bar):
            text.addWidget(widget)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addLayout(text, 1)
        for button in (self.fetch, self.stop):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self.fetch.clicked.connect(lambda: catalogue.download(model.source))
        self.stop.clicked.connect(lambda: catalogue.cancel(model.source))
        self._offer(model.installed)

    def follow(self, status: DownloadStatus) -> None:
        """Show how far its download is."""
        going = not status.state.finished
        self.bar.setVisible(going)
        self.stop.setVisible(going)
        self.fetch.setVisible(not going)
        if going and status.total_bytes:
            self.bar.setRange(0, _FULL)
            self.bar.setValue(round(status.done_bytes / status.total_bytes * _FULL))
            done, whole = status.done_bytes / 1e6, status.total_bytes / 1e6
            self.facts.setText(f"{done:.0f} of {whole:.0f} MB, {status.file}")
        elif going:
            self.bar.setRange(0, 0)
            self.facts.setText("Asking the Hub…")
        else:
            self.facts.setText(status.sentence or _facts(self._model))
            self._offer(status.model if status.state is DownloadState.DONE else "")
            if status.state is DownloadState.CANCELLED:
                self.facts.setText("Stopped; what has come is kept. " + _facts(self._model))

    def _offer(self, installed: str) -> None:
        self.fetch.setEnabled(not installed)
        self.fetch.setText("Here" if installed else "Download")
        self.fetch.setToolTip(
            f"It is in the list as “{installed}”" if installed else f"Fetch {self._model.source}"
        )


def _facts(model: Recommendation) -> str:
    size = f"about {model.size_bytes / 1e9:.1f} GB" if model.size_bytes else "size not known"
    gated = "; its owner's conditions must be accepted on the Hub first" if model.gated else ""
    return f"{model.family}, {size}, {model.licence}{gated}"
