"""The bar of tools at the left edge, with the two colours at its end."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QToolBar, QWidget

from scumble_editor.ui import theme
from scumble_editor.ui.session import EditorSession


class ColourPair(QWidget):
    """Foreground over background; click to choose, X swaps them."""

    def __init__(self, session: EditorSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setFixedSize(QSize(38, 44))
        self.setToolTip("Foreground and background colour. Click to swap them (X); D for black")
        self.setAccessibleName("Colours")
        session.colours_changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw both colours."""
        del event
        painter = QPainter(self)
        line = QColor(theme.current().faint)
        for box, colour in (
            (QRect(14, 17, 21, 21), self._session.background),
            (QRect(3, 5, 21, 21), self._session.foreground),
        ):
            painter.setPen(line)
            painter.setBrush(QColor(*colour))
            painter.drawRect(box)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Swap."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._session.swap_colours()


class Toolbox(QToolBar):
    """A button for each tool; the window adds the actions."""

    def __init__(self, session: EditorSession, parent: QWidget | None = None) -> None:
        super().__init__("Tools", parent)
        self.setObjectName("toolbox")
        self.setOrientation(Qt.Orientation.Vertical)
        self.setIconSize(QSize(22, 22))
        self.setMovable(False)
        self._pair = ColourPair(session)

    def finish(self) -> None:
        """Put the colours beneath the tools."""
        self.addSeparator()
        self.addWidget(self._pair)
