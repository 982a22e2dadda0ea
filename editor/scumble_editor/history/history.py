"""History as a tree of labelled documents: undo is choosing an earlier one.

Not safe for threads: it belongs to the thread that edits.
"""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scumble_editor.document.document import Document
from scumble_editor.document.paintings import Painting
from scumble_editor.history.errors import HistoryError
from scumble_editor.history.gallery import Gallery
from scumble_editor.history.journal import Journal
from scumble_editor.history.ledger import Ledger
from scumble_editor.history.store import Step
from scumble_editor.history.timeline import Timeline

MEMORY_BYTES = 1 << 30
"""Bytes of distinct tiles kept in memory before the farthest steps go to disk."""

DISK_BYTES = 16 << 30
"""Bytes of the journal before undone branches, then the oldest steps, are forgotten."""


class History:
    """All states of one document, the one shown, and the ways between them.

    Recording after undo starts a new branch; the undone one stays reachable by `jump` until its
    bytes are needed. Steps over the memory budget live on in the journal alone, in one of its
    own where none was given, and are read back when they are chosen.

    Attributes:
        gallery: what models painted for the document; no step changes it.
    """

    gallery: Gallery

    def __init__(
        self,
        document: Document,
        label: str = "Open",
        *,
        budget_bytes: int = MEMORY_BYTES,
        disk_budget_bytes: int = DISK_BYTES,
        journal: Journal | None = None,
        paintings: tuple[Painting, ...] = (),
    ) -> None:
        """Start with one step; a journal that is given is written to and owned from now on.

        `paintings` are results of models that a file kept beside the document.
        """
        self._prepare(Timeline(Step(1, None, label, time.time())), journal)
        self.gallery = Gallery(paintings, journal=journal)
        self.budget_bytes = budget_bytes
        self.disk_budget_bytes = disk_budget_bytes
        self._keep(1, document)
        self._write(1)

    @classmethod
    def restored(cls, journal: Journal, budget_bytes: int = MEMORY_BYTES) -> "History":
        """Return the history that a journal holds, at the step last shown; raises JournalError."""
        steps = journal.steps()
        current = journal.state("current")
        if not steps:
            raise HistoryError("The journal holds no finished step.")
        known = {step.id for step in steps}
        history = cls.__new__(cls)
        history._prepare(Timeline.of(steps), journal)
        history.gallery = Gallery.restored(journal)
        history.budget_bytes = budget_bytes
        history.disk_budget_bytes = DISK_BYTES
        target = current if isinstance(current, int) and current in known else steps[-1].id
        history._timeline.go(target)
        history._keep(target, journal.load(target))
        return history

    def _prepare(self, timeline: Timeline, journal: Journal | None) -> None:
        self._timeline = timeline
        self._documents: dict[int, Document] = {}
        self._ledger = Ledger()
        self._journal = journal
        self._spill: tempfile.TemporaryDirectory[str] | None = None
        self._merge: str | None = None
        self._gesture: str | None = None
        self._gesture_step: int | None = None

    @property
    def document(self) -> Document:
        """The document shown now."""
        return self._documents[self._timeline.current]

    @property
    def journal(self) -> Journal | None:
        """Where steps are written, None where nowhere yet."""
        return self._journal

    @property
    def bytes(self) -> int:
        """Bytes of the distinct tiles of all steps in memory."""
        return self._ledger.bytes

    @property
    def current(self) -> Step:
        """The step shown now."""
        return self._timeline.step(self._timeline.current)

    @property
    def line(self) -> tuple[Step, ...]:
        """The steps from the first through the current one to the last that redo would reach."""
        return self._timeline.line()

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps, those of undone branches too, in the order they were made."""
        return self._timeline.steps()

    @property
    def can_undo(self) -> bool:
        """Whether there is an earlier step."""
        return self.current.parent is not None

    @property
    def can_redo(self) -> bool:
        """Whether there is a later step."""
        return self._timeline.next_id() is not None

    def in_memory(self, step_id: int) -> bool:
        """Tell whether a step can be shown without reading the disk."""
        return step_id in self._documents

    def document_of(self, step_id: int) -> Document:
        """Return the document of any step without showing it; raises HistoryError."""
        self._timeline.step(step_id)
        known = self._documents.get(step_id)
        if known is not None:
            return known
        if self._journal is None:
            raise HistoryError("That step is no longer there; the document is unchanged.")
        return self._journal.load(step_id)

    def record(self, document: Document, label: str, *, merge: str | None = None) -> Document:
        """Show a new document as one more step and return it.

        Steps recorded one after the other with the same `merge` key are one, as the positions of
        a slider are while it is dragged. Nothing is recorded where nothing changed.
        """
        if document is self.document:
            return document
        if self._gesture is not None:
            self._record_in_gesture(document)
            return document
        if merge is not None and merge == self._merge and self._timeline.next_id() is None:
            self._replace(document)
        else:
            self._add(document, label)
        self._merge = merge
        self._write(self._timeline.current)
        self._trim()
        return document

    def seal(self) -> None:
        """End merging: the next step is one of its own."""
        self._merge = None

    def amend(self, document: Document) -> Document:
        """Show a document in place of the current step: what is no step, as the active layer."""
        if document is not self.document:
            self._replace(document)
            if self._gesture is None:
                self._write(self._timeline.current)
        return document

    @contextmanager
    def gesture(self, label: str) -> Iterator[None]:
        """Make one step of all that is recorded inside; an error takes all of it back.

        Within another gesture it is a part of that one.
        """
        if self._gesture is not None:
            yield
            return
        self._begin_gesture(label)
        start = self._timeline.current, self._timeline.next_id()
        try:
            yield
        except BaseException:
            self._abandon(*start)
            raise
        finally:
            made, self._gesture, self._gesture_step = self._gesture_step, None, None
        if made is not None:
            self._write(made)
            self._trim()

    def undo(self) -> Document:
        """Show the step before, if there is one, and return the document then shown."""
        parent = self.current.parent
        return self.document if parent is None else self.jump(parent)

    def redo(self) -> Document:
        """Show the step after, on the branch last shown, if there is one."""
        following = self._timeline.next_id()
        return self.document if following is None else self.jump(following)

    def jump(self, step_id: int) -> Document:
        """Show any step and return its document; raises HistoryError, JournalError."""
        if self._gesture is not None:
            raise HistoryError("Finish the stroke in hand first; nothing was changed.")
        document = self.document_of(step_id)
        self.seal()
        self._timeline.go(step_id)
        if step_id not in self._documents:
            self._keep(step_id, document)
        if self._journal is not None:
            self._journal.point_to(step_id)
        self._trim()
        return document

    def settle(self) -> None:
        """Wait until every step is on disk, then keep to the memory budget."""
        if self._journal is not None:
            self._journal.flush()
        self._trim()
        if self._journal is not None and self._ledger.bytes > self.budget_bytes:
            self._journal.flush()
            self._trim()

    def close(self, *, discard: bool = True) -> None:
        """Close the journal, deleting it unless it is to be offered at the next start."""
        if self._journal is not None and (discard or self._spill is not None):
            self._journal.discard()
        elif self._journal is not None:
            self._journal.close()
        if self._spill is not None:
            self._spill.cleanup()

    def _begin_gesture(self, label: str) -> None:
        self._gesture = label
        self._gesture_step = None
        self.seal()

    def _record_in_gesture(self, document: Document) -> None:
        if self._gesture_step is None:
            self._gesture_step = self._add(document, self._gesture or "")
        else:
            self._replace(document)

    def _abandon(self, start: int, following: int | None) -> None:
        if self._gesture_step is not None:
            self._drop(self._gesture_step)
            self._timeline.go(start)
            self._timeline.remove(self._gesture_step, following)

    def _add(self, document: Document, label: str) -> int:
        step_id = self._timeline.add(label, time.time())
        self._keep(step_id, document)
        return step_id

    def _replace(self, document: Document) -> None:
        self._drop(self._timeline.current)
        self._keep(self._timeline.current, document)

    def _keep(self, step_id: int, document: Document) -> None:
        self._documents[step_id] = document
        self._ledger.add(document)

    def _drop(self, step_id: int) -> None:
        document = self._documents.pop(step_id, None)
        if document is not None:
            self._ledger.remove(document)

    def _write(self, step_id: int) -> None:
        if self._journal is not None:
            self._journal.append(self._timeline.step(step_id), self._documents[step_id])

    def _trim(self) -> None:
        """Keep to the budgets: to disk what is farthest away, to oblivion what is too much."""
        if self._ledger.bytes > self.budget_bytes and len(self._documents) > 1:
            journal = self._journal or self._spill_journal()
            for step_id in self._timeline.by_need():
                if self._ledger.bytes <= self.budget_bytes:
                    break
                if step_id in self._documents and journal.written(step_id):
                    self._drop(step_id)
            while journal.failure is not None and self._ledger.bytes > self.budget_bytes:
                if not self._forget_one():
                    break
        found = self._journal
        if found is not None and found.nbytes > self.disk_budget_bytes and not found.deleting:
            self._forget_one()

    def _forget_one(self) -> bool:
        """Forget the step that will be missed least; False where only the current one is left."""
        step_ids, new_first = self._timeline.forget_least_needed()
        for step_id in step_ids:
            self._drop(step_id)
        if step_ids and self._journal is not None:
            self._journal.delete(step_ids, new_first)
        return bool(step_ids)

    def _spill_journal(self) -> Journal:
        self._spill = tempfile.TemporaryDirectory(prefix="scumble-history-")
        self._journal = Journal.create(Path(self._spill.name), "history")
        shown = self._timeline.current
        for step_id in self._documents:
            self._write(step_id)
        self._journal.point_to(shown)
        return self._journal
