"""A short guide to a first result: four steps, each done by hand or by its button."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from scumble_editor.ui import theme

_WIDTH_PX = 330
_PAUSE_MS = 1500


@dataclass(frozen=True, slots=True)
class Step:
    """What is to be done, how to do it oneself, and a button that does it."""

    title: str
    how: str
    button: str
    done: Callable[[], bool]
    act: Callable[[], None]


class FirstSteps(QFrame):
    """A card beside the canvas; never in the way, gone for good once it is put away.

    Signals:
        put_away: the painter has seen enough of it.
        model_wanted: a real checkpoint is wished for.
    """

    put_away = Signal()
    model_wanted = Signal()

    def __init__(self, steps: tuple[Step, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", True)
        self.setAccessibleName("First steps")
        self.setFixedWidth(_WIDTH_PX)
        self._steps = steps
        self._passed = 0
        self.title = QLabel()
        self.title.setStyleSheet("font-weight: 600")
        self.close_button = QToolButton()
        self.close_button.setIconSize(QSize(14, 14))
        self.close_button.setToolTip("Put this away; Help › First Steps brings it back")
        self.close_button.setAccessibleName("Put the first steps away")
        self.close_button.clicked.connect(self._leave)
        self.says = QLabel()
        self.says.setWordWrap(True)
        self.act = QPushButton()
        self.act.setToolTip("Have this step done for you")
        self.act.setDefault(True)
        self.act.clicked.connect(self._do)
        self.skip = QPushButton("Not now")
        self.skip.setToolTip("Go on with Miniature")
        self.skip.clicked.connect(self._leave)
        self.marks = QLabel()
        self._arrange()
        self.dress()
        self.refresh()

    @property
    def current(self) -> Step | None:
        """The step that is to be done next; None once all are."""
        return self._steps[self._passed] if self._passed < len(self._steps) else None

    def begin(self) -> None:
        """Start over, and be seen."""
        self._passed = 0
        self.refresh()
        self.show()
        self.raise_()

    def refresh(self, _: object = None) -> None:
        """Go on to the first step that is not done yet."""
        before = self._passed
        while self.current is not None and self.current.done():
            self._passed += 1
        if self._passed != before:
            self.act.setEnabled(True)
        step = self.current
        count = len(self._steps)
        if step is None:
            self.title.setText("That is your first layer")
            self.says.setText(
                "Hide it, mask it, undo it, paint over it: it is a layer like any other, and "
                "Painted keeps it. Miniature is small and knows few words. A real model paints "
                "whatever you can describe."
            )
            self.act.setText("Choose a Real Model…")
        else:
            self.title.setText(step.title)
            self.says.setText(step.how)
            self.act.setText(step.button)
        self.skip.setVisible(step is None)
        self.marks.setVisible(step is not None)
        self.marks.setText(" ".join("●" if n < self._passed else "○" for n in range(count)))
        self.marks.setToolTip(f"{self._passed} of {count} steps are done")
        self.adjustSize()

    def say(self, words: str) -> None:
        """Say how the step in hand is going."""
        if self.current is self._steps[-1]:
            self.says.setText(words)
            self.adjustSize()

    def dress(self) -> None:
        """Take the colours of the theme."""
        self.close_button.setIcon(theme.icon("close"))
        self.marks.setStyleSheet(f"color: {theme.current().accent}")

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        foot = QHBoxLayout()
        foot.addWidget(self.marks)
        foot.addStretch()
        foot.addWidget(self.skip)
        foot.addWidget(self.act)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 10, 10, 12)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.says)
        column.addLayout(foot)

    def _do(self) -> None:
        if self.current is None:
            self._leave()
            self.model_wanted.emit()
        else:
            self.act.setEnabled(False)  # until something comes of it, or for a moment
            QTimer.singleShot(_PAUSE_MS, self, lambda: self.act.setEnabled(True))
            self.current.act()
            self.refresh()

    def _leave(self) -> None:
        self.hide()
        self.put_away.emit()
