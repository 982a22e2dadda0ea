"""What the daemon would do with what is asked for now: asked again whenever that changes."""

from PySide6.QtCore import QObject, QTimer, Signal

from scumble_editor.document.selection import Selection
from scumble_editor.generation.planning import Question, question_about
from scumble_editor.generation.settings import Settings
from scumble_editor.ui.generate.generation import Generation
from scumble_editor.ui.on_canvas.latest import Latest
from scumble_editor.ui.open_document import OpenDocument
from scumble_editor.ui.session import EditorSession
from scumble_protocol.messages import Planned

_PAUSE_MS = 90


class Plans(QObject):
    """The plan for the picture in front, as long as somebody wants to see it.

    Never starts a daemon: where none is connected there is no plan.

    Attributes:
        planned: the daemon's last answer; None where there is none for what is asked for now.
        opened: the OpenDocument that it is about.

    Signals:
        changed: `planned` is another.
    """

    changed = Signal()

    def __init__(
        self, session: EditorSession, generation: Generation, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._generation = generation
        self._wanted = False
        self._asked: Question | None = None
        self._read_from: tuple[Selection | None, Settings, OpenDocument] | None = None
        self._reading = Latest(session.messages.report, self)
        self.planned: Planned | None = None
        self.opened: OpenDocument | None = None
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._read)
        generation.settings_changed.connect(self.refresh)
        generation.link.changed.connect(self.refresh)
        generation.finished.connect(self._measure)
        session.changed.connect(self.refresh)

    def want(self, wanted: bool) -> None:
        """Say whether anybody looks."""
        self._wanted = wanted
        self.refresh()

    def refresh(self, _: object = None) -> None:
        """Ask again in a moment, where the plan may be another."""
        if self._wanted and self._generation.link.connected and self._session.current is not None:
            if not self._pause.isActive():
                self._pause.start()
        else:
            self._set(None, None)

    def stop(self) -> None:
        """Leave no thread behind."""
        self._pause.stop()
        self._reading.stop()

    def _read(self) -> None:
        opened = self._session.current
        if opened is None:
            return
        document, settings = opened.document, self._generation.settings
        if self._asked is not None and self._read_from == (document.selection, settings, opened):
            return  # what else has changed since does not matter to it
        at_hand = document.selection is not None and settings.strength_layer is None
        self._read_from = (document.selection, settings, opened) if at_hand else None
        self._reading.wish(
            lambda: question_about(document, settings), lambda question: self._ask(opened, question)
        )

    def _ask(self, opened: OpenDocument, question: Question | None) -> None:
        if question == self._asked and opened is self.opened:
            return
        self._asked = question
        if question is None:
            self._set(None, opened)
            return
        self._generation.link.call(
            lambda client: client.plan(
                question.task,
                question.canvas,
                question.parts,
                model=question.model,
                strength=question.strength,
                steps=question.steps,
                variants=question.variants,
                region=question.region,
            ),
            lambda planned: self._answer(question, opened, planned),
            lambda _: self._answer(question, opened, None),
        )

    def _answer(self, question: Question, opened: OpenDocument, planned: Planned | None) -> None:
        if question == self._asked:
            self._set(planned, opened)

    def _set(self, planned: Planned | None, opened: OpenDocument | None) -> None:
        if planned is None and opened is None:
            self._asked = None
        if planned != self.planned or opened is not self.opened:
            self.planned, self.opened = planned, opened
            self.changed.emit()

    def _measure(self, *_: object) -> None:
        """Ask anew for the time: one more job was measured."""
        self._asked = None
        self.refresh()
