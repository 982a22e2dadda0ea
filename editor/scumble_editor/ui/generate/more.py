"""What painters change now and then, folded away: the model's own numbers, and the edges."""

from functools import partial

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from scumble_editor.generation.settings import Settings
from scumble_editor.ui import theme
from scumble_editor.ui.generate.additions import Additions
from scumble_editor.ui.generate.fields import beside
from scumble_editor.ui.generate.generation import Generation
from scumble_editor.ui.generate.guides import Guides
from scumble_editor.ui.generate.numbers import OptionalNumber
from scumble_editor.ui.session import EditorSession
from scumble_protocol.tasks import Direction, Fill

FILLS = {
    None: "auto",
    Fill.NEUTRAL: "grey",
    Fill.BLUR: "blurred surroundings",
    Fill.BORDER: "surroundings drawn in",
    Fill.ORIGINAL: "what is there",
    Fill.NOISE: "noise",
}
DIRECTIONS = {
    Direction.INSIDE: "inside the selection",
    Direction.CENTRED: "across its edge",
    Direction.OUTSIDE: "outside the selection",
}


class More(QWidget):
    """A line to click, and beneath it the fields it unfolds."""

    def __init__(
        self, generation: Generation, session: EditorSession, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._generation = generation
        self.fold = QToolButton()
        self.fields = QWidget()
        self.steps = OptionalNumber("Steps", "More steps take longer and may look finer", 1, 200)
        self.guidance = OptionalNumber(
            "Guidance", "How closely the words are followed", 0, 30, step=0.5, decimals=1
        )
        self.scheduler = _box("Scheduler", "The method by which noise becomes a picture")
        self.fill = _box("Fill", "What stands in the selection before painting begins")
        self.feather = OptionalNumber(
            "Feather", "How wide the edge of the result fades out", 0, 512, suffix=" px"
        )
        self.grow = OptionalNumber(
            "Grow", "How much further than the selection the model paints", 0, 512, suffix=" px"
        )
        self.context = OptionalNumber(
            "Context",
            "How much around it the model sees",
            0,
            4096,
            step=16,
            suffix=" px",
        )
        self.direction = _box("Fade", "Where the edge fades; inside changes nothing outside")
        self.soft = QCheckBox("Grey selects by half")
        self.match_colour = QCheckBox("Match colour and seam")
        self.additions = Additions(generation)
        self.guides = Guides(generation, session)
        self._build()
        self._connect()
        self.dress()
        self.show_settings(generation.settings)

    def dress(self) -> None:
        """Take the icons of the theme."""
        self.fold.setIcon(theme.icon("fold_open" if self.unfolded else "fold_closed"))
        self.additions.dress()
        self.guides.dress()

    @property
    def unfolded(self) -> bool:
        """Whether the fields are shown."""
        return self.fold.isChecked()

    def show_settings(self, settings: Settings) -> None:
        """Show what is asked for."""
        for field, value in (
            (self.steps, settings.steps),
            (self.guidance, settings.guidance_scale),
            (self.feather, settings.feather),
            (self.grow, settings.grow),
            (self.context, settings.context),
        ):
            field.show_number(value)
        self._show_schedulers()
        self.fill.setCurrentIndex(self.fill.findData(settings.fill))
        self.direction.setCurrentIndex(self.direction.findData(settings.direction))
        self.soft.setChecked(settings.soft)
        self.match_colour.setChecked(settings.match_colour)

    def _build(self) -> None:
        self.fold.setText("More")
        self.fold.setCheckable(True)
        self.fold.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.fold.setIconSize(QSize(16, 16))
        self.fold.setAutoRaise(True)
        self.fold.setProperty("plain", True)
        self.fold.setToolTip("Steps, guidance, scheduler, edges of the selection, LoRAs")
        self.scheduler.setEditable(True)
        self.scheduler.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        for fill, title in FILLS.items():
            self.fill.addItem(title, fill)
        for direction, title in DIRECTIONS.items():
            self.direction.addItem(title, direction)
        self.soft.setToolTip(
            "Where the selection is grey, things change by that much; else it is on or off"
        )
        self.match_colour.setToolTip(
            "Brings the colours of the result to those around it, and smooths the seam"
        )
        rows = beside(
            (
                ("Steps", self.steps),
                ("Guidance", self.guidance),
                ("Scheduler", self.scheduler),
                ("Fill", self.fill),
                ("Feather", self.feather),
                ("Grow", self.grow),
                ("Context", self.context),
                ("Fade", self.direction),
            )
        )
        inside = QVBoxLayout(self.fields)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(6)
        inside.addLayout(rows)
        for widget in (self.soft, self.match_colour, self.additions, self.guides):
            inside.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.fold)
        column.addWidget(self.fields)
        self.fields.hide()

    def _connect(self) -> None:
        generation = self._generation
        self.fold.toggled.connect(self._unfold)
        self.steps.chosen.connect(self._take_steps)
        for name, field in (
            ("guidance_scale", self.guidance),
            ("feather", self.feather),
            ("grow", self.grow),
            ("context", self.context),
        ):
            field.chosen.connect(partial(self._take, name))
        self.scheduler.activated.connect(lambda _: self._take_scheduler())
        line = self.scheduler.lineEdit()
        if line is not None:
            line.editingFinished.connect(self._take_scheduler)
        self.fill.activated.connect(lambda index: generation.change(fill=list(FILLS)[index]))
        self.direction.activated.connect(
            lambda index: generation.change(direction=list(DIRECTIONS)[index])
        )
        self.soft.toggled.connect(partial(self._take, "soft"))
        self.match_colour.toggled.connect(partial(self._take, "match_colour"))
        generation.settings_changed.connect(self.show_settings)
        generation.models_changed.connect(self._show_schedulers)

    def _show_schedulers(self) -> None:
        """Offer those that the daemon says the model takes; any other may be typed."""
        settings = self._generation.settings
        models = {model.name: model for model in self._generation.models}
        fitting = models[settings.model].schedulers if settings.model in models else ()
        names = ["auto", *fitting]
        if names != [self.scheduler.itemText(index) for index in range(self.scheduler.count())]:
            self.scheduler.clear()
            self.scheduler.addItems(names)
        self.scheduler.setCurrentText(settings.scheduler or "auto")

    def _unfold(self, shown: bool) -> None:
        self.fields.setVisible(shown)
        self.dress()

    def _take(self, name: str, value: object) -> None:
        self._generation.change(**{name: value})

    def _take_steps(self, steps: float | None) -> None:
        self._generation.change(steps=None if steps is None else int(steps))

    def _take_scheduler(self) -> None:
        name = self.scheduler.currentText().strip()
        self._generation.change(scheduler=None if name in ("", "auto") else name)


def _box(name: str, tip: str) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    box.setToolTip(tip)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    return box
