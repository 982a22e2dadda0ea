"""Shows messages at the lower edge of the pictures: one at a time, never in the way of the hand."""

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from scumble_editor.ui import theme
from scumble_editor.ui.messages import Level, Message, Messages

_SHOWN_MS = {Level.INFO: 5000, Level.WARNING: 12_000, Level.ERROR: 0}
_OFFERED_MS = 20_000
_ICONS = {Level.INFO: "info", Level.WARNING: "warning", Level.ERROR: "error"}


class MessageBar(QFrame):
    """The newest message; errors stay until they are put away."""

    def __init__(self, messages: Messages, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", True)
        self.setAccessibleName("Messages")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 7, 6, 7)
        row.setSpacing(10)
        self._icon = QLabel()
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._copy = QToolButton()
        self._copy.setText("Copy details")
        self._copy.setToolTip("Put what happened on the clipboard, for a bug report")
        self._copy.clicked.connect(self._copy_details)
        self.offer = QPushButton()
        self.offer.setToolTip("Do what this message offers")
        self.offer.clicked.connect(self._accept)
        self._close = QToolButton()
        self._close.setToolTip("Put this message away")
        self._close.clicked.connect(self.hide)
        row.addWidget(self._icon)
        row.addWidget(self.text, 1)
        row.addWidget(self.offer)
        row.addWidget(self._copy)
        row.addWidget(self._close)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        self._message: Message | None = None
        self.hide()
        messages.sent.connect(self.show_message)
        messages.begin_showing()

    def show_message(self, message: Message) -> None:
        """Show a message; one of more weight is not pushed aside by one of less."""
        held = self._message
        if held is not None and self.isVisible() and held.level is Level.ERROR is not message.level:
            return
        self.offer.setVisible(message.offer is not None)
        self.offer.setText("" if message.offer is None else message.offer[0])
        self._message = message
        self.text.setText(message.text)
        self.dress()
        self._copy.setVisible(bool(message.details))
        self.show()
        self.raise_()
        self._timer.stop()
        shown_ms = _OFFERED_MS if message.offer is not None else _SHOWN_MS[message.level]
        if shown_ms:
            self._timer.start(shown_ms)

    def dress(self) -> None:
        """Take the icons of the theme."""
        level = Level.INFO if self._message is None else self._message.level
        self._icon.setPixmap(theme.icon(_ICONS[level]).pixmap(20, 20))
        self._close.setIcon(theme.icon("close"))

    def _accept(self) -> None:
        message = self._message
        self.hide()
        if message is not None and message.offer is not None:
            message.offer[1]()

    def _copy_details(self) -> None:
        if self._message is not None:
            QGuiApplication.clipboard().setText(f"{self._message.text}\n{self._message.details}")
