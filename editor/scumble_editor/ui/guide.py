"""Has the first steps follow what is done, and remembers that they were seen."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QStackedWidget

from scumble_editor.generation.results import Finished
from scumble_editor.ui import settings as settings_store
from scumble_editor.ui.commands.guiding import first_steps
from scumble_editor.ui.desk import Desk
from scumble_editor.ui.open_document import OpenDocument
from scumble_editor.ui.widgets.connection_word import of_job
from scumble_editor.ui.widgets.first_steps import FirstSteps

_MARGIN_PX = 16


class Guide(QObject):
    """The card of first steps, at the lower left of the pictures.

    Signals:
        model_wanted: a real checkpoint is wished for.
    """

    model_wanted = Signal()

    def __init__(self, desk: Desk, pages: QStackedWidget) -> None:
        super().__init__(pages)
        self._desk = desk
        self._pages = pages
        self._painted = False
        self.card = FirstSteps(first_steps(desk, lambda: self._painted), pages)
        self.card.hide()
        generation = desk.generation
        pages.currentChanged.connect(self._refresh)  # the page comes up over it
        desk.session.changed.connect(self._refresh)
        generation.settings_changed.connect(self._refresh)
        generation.finished.connect(self._finished)
        generation.jobs.changed.connect(lambda job: self.card.say(of_job(job)))
        generation.link.changed.connect(lambda status: self.card.say(status.sentence))
        self.card.put_away.connect(self._seen)
        self.card.model_wanted.connect(self.model_wanted)

    def begin(self) -> None:
        """Show the steps from the first that is not done yet."""
        self._painted = False
        self.card.begin()
        self.place()

    def place(self) -> None:
        """Keep the card in its corner."""
        self.card.move(_MARGIN_PX, self._pages.height() - self.card.height() - _MARGIN_PX)

    def _refresh(self, _: object = None) -> None:
        if self.card.isVisible():
            self.card.refresh()
            self.card.raise_()
            self.place()

    def _finished(self, finished: Finished, opened: OpenDocument | None) -> None:
        del finished
        self._painted = self._painted or opened is not None
        self._refresh()

    def _seen(self) -> None:
        self._desk.settings.first_steps = False
        settings_store.save(self._desk.settings, settings_store.settings_file())
