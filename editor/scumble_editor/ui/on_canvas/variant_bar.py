"""The bar over a canvas on which variants are browsed: which one, and what to keep."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QToolButton,
    QWidget,
)

from scumble_editor.ui.canvas.canvas import Canvas
from scumble_editor.ui.on_canvas.browsing import Browsing

_MARGIN_PX = 14


class VariantBar(QFrame):
    """Child of one canvas. Arrow keys on the canvas browse; Enter keeps, Escape keeps all."""

    def __init__(self, canvas: Canvas, browsing: Browsing) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._browsing = browsing
        self.setProperty("card", True)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.before, self.after = QToolButton(), QToolButton()
        self.says = QLabel()
        self.marked = QCheckBox("Mark")
        self.keep = QPushButton("Keep")
        self.keep.setToolTip("Keep this one and let the others go (Enter)")
        self.keep_all = QPushButton("Keep all")
        self.discard = QPushButton("Discard")
        self._build()
        browsing.changed.connect(self.refresh)
        browsing.arrived.connect(self._take_keys)
        canvas.installEventFilter(self)
        self.refresh()

    def refresh(self) -> None:
        """Show where the painter is, where this is the canvas."""
        browsing = self._browsing
        here = browsing.opened is self._canvas.opened and browsing.count > 1
        self.setVisible(here)
        if not here:
            return
        self.says.setText(f"{browsing.index + 1} of {browsing.count}")
        self.marked.setChecked(browsing.index in browsing.marked)
        number = len(browsing.marked)
        self.keep.setText(f"Keep {number}" if number > 1 else "Keep")
        self.keep.setToolTip(
            "Keep those you marked and let the others go (Enter)"
            if number
            else "Keep this one and let the others go (Enter)"
        )
        self.adjustSize()
        self._place()
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Take the canvas' arrow keys, Enter and Escape, and stay at its upper edge."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        if (
            event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and not self.isHidden()
        ):
            return self._take(Qt.Key(event.key()))
        return super().eventFilter(watched, event)

    def _take_keys(self) -> None:
        """Have the keys reach the canvas from the prompt; who writes in a line is left alone."""
        if self.isVisible() and not isinstance(QApplication.focusWidget(), QLineEdit):
            self._canvas.setFocus()

    def _take(self, key: Qt.Key) -> bool:
        browsing = self._browsing
        match key:
            case Qt.Key.Key_Left:
                browsing.step(-1)
            case Qt.Key.Key_Right:
                browsing.step(1)
            case Qt.Key.Key_Up | Qt.Key.Key_Down:
                browsing.mark()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                browsing.keep()
            case Qt.Key.Key_Escape:
                browsing.keep_all()
            case _:
                return False
        return True

    def _build(self) -> None:
        browsing = self._browsing
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 6, 8, 6)
        row.setSpacing(6)
        for button, arrow, tip, by in (
            (self.before, Qt.ArrowType.LeftArrow, "The variant before (Left)", -1),
            (self.after, Qt.ArrowType.RightArrow, "The next variant (Right)", 1),
        ):
            button.setArrowType(arrow)
            button.setToolTip(tip)
            button.setAccessibleName(tip)
            button.clicked.connect(lambda _=False, by=by: browsing.step(by))
        self.says.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.says.setMinimumWidth(self.fontMetrics().horizontalAdvance("00 of 00"))
        self.marked.setToolTip("Keep this one with others (Up or Down)")
        self.marked.clicked.connect(browsing.mark)
        self.keep.setDefault(True)
        self.keep.clicked.connect(browsing.keep)
        self.keep_all.setToolTip("Keep all of them as a group, with this one shown (Esc)")
        self.keep_all.clicked.connect(browsing.keep_all)
        self.discard.setToolTip("Take the result away; it stays among what was painted")
        self.discard.clicked.connect(browsing.discard)
        choices: tuple[QWidget, ...] = (self.before, self.says, self.after, self.marked)
        outcomes: tuple[QWidget, ...] = (self.keep, self.keep_all, self.discard)
        for widget in choices:
            row.addWidget(widget)
        row.addSpacing(6)
        for widget in outcomes:
            row.addWidget(widget)
        for widget in (*choices, *outcomes):
            widget.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def _place(self) -> None:
        width, height = self.width(), self.height()
        self.move(
            max((self._canvas.width() - width) // 2, 0),
            min(_MARGIN_PX, max(self._canvas.height() - height, 0)),
        )
