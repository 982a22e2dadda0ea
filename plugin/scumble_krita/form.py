"""A form made from a command's fields: what matters on top, the rest folded away."""

from collections.abc import Callable, Mapping

from scumble_host.commands import Command
from scumble_host.events import Model
from scumble_host.fields import Field, Value
from scumble_krita.qt import QtCore, QtWidgets, Signal

PROMPT_LINES = 3

Made = tuple[QtWidgets.QWidget, Callable[[], Value]]  # a widget, and what it says


class Form(QtWidgets.QWidget):
    """The values of one command.

    Signals:
        edited: the painter changed a value.
    """

    edited = Signal()

    def __init__(self, command: Command, values: Mapping[str, Value]) -> None:
        super().__init__()
        self.command = command
        self._readers: dict[str, Callable[[], Value]] = {}
        self._models: list[QtWidgets.QComboBox] = []
        rows, folded = QtWidgets.QFormLayout(), QtWidgets.QFormLayout()
        for field in command.fields:
            value = values.get(field.name, field.default)
            layout = folded if field.folded else rows
            layout.addRow(_label(field), self._widget(field, value))
        whole = QtWidgets.QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addLayout(rows)
        if folded.rowCount():
            whole.addWidget(_fold(folded))

    def values(self) -> dict[str, Value]:
        """Return what the form says, by the fields' names."""
        return {name: read() for name, read in self._readers.items()}

    def offer_models(self, models: tuple[Model, ...]) -> None:
        """Fill the list of models with those that can do the command's task."""
        names = [model.name for model in models if self.command.task in model.tasks]
        for box in self._models:
            chosen = box.currentText()
            box.clear()
            box.addItems(["", *names])
            box.setCurrentText(chosen)

    def _widget(self, field: Field, value: Value) -> QtWidgets.QWidget:
        widget, read = self._made(field, value)
        widget.setObjectName(field.name)
        widget.setToolTip(field.help)
        self._readers[field.name] = read
        return widget

    def _made(self, field: Field, value: Value) -> Made:
        if field.choices:
            return self._choice(field, value)
        if isinstance(field.default, bool):
            return self._check(bool(value))
        if isinstance(field.default, int):
            return self._whole_number(field, int(value))
        if isinstance(field.default, float):
            return self._number(field, float(value))
        if field.name == "model":
            return self._model(str(value))
        return self._text(field, str(value))

    def _choice(self, field: Field, value: Value) -> Made:
        box = QtWidgets.QComboBox()
        for sent, shown in field.choices:
            box.addItem(shown, sent)
        box.setCurrentIndex(max(0, box.findData(value)))
        box.currentIndexChanged.connect(self._changed)
        return box, lambda: str(box.currentData())

    def _check(self, value: bool) -> Made:
        box = QtWidgets.QCheckBox()
        box.setChecked(value)
        box.toggled.connect(self._changed)
        return box, box.isChecked

    def _whole_number(self, field: Field, value: int) -> Made:
        box = QtWidgets.QSpinBox()
        box.setRange(int(field.low), int(field.high))
        box.setValue(value)
        box.valueChanged.connect(self._changed)
        return box, box.value

    def _number(self, field: Field, value: float) -> Made:
        box = QtWidgets.QDoubleSpinBox()
        box.setRange(field.low, field.high)
        box.setSingleStep(0.05 if field.high <= 1 else 1)
        box.setValue(value)
        box.valueChanged.connect(self._changed)
        return box, box.value

    def _model(self, value: str) -> Made:
        box = QtWidgets.QComboBox()
        box.setEditable(True)
        box.setCurrentText(value)
        box.currentTextChanged.connect(self._changed)
        self._models.append(box)
        return box, box.currentText

    def _text(self, field: Field, value: str) -> Made:
        if not field.several_lines:
            line = QtWidgets.QLineEdit(value)
            line.textChanged.connect(self._changed)
            return line, line.text
        area = QtWidgets.QPlainTextEdit(value)
        area.setTabChangesFocus(True)
        area.setFixedHeight(area.fontMetrics().lineSpacing() * PROMPT_LINES + 12)
        area.textChanged.connect(self._changed)
        return area, area.toPlainText

    def _changed(self, *_: object) -> None:
        self.edited.emit()


def _label(field: Field) -> str:
    return field.label.replace("_", "&") + ":"


def _fold(content: QtWidgets.QFormLayout) -> QtWidgets.QWidget:
    """Return a heading that shows and hides what is below it."""
    whole, inner = QtWidgets.QWidget(), QtWidgets.QWidget()
    inner.setLayout(content)
    inner.setVisible(False)
    heading = QtWidgets.QToolButton()
    heading.setObjectName("more")
    heading.setText("More options")
    heading.setCheckable(True)
    heading.setAutoRaise(True)
    heading.setToolButtonStyle(QtCore.Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    heading.setArrowType(QtCore.Qt.ArrowType.RightArrow)

    def unfold(shown: bool) -> None:
        inner.setVisible(shown)
        arrow = QtCore.Qt.ArrowType
        heading.setArrowType(arrow.DownArrow if shown else arrow.RightArrow)

    heading.toggled.connect(unfold)
    layout = QtWidgets.QVBoxLayout(whole)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(heading)
    layout.addWidget(inner)
    return whole
