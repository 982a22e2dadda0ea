"""The styles a painter has, and the words that were used: kept in files, shared by all windows."""

from PySide6.QtCore import QObject, Signal

from scumble_editor.generation import prompt_book, styles
from scumble_editor.generation.prompt_book import PromptBook, Wording
from scumble_editor.generation.settings import Settings
from scumble_editor.generation.styles import BUNDLED, Style


class Wardrobe(QObject):
    """Styles and the book of prompts.

    Attributes:
        style: the one that is worn; None for none.

    Signals:
        styles_changed: a style was saved, deleted, or another is worn.
        book_changed: words were used, saved or taken out.
    """

    styles_changed = Signal()
    book_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.styles: tuple[Style, ...] = styles.load(styles.folder())
        self.style: Style | None = None
        self.book: PromptBook = prompt_book.load(prompt_book.file())

    def wear(self, style: Style | None) -> None:
        """Put its words around every prompt from now on, or none."""
        self.style = style
        self.styles_changed.emit()

    def worded(self, settings: Settings) -> Settings:
        """Return settings as they are sent, with the words of the style."""
        return settings if self.style is None else self.style.worded(settings)

    def save(self, style: Style) -> None:
        """Keep a style in its file and wear it; raises OSError."""
        styles.save(style, styles.folder())
        self._reload()
        self.wear(style)

    def delete(self, style: Style) -> None:
        """Remove a style's file; one that came with Scumble is then as it was."""
        styles.delete(style.name, styles.folder())
        self._reload()
        self.wear(None)

    def is_own(self, style: Style) -> bool:
        """Tell whether there is a file that can be deleted."""
        return style not in BUNDLED

    def used(self, settings: Settings) -> None:
        """Remember the words that were sent, as the painter wrote them."""
        self._take(self.book.used(settings.prompt, settings.negative_prompt))

    def keep(self, wording: Wording) -> None:
        """Save words under a name."""
        self._take(self.book.keeping(wording))

    def let_go(self, wording: Wording) -> None:
        """Take words out of the book."""
        self._take(self.book.without(wording))

    def _reload(self) -> None:
        self.styles = styles.load(styles.folder())

    def _take(self, book: PromptBook) -> None:
        if book != self.book:
            self.book = book
            prompt_book.save(book, prompt_book.file())
            self.book_changed.emit()
