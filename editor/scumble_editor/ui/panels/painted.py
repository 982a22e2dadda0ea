"""Everything that models painted for the picture in front: searched, put back, painted again."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QPoint, QSize, Qt, QTimer
from PySide6.QtGui import QIcon, QKeySequence, QPixmap, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from scumble_editor.document.document import Document
from scumble_editor.document.paintings import Painting, bytes_of
from scumble_editor.generation.gallery import Shown, search, shown
from scumble_editor.generation.recipes import words_of
from scumble_editor.generation.settings import drawn_seed
from scumble_editor.history.gallery import BUDGET_BYTES
from scumble_editor.ui import theme
from scumble_editor.ui.commands import painted, recipes
from scumble_editor.ui.desk import Desk
from scumble_editor.ui.open_document import OpenDocument
from scumble_protocol.errors import ScumbleError
from scumble_protocol.geometry import Extent

_SIDE_PX = 56
_PATIENCE_MS = 120
_ID = Qt.ItemDataRole.UserRole

Deed = Callable[[Desk, Painting], None]


class PaintedPanel(QWidget):
    """The gallery of one document as a list, the latest first."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._opened: OpenDocument | None = None
        self._known: dict[str, tuple[Shown, QIcon]] = {}
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search the words")
        self.search.setClearButtonEnabled(True)
        self.search.setAccessibleName("Search what was painted")
        self.search.setToolTip("Shows the results that have all of these words in what was asked")
        self.list = QListWidget()
        self.list.setIconSize(QSize(_SIDE_PX, _SIDE_PX))
        self.list.setAccessibleName("Painted")
        self.list.setWordWrap(True)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.note = QLabel()
        self.note.setProperty("faint", True)
        self.note.setWordWrap(True)
        self._buttons: list[tuple[QToolButton, str]] = []
        self._build()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PATIENCE_MS)
        self._timer.timeout.connect(self.refresh)
        self.search.textChanged.connect(lambda _: self._timer.start())
        self.list.itemActivated.connect(lambda _: self.do(painted.show))
        self.list.customContextMenuRequested.connect(self._offer)
        gone = QShortcut(QKeySequence(Qt.Key.Key_Delete), self.list)
        gone.setContext(Qt.ShortcutContext.WidgetShortcut)
        gone.activated.connect(lambda: self.do(painted.delete))
        self.list.currentItemChanged.connect(lambda *_: self._enable())
        desk.session.current_changed.connect(self.follow)
        self.follow(desk.session.current)

    def follow(self, opened: OpenDocument | None) -> None:
        """Show another picture's gallery, or none."""
        if self._opened is not None:
            self._opened.gallery_changed.disconnect(self._timer.start)
        self._opened = opened
        self._known = {}
        if opened is not None:
            opened.gallery_changed.connect(self._timer.start)
        self.refresh()

    def dress(self) -> None:
        """Take the icons of the theme."""
        for button, icon in self._buttons:
            button.setIcon(theme.icon(icon))

    def refresh(self) -> None:
        """Show the results as they are now; costs nothing while the panel is hidden."""
        if not self.isVisible() and self._opened is not None:
            return
        chosen = self.list.currentItem()
        chosen_id = None if chosen is None else chosen.data(_ID)
        self.list.clear()
        opened = self._opened
        paintings = () if opened is None else tuple(reversed(opened.paintings))
        for one in search(tuple(self._entry(painting)[0] for painting in paintings), self._words):
            item = self._item(one, self._entry(one.painting)[1])
            self.list.addItem(item)
            if one.painting.id == chosen_id:
                self.list.setCurrentItem(item)
        self.note.setText(self._said(paintings))
        self._enable()

    def showEvent(self, event: object) -> None:  # noqa: N802
        """Catch up on what came while the panel was hidden."""
        del event
        self._timer.start(0)

    def do(self, deed: Deed) -> None:
        """Do something with the chosen result; what goes wrong is told."""
        item = self.list.currentItem()
        if item is None or self._opened is None:
            return
        painting = next((p for p in self._opened.paintings if p.id == item.data(_ID)), None)
        if painting is None:
            return
        self._desk.session.put_away()
        try:
            deed(self._desk, painting)
        except ScumbleError as error:
            self._desk.messages.report(error)

    # --------------------------------------------------------------------------------------

    @property
    def _words(self) -> str:
        return self.search.text()

    def _build(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(2)
        for icon, tip, deed in _DEEDS:
            button = QToolButton()
            button.setIconSize(QSize(18, 18))
            button.setToolTip(tip)
            button.setAccessibleName(tip)
            button.clicked.connect(_calling(self.do, deed))
            self._buttons.append((button, icon))
            row.addWidget(button)
        row.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 6)
        column.setSpacing(6)
        column.addWidget(self.search)
        column.addWidget(self.list, 1)
        column.addWidget(self.note)
        column.addLayout(row)
        self.dress()

    def _entry(self, painting: Painting) -> tuple[Shown, QIcon]:
        known = self._known.get(painting.id)
        if known is None or known[0].painting is not painting:
            known = self._known[painting.id] = shown(painting), self._picture(painting)
        return known

    def _picture(self, painting: Painting) -> QIcon:
        """Return the first variant in small, cut to what it shows."""
        if self._opened is None or not painting.layers:
            return QIcon()
        first = painting.layers[0]
        bounds = first.content_bounds()
        if bounds is None:
            return QIcon()
        alone = first.moved(-bounds.x, -bounds.y)
        small = Document(size=Extent(bounds.width, bounds.height), layers=(alone,))
        return QIcon(QPixmap.fromImage(self._desk.thumbnails.document(small, _SIDE_PX)))

    def _item(self, one: Shown, icon: QIcon) -> QListWidgetItem:
        painting = one.painting
        when = datetime.fromtimestamp(painting.seconds).astimezone()
        count = len(painting.layers)
        several = f", {count} variants" if count > 1 else ""
        model = "" if one.settings is None else f", {one.settings.model}"
        item = QListWidgetItem(icon, f"{one.title}\n{when:%H:%M}{model}{several}")
        item.setData(_ID, painting.id)
        recipe = words_of(painting.recipe or "") if one.settings is not None else "No recipe"
        item.setToolTip(f"{when:%d %B %Y, %H:%M}\n{recipe}\n\nEnter or a double click shows it")
        return item

    def _said(self, paintings: tuple[Painting, ...]) -> str:
        if self._opened is None:
            return ""
        if not paintings:
            return "What models paint for this picture is kept here, even when it is undone."
        shown_count = self.list.count()
        of = f"{shown_count} of {len(paintings)}" if shown_count < len(paintings) else "All"
        used = bytes_of(paintings) / (1 << 20)
        return f"{of} kept with the picture, {used:.0f} of {BUDGET_BYTES >> 20} MB"

    def _enable(self) -> None:
        for button, _ in self._buttons:
            button.setEnabled(self.list.currentItem() is not None)

    def _offer(self, at: QPoint) -> None:
        index = self.list.indexAt(at)
        if index.isValid():  # else the menu key was pressed, and means the chosen one
            self.list.setCurrentIndex(index)
        if self.list.currentRow() < 0:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for icon, tip, deed in _DEEDS:
            entry = menu.addAction(theme.icon(icon), tip)
            entry.triggered.connect(_calling(self.do, deed))
        menu.popup(self.list.viewport().mapToGlobal(at))


def _again(desk: Desk, painting: Painting) -> None:
    recipes.paint_again(desk, painted.first(painting), painting.selection)


def _with_another_seed(desk: Desk, painting: Painting) -> None:
    layer = painted.first(painting)
    recipes.paint_again(desk, layer, painting.selection, seed=drawn_seed())


def _change(desk: Desk, painting: Painting) -> None:
    recipes.load(desk, painted.first(painting), painting.selection)


def _copy(desk: Desk, painting: Painting) -> None:
    recipes.copy_words(desk, painting.recipe or "")


_DEEDS: tuple[tuple[str, str, Deed], ...] = (
    ("eye", "Show it: put it back where it is gone (Enter)", painted.show),
    ("again", "Paint it again", _again),
    ("dice", "Paint it again with another seed", _with_another_seed),
    ("pencil", "Change the prompt", _change),
    ("duplicate", "Copy what was asked", _copy),
    ("delete", "Delete it for good (Delete)", painted.delete),
)


def _calling(do: Callable[[Deed], None], deed: Deed) -> Callable[[], None]:
    return lambda: do(deed)
