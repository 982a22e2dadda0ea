"""The dialog of an adjustment: settings on top, a live preview on the canvas, made off the GUI.

Every change of a setting asks for a preview, and the sliders never wait.
"""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QDialogButtonBox

from scumble_editor.document.document import Document
from scumble_editor.ui.desk import Desk
from scumble_editor.ui.dialogs.frame import Dialog
from scumble_editor.ui.open_document import Edit, OpenDocument
from scumble_editor.ui.previews import LivePreviews
from scumble_editor.ui.widgets.slider import NumberSlider
from scumble_editor.ui.work import Progress


class Adjustment(Dialog):
    """Settings of one adjustment of the active layer; subclasses add fields and `edit`.

    Signals:
        previewed: a preview is on the canvas.
    """

    previewed = Signal()

    def __init__(self, desk: Desk, title: str) -> None:
        super().__init__(desk.window, title, "Apply")
        self.setModal(False)
        self._desk = desk
        self._title = title
        self._opened = desk.opened
        self._before = desk.opened.document
        self._over = False
        self._previews = LivePreviews(
            desk.works, self._opened, desk.messages.report, self.previewed.emit
        )
        self.layer_id = desk.active.id
        self._opened.history_changed.connect(self._rebase)
        desk.session.closed.connect(self._gone)
        self.preview = QCheckBox("Preview")
        self.preview.setChecked(True)
        self.preview.setToolTip("Show the change on the canvas, or the picture as it was")
        self.preview.toggled.connect(self.refresh)
        reset = self.buttons.addButton("Reset", QDialogButtonBox.ButtonRole.ResetRole)
        reset.clicked.connect(self.reset)
        self.body.insertWidget(self.body.count() - 1, self.preview)

    def edit(self) -> Edit:
        """Return the edit for the settings as they are now; it must use nothing of Qt's."""
        raise NotImplementedError

    def reset(self) -> None:
        """Put all settings back."""

    def slider(
        self, label: str, tip: str, span: tuple[float, float, float], suffix: str = ""
    ) -> NumberSlider:
        """Add a slider from lowest to highest with its default."""
        field = NumberSlider(*span, decimals=0 if span[1] > 10 else 2, suffix=suffix)
        field.changed.connect(lambda _: self.refresh())
        self.add(label, field, tip)
        return field

    def refresh(self) -> None:
        """Ask for a preview of the settings as they are now."""
        if self._over:
            return
        if not self.preview.isChecked():
            self._previews.drop()
            self._opened.preview(None)
            return
        self._previews.ask(self._title, self.edit())

    def accept(self) -> None:
        """Record the change."""
        edit, before, opened = self.edit(), self._before, self._opened
        self._end()
        title = self._title

        def job(progress: Progress) -> Document:
            progress.raise_if_cancelled()
            return edit(before)

        def done(document: Document) -> None:
            if opened.document is before:
                opened.commit(document, title)
            else:
                messages.warning(
                    f"“{title}” was dropped, since the picture was changed meanwhile. "
                    "Nothing is lost; do it once more."
                )

        messages = self._desk.messages
        self._desk.works.start(title, job, done)
        super().accept()

    def reject(self) -> None:
        """Leave the picture as it was."""
        self._end()
        self._opened.preview(None)
        super().reject()

    def _rebase(self) -> None:
        """Go on from what the painter has made of the picture meanwhile."""
        document = self._opened.document
        if self._over or document is self._before:
            return
        if any(node.id == self.layer_id for node in document.walk()):
            self._before = document
            self.refresh()
        else:
            self.reject()

    def _gone(self, opened: OpenDocument) -> None:
        """Close with the picture."""
        if opened is self._opened and not self._over:
            self._end()
            super().reject()

    def _end(self) -> None:
        self._over = True
        self._previews.drop()
