"""The history: every step with a small picture of it; click one to go there."""

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QColor, QIcon, QPaintEvent, QPixmap
from PySide6.QtWidgets import QLabel, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from scumble_editor.history.store import Step
from scumble_editor.ui import theme
from scumble_editor.ui.desk import Desk
from scumble_editor.ui.open_document import OpenDocument
from scumble_editor.ui.widgets.seen import seen
from scumble_protocol.errors import ScumbleError

_SIDE_PX = 40
_PATIENCE_MS = 120
_ID = Qt.ItemDataRole.UserRole


class HistoryPanel(QWidget):
    """The steps of the picture in front, undone branches too."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._opened: OpenDocument | None = None
        self._thumbnails = desk.thumbnails
        self._pictures: dict[int, QPixmap] = {}
        self._stale = True
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 6)
        self.list = QListWidget()
        self.list.setIconSize(QSize(_SIDE_PX, _SIDE_PX))
        self.list.setAccessibleName("History")
        self.list.setUniformItemSizes(True)
        self.list.itemClicked.connect(self._jump)
        column.addWidget(self.list, 1)
        self.note = QLabel()
        self.note.setProperty("faint", True)
        column.addWidget(self.note)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PATIENCE_MS)
        self._timer.timeout.connect(self.refresh)
        desk.session.current_changed.connect(self.follow)
        self.follow(desk.session.current)

    def follow(self, opened: OpenDocument | None) -> None:
        """Show another picture's history, or none."""
        if self._opened is not None:
            self._opened.history_changed.disconnect(self._timer.start)
        self._opened = opened
        self._pictures = {}
        if opened is not None:
            opened.history_changed.connect(self._timer.start)
        self.refresh()

    def refresh(self) -> None:
        """Show the steps as they are now; costs nothing while the panel is out of sight."""
        self._stale = not seen(self) and self._opened is not None
        if self._stale:
            return
        self.list.clear()
        opened = self._opened
        if opened is None:
            self.note.clear()
            return
        history = opened.history
        line = [step.id for step in history.line]
        here = history.current.id
        steps = history.steps
        current: QListWidgetItem | None = None
        for step in steps:
            item = self._item(step, on_line=step.id in line, undone=_after(line, step.id, here))
            self.list.addItem(item)
            if step.id == here:
                current = item
        if current is not None:
            self.list.setCurrentItem(current)
            self.list.scrollToItem(current)
        branches = len(steps) - len(line)
        aside = f", {branches} on other branches" if branches else ""
        self.note.setText(f"{len(line)} steps{aside}, {history.bytes / 1e6:.0f} MB")

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Catch up where something has changed while nobody looked."""
        if self._stale:
            self._timer.start()
        super().paintEvent(event)

    def _item(self, step: Step, *, on_line: bool, undone: bool) -> QListWidgetItem:
        item = QListWidgetItem(step.label)
        item.setData(_ID, step.id)
        icon = QIcon()
        for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected):
            icon.addPixmap(self._picture(step), mode)
        item.setIcon(icon)
        item.setSizeHint(QSize(120, _SIDE_PX + 8))
        if undone or not on_line:
            item.setForeground(QColor(theme.current().faint))
        tip = "Click to go to this step"
        item.setToolTip(tip if on_line else f"{tip}; it is on a branch that was undone")
        return item

    def _picture(self, step: Step) -> QPixmap:
        known = self._pictures.get(step.id)
        opened = self._opened
        if opened is None or not opened.history.in_memory(step.id):
            return known if known is not None else QPixmap()
        if known is not None and step.id != opened.history.current.id:
            return known
        image = self._thumbnails.document(opened.history.document_of(step.id), _SIDE_PX)
        self._pictures[step.id] = QPixmap.fromImage(image)
        return self._pictures[step.id]

    def _jump(self, item: QListWidgetItem) -> None:
        if self._opened is None:
            return
        self._desk.session.put_away()
        try:
            self._opened.jump(item.data(_ID))
        except ScumbleError as error:
            self._desk.messages.report(error)


def _after(line: list[int], step_id: int, here: int) -> bool:
    return step_id in line and line.index(step_id) > line.index(here)
