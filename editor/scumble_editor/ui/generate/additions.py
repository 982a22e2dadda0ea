"""LoRAs put on the model: chosen from the catalogue, each with its weight."""

from functools import partial

import msgspec
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from scumble_editor.generation.settings import Settings
from scumble_editor.ui import theme
from scumble_editor.ui.generate.generation import Generation
from scumble_editor.ui.widgets.slider import NumberSlider
from scumble_protocol.tasks import Lora

FAMILY = "lora"
_INVITATION = "Add a LoRA…"


class Additions(QWidget):
    """One bar for each LoRA, and a list to add from; hidden where the daemon has none."""

    def __init__(self, generation: Generation, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._generation = generation
        self._shown: tuple[Lora, ...] = ()
        self.bars: dict[str, NumberSlider] = {}
        self._rows: list[QWidget] = []
        self.add = QComboBox()
        self.add.setAccessibleName("Add a LoRA")
        self.add.setToolTip("Small additions to the model that teach it a style or a subject")
        self.add.activated.connect(self._add)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self._column.addWidget(self.add)
        generation.settings_changed.connect(self.show_settings)
        generation.models_changed.connect(self._list)
        self._list()
        self.show_settings(generation.settings)

    def dress(self) -> None:
        """Take the icons of the theme."""
        shown, self._shown = self._shown, ()
        self._build(shown)

    def show_settings(self, settings: Settings) -> None:
        """Show the LoRAs that are asked for."""
        loras = settings.options.loras
        if [lora.name for lora in loras] == [lora.name for lora in self._shown]:
            for lora in loras:
                self.bars[lora.name].set_value(lora.weight)
            self._shown = loras
        else:
            self._build(loras)

    def _list(self) -> None:
        names = [model.name for model in self._generation.models if model.family == FAMILY]
        self.add.clear()
        self.add.addItems([_INVITATION, *names])
        self.setVisible(bool(names) or bool(self._shown))

    def _build(self, loras: tuple[Lora, ...]) -> None:
        for row in self._rows:
            self._column.removeWidget(row)
            row.deleteLater()
        self._rows, self.bars, self._shown = [], {}, loras
        for number, lora in enumerate(loras):
            bar = NumberSlider(-2, 2, 1, decimals=2, label=lora.name)
            bar.set_value(lora.weight)
            bar.setToolTip(f"How strongly “{lora.name}” acts; below 0 it acts the other way")
            bar.changed.connect(partial(self._weigh, lora.name))
            gone = QToolButton()
            gone.setIcon(theme.icon("close"))
            gone.setIconSize(QSize(14, 14))
            gone.setToolTip(f"Take “{lora.name}” off")
            gone.clicked.connect(partial(self._remove, lora.name))
            row = QWidget()
            line = QHBoxLayout(row)
            line.setContentsMargins(0, 0, 0, 0)
            line.setSpacing(2)
            line.addWidget(bar, 1)
            line.addWidget(gone)
            self.bars[lora.name] = bar
            self._rows.append(row)
            self._column.insertWidget(number, row)
        self._list()

    def _add(self, index: int) -> None:
        if index > 0:
            name = self.add.itemText(index)
            self._change((*self._without(name), Lora(name=name)))
        self.add.setCurrentIndex(0)

    def _remove(self, name: str, *_: object) -> None:
        self._change(self._without(name))

    def _weigh(self, name: str, weight: float) -> None:
        self._change(
            tuple(
                Lora(name=name, weight=weight) if lora.name == name else lora
                for lora in self._generation.settings.options.loras
            )
        )

    def _without(self, name: str) -> tuple[Lora, ...]:
        return tuple(lora for lora in self._generation.settings.options.loras if lora.name != name)

    def _change(self, loras: tuple[Lora, ...]) -> None:
        options = msgspec.structs.replace(self._generation.settings.options, loras=loras)
        self._generation.change(options=options)
