"""ControlNets and references: what the model looks at besides words, each with its layer."""

from collections.abc import Callable
from functools import partial

import msgspec
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from scumble_editor.generation.settings import Guide, Likeness, Settings
from scumble_editor.ui import theme
from scumble_editor.ui.generate.generation import Generation
from scumble_editor.ui.generate.layer_choice import LayerChoice
from scumble_editor.ui.session import EditorSession
from scumble_editor.ui.widgets.slider import NumberSlider
from scumble_protocol.tasks import Condition

CONTROLS, REFERENCES = "controlnet", "ip-adapter"  # how the names of their families begin
CONDITIONS = {
    Condition.IMAGE: "as it is",
    Condition.CANNY: "its edges",
    Condition.DEPTH: "its depth",
    Condition.INPAINT: "what is not selected",
}
_INVITATION = "Add a guide…"
AnyGuide = Guide | Likeness


class Guides(QWidget):
    """A few fields for each guide, and a list to add from; hidden where the daemon has none."""

    def __init__(
        self, generation: Generation, session: EditorSession, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._generation = generation
        self._session = session
        self.rows: list[QWidget] = []
        self._shown: tuple[AnyGuide, ...] = ()
        self.add = QComboBox()
        self.add.setAccessibleName("Add a guide")
        self.add.setToolTip(
            "ControlNets keep edges, depth or pose of a layer; references take after a picture"
        )
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
        self._shown = ()
        self.show_settings(self._generation.settings)

    def show_settings(self, settings: Settings) -> None:
        """Show the guides that are asked for; rows are built anew where others came or went."""
        guides: tuple[AnyGuide, ...] = (*settings.controls, *settings.references)
        same = [guide.name for guide in guides] == [guide.name for guide in self._shown]
        self._shown = guides
        if same:
            return
        for row in self.rows:
            self._column.removeWidget(row)
            row.deleteLater()
        self.rows = [self._row(number, guide) for number, guide in enumerate(guides)]
        for number, row in enumerate(self.rows):
            self._column.insertWidget(number, row)
        self._list()

    def _list(self) -> None:
        models = self._generation.models
        names = [m.name for m in models if m.family.startswith((CONTROLS, REFERENCES))]
        self.add.clear()
        self.add.addItems([_INVITATION, *names])
        self.setVisible(bool(names) or bool(self.rows))

    def _row(self, number: int, guide: AnyGuide) -> QWidget:
        row = QWidget()
        weight = NumberSlider(0, 2, 1, decimals=2, label=guide.name)
        weight.set_value(guide.weight)
        weight.setToolTip(f"How strongly “{guide.name}” guides")
        weight.changed.connect(lambda value: self._change(number, weight=value))
        gone = QToolButton()
        gone.setIcon(theme.icon("close"))
        gone.setIconSize(QSize(14, 14))
        gone.setToolTip(f"Take “{guide.name}” off")
        gone.clicked.connect(partial(self._remove, number))
        first = QHBoxLayout()
        first.setSpacing(2)
        first.addWidget(weight, 1)
        first.addWidget(gone)
        otherwise = "the picture" if isinstance(guide, Guide) else ""
        layer = LayerChoice(self._session, f"Layer of {guide.name}", otherwise)
        layer.setToolTip("The layer that it looks at")
        layer.show_layer(guide.layer)
        layer.chosen.connect(lambda layer_id: self._change(number, layer=layer_id))
        second = QHBoxLayout()
        second.setSpacing(4)
        second.addWidget(layer, 1)
        if isinstance(guide, Guide):
            second.addWidget(self._conditions(number, guide), 1)
        column = QVBoxLayout(row)
        column.setContentsMargins(0, 0, 0, 4)
        column.setSpacing(3)
        column.addLayout(first)
        column.addLayout(second)
        return row

    def _conditions(self, number: int, guide: Guide) -> QComboBox:
        box = QComboBox()
        box.setAccessibleName(f"What {guide.name} sees")
        box.setToolTip("What of the layer it is shown")
        for condition, title in CONDITIONS.items():
            box.addItem(title, condition)
        box.setCurrentIndex(box.findData(guide.condition))
        box.activated.connect(lambda index: self._change(number, condition=list(CONDITIONS)[index]))
        return box

    def _add(self, index: int) -> None:
        self.add.setCurrentIndex(0)
        if index <= 0:
            return
        name = self.add.itemText(index)
        families = {model.name: model.family for model in self._generation.models}
        settings = self._generation.settings
        if families[name].startswith(CONTROLS):
            self._generation.change(controls=(*settings.controls, Guide(name=name)))
            return
        opened = self._session.current
        if opened is None or opened.document.active_id is None:
            self._session.messages.info("A reference looks at a layer: open a picture first.")
            return
        likeness = Likeness(name=name, layer=opened.document.active_id)
        self._generation.change(references=(*settings.references, likeness))

    def _remove(self, number: int, *_: object) -> None:
        self._replace(number, lambda _: ())

    def _change(self, number: int, **fields: object) -> None:
        self._replace(number, lambda guide: (msgspec.structs.replace(guide, **fields),))

    def _replace(self, number: int, change: Callable[[AnyGuide], tuple[AnyGuide, ...]]) -> None:
        fresh: list[AnyGuide] = []
        for place, guide in enumerate(self._shown):
            fresh.extend(change(guide) if place == number else (guide,))
        self._generation.change(
            controls=tuple(guide for guide in fresh if isinstance(guide, Guide)),
            references=tuple(guide for guide in fresh if isinstance(guide, Likeness)),
        )
