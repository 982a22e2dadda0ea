"""A sentence that takes the room there is: cut short with an ellipsis, whole in its tooltip."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QStyle, QStyleOption, QWidget


class Hint(QLabel):
    """A label of one line that never makes its window wider."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("faint", True)
        self.setIndent(6)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Ask for no width at all."""
        return QSize(0, super().minimumSizeHint().height())

    def sizeHint(self) -> QSize:  # noqa: N802
        """Ask for no width at all; what is left is given by the layout."""
        return self.minimumSizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Paint as much of the sentence as fits."""
        del event
        area = self.contentsRect().adjusted(self.indent(), 0, 0, 0)
        sentence = self.text()
        fits = self.fontMetrics().elidedText(sentence, Qt.TextElideMode.ElideRight, area.width())
        self.setToolTip("" if fits == sentence else sentence)
        option = QStyleOption()
        option.initFrom(self)
        painter = QPainter(self)
        self.style().drawPrimitive(QStyle.PrimitiveElement.PE_Widget, option, painter, self)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        self.style().drawItemText(
            painter, area, flags, self.palette(), self.isEnabled(), fits, self.foregroundRole()
        )
        painter.end()
