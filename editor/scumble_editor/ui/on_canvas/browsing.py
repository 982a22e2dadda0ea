"""The variants of a result, looked at one by one on the canvas until it is said which are kept."""

from functools import partial

from PySide6.QtCore import QObject, Signal

from scumble_editor.generation.results import Finished
from scumble_editor.generation.variants import Variants, keeping, showing, variants_of
from scumble_editor.ui.generate.generation import Generation
from scumble_editor.ui.open_document import OpenDocument
from scumble_editor.ui.session import EditorSession

_NAME = "variants"


class Browsing(QObject):
    """What is being browsed, and where. Looking is no step; each way to end it is one at most.

    Nothing is lost by any of them: undo brings the others back, and all stay among what was
    painted.

    Signals:
        changed: another variant is shown, one was marked, or browsing began or ended.
        arrived: fresh variants are shown, and the prompt still says what they were asked by.
    """

    changed = Signal()
    arrived = Signal()

    def __init__(
        self, session: EditorSession, generation: Generation, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._generation = generation
        self.opened: OpenDocument | None = None
        self.variants: Variants | None = None
        self.index = 0
        self.marked: set[int] = set()
        generation.finished.connect(self._arrived)
        session.closed.connect(self._closed)

    @property
    def count(self) -> int:
        """How many variants there are to look at; 0 where nothing is browsed."""
        return 0 if self.variants is None else len(self.variants.layer_ids)

    def begin(self, opened: OpenDocument, variants: Variants) -> None:
        """Show the first of some variants."""
        self.end()
        self.opened, self.variants = opened, variants
        self.index, self.marked = 0, set()
        opened.history_changed.connect(self._mind)
        self._show()

    def step(self, by: int) -> None:
        """Show the next variant, or one further on; after the last comes the first."""
        if self.count:
            self.index = (self.index + by) % self.count
            self._show()

    def mark(self) -> None:
        """Mark the one that is shown as one to keep, or take the mark off."""
        self.marked ^= {self.index}
        self.changed.emit()

    def keep(self) -> None:
        """Keep those that are marked, or the one that is shown; the others go."""
        chosen = self.marked or {self.index}
        self._settle(chosen, "Keep a variant" if len(chosen) == 1 else "Keep variants")

    def keep_all(self) -> None:
        """Keep the group as it is, with the one that is shown on top."""
        opened, variants, chosen = self.opened, self.variants, self.index
        self.end()
        if opened is not None and variants is not None and chosen:
            opened.apply(
                lambda doc: showing(doc, variants, variants.layer_ids[chosen]), "Show a variant"
            )

    def discard(self) -> None:
        """Take the result away."""
        self._settle(set(), "Discard variants")

    def end(self) -> None:
        """Look no more; nothing is changed."""
        opened, self.opened, self.variants = self.opened, None, None
        if opened is None:
            return
        if opened in self._session.documents:
            opened.history_changed.disconnect(self._mind)
            opened.lay_over(_NAME, None)
        self.changed.emit()

    def _settle(self, chosen: set[int], label: str) -> None:
        opened, variants = self.opened, self.variants
        self.end()
        if opened is not None and variants is not None:
            kept = {variants.layer_ids[number] for number in chosen}
            opened.apply(lambda document: keeping(document, variants, kept), label)

    def _show(self) -> None:
        if self.opened is not None and self.variants is not None:
            chosen = self.variants.layer_ids[self.index]
            edit = partial(showing, variants=self.variants, chosen=chosen)
            self.opened.lay_over(_NAME, edit)
            self.changed.emit()

    def _arrived(self, finished: Finished, opened: OpenDocument | None) -> None:
        count = len(finished.painted.layers)
        if opened is None or count < 2:
            return
        variants = variants_of(opened.document, count)
        if variants is not None:
            self.begin(opened, variants)
            if finished.settings.prompt == self._generation.settings.prompt:
                self.arrived.emit()

    def _mind(self) -> None:
        """Stop where the variants are no longer there, as after an undo."""
        opened, variants = self.opened, self.variants
        if opened is not None and variants is not None and not variants.in_(opened.document):
            self.end()

    def _closed(self, opened: OpenDocument) -> None:
        if opened is self.opened:
            self.end()
