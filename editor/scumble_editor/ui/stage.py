"""The stage that tools act upon in the editor: the current document and the session's colours."""

from collections.abc import Callable

from scumble_editor.document.blocks import Draft
from scumble_editor.document.composite import composite
from scumble_editor.document.document import Document
from scumble_editor.document.errors import DocumentError
from scumble_editor.document.formats import Pixels
from scumble_editor.tools.stage import Rgb, Target
from scumble_editor.ui.open_document import OpenDocument
from scumble_editor.ui.previews import LivePreviews
from scumble_editor.ui.session import EditorSession
from scumble_editor.ui.work import Progress, Works
from scumble_protocol.geometry import Bounds


class SessionStage:
    """One open document as the tools see it."""

    def __init__(
        self,
        session: EditorSession,
        opened: OpenDocument,
        works: Works,
        *,
        zoom: Callable[[], float] = lambda: 1.0,
        redraw: Callable[[], None] = lambda: None,
        hint: Callable[[str], None] = lambda _: None,
        merged: Callable[[Bounds], Pixels] | None = None,
        seen: Callable[[], Draft] | None = None,
        held: Callable[[], bool] = lambda: False,
    ) -> None:
        self._session = session
        self.opened = opened
        self._works = works
        self._held = held
        self._seen = seen or (lambda: Draft(self.document.bounds))
        self._live = LivePreviews(works, opened, self._say_why_not)
        self._zoom, self._redraw, self._hint, self._merged = zoom, redraw, hint, merged

    @property
    def document(self) -> Document:
        """The document as last recorded."""
        return self.opened.document

    @property
    def foreground(self) -> Rgb:
        """The colour to paint with."""
        return self._session.foreground

    @property
    def background(self) -> Rgb:
        """The second colour."""
        return self._session.background

    @property
    def target(self) -> Target:
        """What painting changes."""
        return self.opened.target

    @property
    def zoom(self) -> float:
        """Screen pixels for each canvas pixel."""
        return self._zoom()

    def preview(self, document: Document | None) -> None:
        """Show a document that is no step."""
        self._live.drop()
        self.opened.preview(document)

    def preview_edit(self, label: str, edit: Callable[[Document, Draft], Document]) -> None:
        """Show what an edit would make, once that is worked out off the GUI thread."""
        draft = self._seen()
        self._live.ask(label, lambda document: edit(document, draft))

    def _say_why_not(self, error: BaseException) -> None:
        if isinstance(error, DocumentError):
            self.hint(str(error))  # the hand is still moving; no reason for a message
        else:
            self._session.messages.report(error)

    def commit(self, document: Document, label: str, merge: str | None = None) -> None:
        """Record a step."""
        self._live.drop()
        self.opened.commit(document, label, merge)

    def pick(self, colour: Rgb, secondary: bool = False) -> None:
        """Take a colour."""
        self._session.pick(colour, secondary)

    def redraw(self) -> None:
        """Have the overlay drawn again."""
        self._redraw()

    def hint(self, sentence: str) -> None:
        """Show a sentence in the status bar."""
        self._hint(sentence)

    def merged(self, bounds: Bounds) -> Pixels:
        """Return what the document shows in a rectangle."""
        if self._merged is not None:
            return self._merged(bounds)
        return composite(self.document, bounds)

    def work(self, label: str, edit: Callable[[Document], Document]) -> None:
        """Make an edit off the GUI thread and record it, if nothing else came between.

        A preview of it stays until then.
        """
        self._live.drop()
        opened, before = self.opened, self.document

        def job(progress: Progress) -> Document:
            progress.raise_if_cancelled()
            return edit(before)

        def done(after: Document) -> None:
            if opened not in self._session.documents:
                return  # closed meanwhile
            if opened.document is before and not self._held():
                opened.commit(after, label)
            else:
                self._session.messages.warning(
                    f"“{label}” was dropped, since the picture was changed meanwhile. "
                    "Nothing is lost; do it once more."
                )

        def failed(error: BaseException) -> None:
            opened.preview(None)
            self._session.messages.report(error)

        def over() -> None:
            if work.progress.cancelled:
                opened.preview(None)
            opened.work_ended()

        opened.await_work()
        work = self._works.start(label, job, done, failed)
        work.over.connect(over)
