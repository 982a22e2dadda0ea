"""How fields are laid out in the panel: labels beside them, faint lines of explanation."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QGridLayout,
    QLabel,
    QLayout,
    QSizePolicy,
    QWidget,
)

HEIGHT_PX = 27
LABEL_PX = 68


def faint(text: str) -> QLabel:
    """Return a line of less important text."""
    label = QLabel(text)
    label.setProperty("faint", True)
    label.setWordWrap(True)
    return label


class ElidedLabel(QLabel):
    """A line of text that ends in “…” where there is no room for all of it."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw as much as there is room for."""
        del event
        painter = QPainter(self)
        end = Qt.TextElideMode.ElideRight
        shown = self.fontMetrics().elidedText(self.text(), end, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, shown)
        painter.end()


def beside(rows: Sequence[tuple[str, QWidget | QLayout]]) -> QGridLayout:
    """Return fields below one another, each with its label at the left."""
    grid = QGridLayout()
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(6)
    grid.setVerticalSpacing(6)
    grid.setColumnMinimumWidth(0, LABEL_PX)
    grid.setColumnStretch(1, 1)
    for number, (title, field) in enumerate(rows):
        label = QLabel(title)
        grid.addWidget(label, number, 0)
        if isinstance(field, QWidget):
            label.setToolTip(field.toolTip())
            grid.addWidget(field, number, 1)
        else:
            grid.addLayout(field, number, 1)
    return grid


def trim(field: QAbstractSpinBox) -> None:
    """Make a spin box as high as its neighbours, with its number off the edge."""
    field.setFixedHeight(HEIGHT_PX)
    field.lineEdit().setTextMargins(4, 0, 0, 0)
