"""The gallery: every result that models gave for a document, apart from its steps.

Not safe for threads: it belongs to the thread that edits. What it keeps is in the journal too.
"""

from collections.abc import Iterable

from scumble_editor.document.paintings import Painting, within
from scumble_editor.history.journal import Journal

BUDGET_BYTES = 256 << 20
"""Bytes of distinct tiles kept before the oldest results are forgotten."""


class Gallery:
    """Keeps paintings, the oldest first, within a budget of bytes; the latest always stays."""

    def __init__(
        self,
        paintings: Iterable[Painting] = (),
        *,
        journal: Journal | None = None,
        budget_bytes: int = BUDGET_BYTES,
    ) -> None:
        self._journal = journal
        self._budget_bytes = budget_bytes
        self._paintings: tuple[Painting, ...] = ()
        for painting in paintings:
            self.keep(painting)

    @classmethod
    def restored(cls, journal: Journal) -> "Gallery":
        """Return the gallery that a journal holds, which goes on being its journal."""
        gallery = cls(journal=journal)
        gallery._paintings = journal.paintings()
        return gallery

    @property
    def paintings(self) -> tuple[Painting, ...]:
        """All that is kept, the oldest first."""
        return self._paintings

    def keep(self, painting: Painting) -> int:
        """Add a result, or put another form of it in its place.

        Returns how many older ones were let go because they were too much.
        """
        others = tuple(known for known in self._paintings if known.id != painting.id)
        kept = within((*others, painting), self._budget_bytes)
        for known in others:
            if all(known is not one for one in kept):
                self._forget(known.id)
        self._paintings = kept
        if self._journal is not None:
            self._journal.keep(painting)
        return len(others) + 1 - len(kept)

    def delete(self, painting_id: str) -> None:
        """Forget one result for good."""
        self._paintings = tuple(known for known in self._paintings if known.id != painting_id)
        self._forget(painting_id)

    def _forget(self, painting_id: str) -> None:
        if self._journal is not None:
            self._journal.let_go(painting_id)
