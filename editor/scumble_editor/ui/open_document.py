"""One open document: its history, its file, what is shown of it meanwhile. No widgets."""

from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from PySide6.QtCore import QObject, Qt, Signal

from scumble_editor.document.document import Document
from scumble_editor.document.paintings import Painting
from scumble_editor.history.history import History
from scumble_editor.tools.stage import Target

Edit = Callable[[Document], Document]


class OpenDocument(QObject):
    """A document that is being worked on.

    Signals:
        shown_changed: the Documents shown before and now.
        worked: the picture is another, also in the middle of a stroke; not what is laid over it.
        history_changed: steps were made, undone or chosen.
        renamed: the title or whether it is saved has changed.
        target_changed: painting changes something else now.
        settled: nothing is being worked out for it any more.
        gallery_changed: a result of a model was kept or deleted.
    """

    shown_changed = Signal(object, object)
    worked = Signal()
    history_changed = Signal()
    renamed = Signal()
    target_changed = Signal()
    settled = Signal()
    gallery_changed = Signal()

    def __init__(
        self,
        history: History,
        name: str = "Untitled",
        path: Path | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.id = uuid4().hex  # for as long as it is open
        self.history = history
        self.name = name if path is None else path.name
        self.path = path
        self._saved: Document | None = history.document
        self._saved_paintings = history.gallery.paintings
        self._preview: Document | None = None
        self._shown = self._unlaid = history.document
        self._laid: dict[str, Edit] = {}  # by the name of whoever laid it over
        self._target = Target.PIXELS
        self._awaited = 0

    @property
    def document(self) -> Document:
        """The document as last recorded."""
        return self.history.document

    @property
    def shown(self) -> Document:
        """The document on the screen: a preview where there is one, and what is laid over it."""
        return self._shown

    @property
    def unlaid(self) -> Document:
        """The document on the screen, without what is laid over it."""
        return self._unlaid

    @property
    def modified(self) -> bool:
        """Whether there is something that is not saved; choosing a layer does not count."""
        saved = self._saved
        now = self.document
        if saved is None:
            return True
        if self._saved_paintings is not self.paintings:
            return True
        return saved is not now and (
            saved.layers is not now.layers
            or saved.size != now.size
            or saved.selection is not now.selection
            or saved.metadata is not now.metadata
        )

    @property
    def paintings(self) -> tuple[Painting, ...]:
        """What models painted for the document, the oldest first; no undo takes it away."""
        return self.history.gallery.paintings

    def keep(self, painting: Painting) -> int:
        """Keep a finished result, whatever becomes of it in the document.

        Returns how many older ones were let go because they were too much.
        """
        let_go = self.history.gallery.keep(painting)
        self.gallery_changed.emit()
        self.renamed.emit()
        return let_go

    def let_go(self, painting_id: str) -> None:
        """Delete one result for good."""
        self.history.gallery.delete(painting_id)
        self.gallery_changed.emit()
        self.renamed.emit()

    @property
    def target(self) -> Target:
        """What painting changes; pixels where the active node has no mask."""
        node = self.document.active
        if self._target is Target.MASK and (node is None or node.mask is None):
            return Target.PIXELS
        return self._target

    def aim(self, target: Target) -> None:
        """Choose what painting changes."""
        if target is not self._target:
            self._target = target
            self.target_changed.emit()

    def apply(self, edit: Edit, label: str, merge: str | None = None) -> None:
        """Record what an edit makes of the document; it may raise, and then nothing changed."""
        self.commit(edit(self.document), label, merge)

    def commit(self, document: Document, label: str, merge: str | None = None) -> None:
        """Record a document as one step and show it."""
        self._preview = None
        self.history.record(document, label, merge=merge)
        self._stepped()

    def amend(self, edit: Edit) -> None:
        """Change what is no step of its own, such as which layer is active."""
        self._preview = None
        self.history.amend(edit(self.document))
        self._stepped()

    def preview(self, document: Document | None) -> None:
        """Show a document that is no step; None shows the recorded one again."""
        self._preview = document
        self._show()

    def await_work(self) -> None:
        """Take note that an edit is being worked out off the GUI thread."""
        self._awaited += 1

    def work_ended(self) -> None:
        """Take note that such an edit is recorded, or was dropped."""
        self._awaited -= 1
        if self._awaited == 0:
            self.settled.emit()

    def when_settled(self, act: Callable[[], None]) -> None:
        """Do something once every edit begun is recorded: at once, or soon."""
        if self._awaited == 0:
            act()
        else:
            self.settled.connect(act, Qt.ConnectionType.SingleShotConnection)

    def lay_over(self, name: str, edit: Edit | None) -> None:
        """Show an edit of whatever is shown, in no history and no file; None takes it away.

        It is made again for every document that is shown, also while a stroke is painted, so it
        must be quick and put the same values in each time.
        """
        if edit is None:
            if self._laid.pop(name, None) is None:
                return
        else:
            self._laid[name] = edit
        self._show()

    def seal(self) -> None:
        """End merging of steps: a slider was let go."""
        self.history.seal()

    def undo(self) -> None:
        """Show the step before."""
        self._preview = None
        self.history.undo()
        self._stepped()

    def redo(self) -> None:
        """Show the step after."""
        self._preview = None
        self.history.redo()
        self._stepped()

    def jump(self, step_id: int) -> None:
        """Show any step; raises HistoryError."""
        self._preview = None
        self.history.jump(step_id)
        self._stepped()

    def saved_as(
        self, document: Document, path: Path, paintings: tuple[Painting, ...] = ()
    ) -> None:
        """Take note that a document and its paintings were written to a file."""
        self._saved_paintings = paintings
        self._saved, self.path, self.name = document, path, path.name
        if self.history.journal is not None:
            self.history.journal.rename(self.name, path)
        self.renamed.emit()

    def never_saved(self) -> None:
        """Take note that what is shown is in no file, as after a crash."""
        self._saved = None
        self.renamed.emit()

    def close(self, *, discard: bool = True) -> None:
        """End the history; `discard` False keeps its journal for the next start."""
        self.history.close(discard=discard)

    def _stepped(self) -> None:
        self._show()
        self.history_changed.emit()
        self.renamed.emit()

    def _show(self) -> None:
        before, worked = self._shown, self._unlaid
        self._shown = self._unlaid = self._preview or self.document
        for edit in self._laid.values():
            self._shown = edit(self._shown)
        if before is not self._shown:
            self.shown_changed.emit(before, self._shown)
        if worked is not self._unlaid:
            self.worked.emit()
