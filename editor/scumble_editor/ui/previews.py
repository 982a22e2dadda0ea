"""Previews made off the GUI thread: of what is asked for meanwhile only the latest is kept."""

from collections.abc import Callable

from scumble_editor.document.document import Document
from scumble_editor.ui.open_document import Edit, OpenDocument
from scumble_editor.ui.work import Progress, Work, Works


class LivePreviews:
    """Shows what edits would make of one document, as fast as they can be made.

    A tool or dialog asks again with every move of the hand and never waits.
    """

    def __init__(
        self,
        works: Works,
        opened: OpenDocument,
        failed: Callable[[BaseException], None],
        shown: Callable[[], None] = lambda: None,
    ) -> None:
        """`failed` is told why an edit is not possible, `shown` that a preview is on the screen."""
        self._works = works
        self._opened = opened
        self._failed, self._shown = failed, shown
        self._wish: tuple[str, Edit] | None = None
        self._working: Work[Document] | None = None

    def ask(self, title: str, edit: Edit) -> None:
        """Have an edit of the document as it is recorded shown."""
        self._wish = (title, edit)
        self._start()

    def drop(self) -> None:
        """Forget what was asked for; what is being made is not shown."""
        self._wish = None
        if self._working is not None:
            self._working.cancel()

    def _start(self) -> None:
        if self._working is not None or self._wish is None:
            return
        (title, edit), before = self._wish, self._opened.document
        self._wish = None

        def job(progress: Progress) -> Document:
            progress.raise_if_cancelled()
            return edit(before)

        def done(document: Document) -> None:
            if self._opened.document is before:
                self._opened.preview(document)
                self._shown()

        self._working = self._works.start(f"{title}: preview", job, done, self._failed)
        self._working.ended.connect(self._ended)

    def _ended(self) -> None:
        self._working = None
        self._start()
