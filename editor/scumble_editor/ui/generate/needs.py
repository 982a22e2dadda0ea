"""What some actions need besides words: sides that grow, a depth, how much larger."""

from PySide6.QtWidgets import QComboBox, QGridLayout, QVBoxLayout, QWidget

from scumble_editor.generation.settings import Settings, Sides
from scumble_editor.ui.generate.fields import beside
from scumble_editor.ui.generate.generation import Generation
from scumble_editor.ui.generate.layer_choice import LayerChoice
from scumble_editor.ui.session import EditorSession
from scumble_editor.ui.widgets.slider import NumberSlider

MOST_PX = 2048
UPSCALER_FAMILY = "upscaler"
_PLACES = {"left": (0, 0), "right": (0, 1), "top": (1, 0), "bottom": (1, 1)}


class SidesFields(QWidget):
    """By how much the canvas grows at each side."""

    def __init__(self, generation: Generation, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._generation = generation
        self.sides: dict[str, NumberSlider] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        for name, (row, column) in _PLACES.items():
            field = NumberSlider(0, MOST_PX, 0, suffix=" px", curve=2, label=name.title())
            field.setAccessibleName(f"Expand {name}")
            field.setToolTip(f"How far the canvas grows at the {name}")
            field.changed.connect(lambda _: self._take())
            self.sides[name] = field
            grid.addWidget(field, row, column)

    def show_settings(self, settings: Settings) -> None:
        """Show the sides that are asked for."""
        for name, field in self.sides.items():
            field.set_value(getattr(settings.sides, name))

    def _take(self) -> None:
        values = {name: round(field.value) for name, field in self.sides.items()}
        self._generation.change(sides=Sides(**values))


class DepthField(QWidget):
    """Where the depth comes from."""

    def __init__(
        self, generation: Generation, session: EditorSession, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.layer = LayerChoice(session, "Depth", "estimated from the picture")
        self.layer.setToolTip(
            "Where the depth comes from: the picture itself, or a layer of greys, white is near"
        )
        self.layer.chosen.connect(lambda layer_id: generation.change(depth_layer=layer_id))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(beside((("Depth", self.layer),)))

    def show_settings(self, settings: Settings) -> None:
        """Show the layer that is asked for."""
        self.layer.show_layer(settings.depth_layer)


class EnlargeFields(QWidget):
    """How much larger, by what, and whether a model draws in detail."""

    def __init__(self, generation: Generation, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._generation = generation
        self.factor = NumberSlider(1, 4, 2, decimals=2, suffix=" ×", label="Larger")
        self.factor.setToolTip("How many times as wide and as high the picture becomes")
        self.refine = NumberSlider(0, 80, 0, suffix=" %", label="Draw in detail")
        self.refine.setToolTip(
            "How much the model may change to draw in detail, tile by tile; 0 only enlarges"
        )
        self.upscaler = QComboBox()
        self.upscaler.setAccessibleName("Enlarge by")
        self.upscaler.setToolTip("A model made for enlarging, or plain resampling")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.factor)
        column.addWidget(self.refine)
        column.addLayout(beside((("By", self.upscaler),)))
        self.factor.changed.connect(lambda factor: generation.change(factor=factor))
        self.refine.changed.connect(
            lambda percent: generation.change(refine=percent / 100 if percent else None)
        )
        self.upscaler.activated.connect(
            lambda index: generation.change(upscaler=self.upscaler.itemData(index))
        )
        generation.models_changed.connect(self._list)
        self._list()

    def show_settings(self, settings: Settings) -> None:
        """Show what is asked for."""
        self.factor.set_value(settings.factor)
        self.refine.set_value(round((settings.refine or 0) * 100))
        self.upscaler.setCurrentIndex(max(self.upscaler.findData(settings.upscaler), 0))

    def _list(self) -> None:
        self.upscaler.clear()
        self.upscaler.addItem("resampling (Lanczos)", None)
        for model in self._generation.models:
            if model.family == UPSCALER_FAMILY:
                self.upscaler.addItem(model.name, model.name)
        self.show_settings(self._generation.settings)
