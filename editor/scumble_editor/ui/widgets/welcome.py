"""What an empty window shows: three clear ways to begin, and what was open lately."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from scumble_editor.ui import icons, theme
from scumble_editor.ui.settings import Settings

_CARD = QSize(176, 132)
_MOST = 6


class Welcome(QWidget):
    """Three large buttons and a list.

    Signals:
        wanted: the id of an action.
        recent_wanted: the Path of a file.
    """

    wanted = Signal(str)
    recent_wanted = Signal(object)

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        outer = QVBoxLayout(self)
        outer.addStretch(3)
        logo = QLabel()
        logo.setPixmap(icons.application_icon().pixmap(64, 64))
        logo.setAlignment(Qt.AlignmentFlag.AlignCenter)
        title = QLabel("Scumble")
        title.setProperty("title", True)
        title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        under = QLabel("Start painting, or drop a picture anywhere in this window.")
        under.setProperty("faint", True)
        under.setAlignment(Qt.AlignmentFlag.AlignCenter)
        for widget in (logo, title, under):
            outer.addWidget(widget)
        outer.addSpacing(22)
        row = QHBoxLayout()
        row.setSpacing(14)
        row.addStretch()
        self.cards: dict[str, QToolButton] = {}
        for action_id, icon, text, tip in (
            ("file.new", "new", "New picture", "Begin with an empty canvas (Ctrl+N)"),
            ("file.open", "open", "Open a picture", "Choose files from your disk (Ctrl+O)"),
            ("file.sample", "sample", "Try the sample", "A photograph to play with"),
        ):
            card = self._card(icon, text, tip)
            card.clicked.connect(self._wish(action_id))
            self.cards[action_id] = card
            row.addWidget(card)
        row.addStretch()
        outer.addLayout(row)
        outer.addSpacing(20)
        self._recent = QVBoxLayout()
        self._recent.setSpacing(2)
        outer.addLayout(self._recent)
        outer.addStretch(4)
        self.refresh()

    def refresh(self) -> None:
        """Show what was open lately, in the colours of the theme."""
        for icon, card in zip(("new", "open", "sample"), self.cards.values(), strict=True):
            card.setIcon(theme.icon(icon))
            look = theme.current()
            card.setStyleSheet(
                f"QToolButton {{ background: {look.raised}; border: 1px solid {look.line};"
                f" border-radius: 10px; font-weight: 600; padding: 14px; }}"
                f"QToolButton:hover {{ border-color: {look.accent}; background: {look.hover}; }}"
                f"QToolButton:focus {{ border-color: {look.accent}; }}"
            )
        while (item := self._recent.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        paths = [Path(name) for name in self._settings.recent[:_MOST]]
        if paths:
            heading = QLabel("Lately open")
            heading.setProperty("faint", True)
            heading.setAlignment(Qt.AlignmentFlag.AlignCenter)
            self._recent.addWidget(heading)
        for path in paths:
            self._recent.addWidget(self._entry(path), 0, Qt.AlignmentFlag.AlignCenter)

    def _card(self, icon: str, text: str, tip: str) -> QToolButton:
        card = QToolButton()
        card.setIcon(theme.icon(icon))
        card.setIconSize(QSize(48, 48))
        card.setText(text)
        card.setToolTip(tip)
        card.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        card.setFixedSize(_CARD)
        card.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return card

    def _entry(self, path: Path) -> QPushButton:
        entry = QPushButton(path.name)
        entry.setFlat(True)
        entry.setCursor(Qt.CursorShape.PointingHandCursor)
        entry.setToolTip(str(path))
        look = theme.current()
        entry.setStyleSheet(
            f"QPushButton {{ border: none; background: transparent; color: {look.accent};"
            f" padding: 3px 10px; }} QPushButton:hover {{ text-decoration: underline; }}"
        )
        entry.clicked.connect(lambda: self.recent_wanted.emit(path))
        return entry

    def _wish(self, action_id: str) -> Callable[[], None]:
        return lambda: self.wanted.emit(action_id)
