"""The few things that painters change all the time: strength, variants, seed and model."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QRegularExpressionValidator
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from scumble_editor.client.jobs import PaintJob
from scumble_editor.generation.actions import ABOUT
from scumble_editor.generation.settings import Settings
from scumble_editor.ui import theme
from scumble_editor.ui.generate.fields import beside, faint, trim
from scumble_editor.ui.generate.generation import Generation
from scumble_editor.ui.widgets.slider import NumberSlider

MOST_VARIANTS = 16


class Choices(QWidget):
    """Fields for strength, variants, seed and model."""

    def __init__(self, generation: Generation, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._generation = generation
        self.strength = NumberSlider(1, 100, 100, suffix=" %", label="Strength")
        self.strength.setToolTip(
            "How much may change: little keeps what is there, 100 % paints as if it were empty"
        )
        self.words = QWidget()
        self.variants = QSpinBox()
        self.seed = QLineEdit()
        self.random = QToolButton()
        self.again = QToolButton()
        self.model = QComboBox()
        self._last_seed: int | None = None
        self._build()
        self._connect()
        self.show_settings(generation.settings)
        self.dress()

    def dress(self) -> None:
        """Take the icons of the theme."""
        self.random.setIcon(theme.icon("dice"))
        self.again.setIcon(theme.icon("again"))

    def show_settings(self, settings: Settings) -> None:
        """Show what is asked for."""
        known = ABOUT[settings.action].strength is not None
        self.strength.setVisible(known)
        self.words.setVisible(known)
        self.strength.set_value(settings.strength_used * 100)
        self.variants.setValue(settings.variants)
        drawn = settings.seed is None
        self.random.setChecked(drawn)
        self.seed.setText("" if drawn else str(settings.seed))
        self._show_models()

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.strength)
        ends = QHBoxLayout(self.words)
        ends.setContentsMargins(2, 0, 2, 2)
        ends.addWidget(faint("keeps more"))
        right = faint("changes more")
        right.setAlignment(Qt.AlignmentFlag.AlignRight)
        ends.addWidget(right)
        column.addWidget(self.words)
        self._describe()
        seeds = QHBoxLayout()
        seeds.setSpacing(3)
        for widget in (self.seed, self.random, self.again):
            seeds.addWidget(widget)
        rows = beside((("Seed", seeds), ("Variants", self.variants), ("Model", self.model)))
        column.addLayout(rows)

    def _describe(self) -> None:
        self.variants.setRange(1, MOST_VARIANTS)
        trim(self.variants)
        self.variants.setAccessibleName("Variants")
        self.variants.setToolTip("How many pictures to choose from; each takes its time")
        self.seed.setAccessibleName("Seed")
        self.seed.setPlaceholderText("random")
        self.seed.setValidator(QRegularExpressionValidator(r"\d{0,15}", self))
        self.seed.setToolTip(
            "The number that chance starts from: the same seed and words give the same paint. "
            "Empty draws another each time"
        )
        self.random.setCheckable(True)
        self.random.setToolTip("Draw another seed each time")
        self.again.setToolTip("Use the seed of the last painting again")
        self.again.setEnabled(False)
        for button in (self.random, self.again):
            button.setIconSize(QSize(18, 18))
        self.model.setAccessibleName("Model")
        self.model.setToolTip("The model that paints; the list is the daemon's")
        policy = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        self.model.setSizeAdjustPolicy(policy)

    def _connect(self) -> None:
        generation = self._generation
        self.strength.changed.connect(lambda percent: generation.change(strength=percent / 100))
        self.variants.valueChanged.connect(lambda count: generation.change(variants=count))
        self.seed.editingFinished.connect(self._type_seed)
        self.random.clicked.connect(self._draw)
        self.again.clicked.connect(self._repeat)
        self.model.activated.connect(
            lambda index: generation.change(model=self.model.itemData(index))
        )
        generation.settings_changed.connect(self.show_settings)
        generation.models_changed.connect(self._show_models)
        generation.sent.connect(self._sent)

    def _type_seed(self) -> None:
        text = self.seed.text().strip()
        self._generation.change(seed=int(text) if text else None)

    def _draw(self) -> None:
        fixed = self._last_seed if self._last_seed is not None else 0
        self._generation.change(seed=None if self.random.isChecked() else fixed)

    def _repeat(self) -> None:
        self._generation.change(seed=self._last_seed)

    def _sent(self, job: PaintJob) -> None:
        self._last_seed = job.settings.seed
        self.again.setEnabled(self._last_seed is not None)
        self.again.setToolTip(f"Use the seed of the last painting again: {self._last_seed}")

    def _show_models(self) -> None:
        chosen = self._generation.settings.model
        models = {model.name: model for model in self._generation.models if model.tasks}
        names = list(models) or [chosen]
        if chosen not in names:
            names.append(chosen)
        if names != [self.model.itemData(index) for index in range(self.model.count())]:
            self.model.clear()
            for name in names:
                self.model.addItem(name if name in models or not models else f"{name} (missing)")
                index = self.model.count() - 1
                self.model.setItemData(index, name)
                if name in models:
                    self.model.setItemData(
                        index, models[name].description, Qt.ItemDataRole.ToolTipRole
                    )
        self.model.setCurrentIndex(self.model.findData(chosen))
