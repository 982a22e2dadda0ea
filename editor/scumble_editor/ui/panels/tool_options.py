"""The options of the tool in hand, built from its data."""

from functools import partial

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QFormLayout,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from scumble_editor.tools.options import Choice, Option, Slider, Toggle, Value
from scumble_editor.tools.tool import Tool
from scumble_editor.ui import theme
from scumble_editor.ui.session import EditorSession
from scumble_editor.ui.widgets.slider import NumberSlider


class ToolOptions(QScrollArea):
    """One field for each option of the tool."""

    def __init__(self, session: EditorSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._tool: Tool | None = None
        self.fields: dict[str, QWidget] = {}
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumHeight(64)
        session.tool_changed.connect(self.show_tool)
        self.show_tool(session.tool)

    def show_tool(self, tool: Tool) -> None:
        """Show the options of a tool, or their values where it is shown already."""
        if tool is self._tool:
            for option in tool.options:
                field = self.fields.get(option.name)
                if isinstance(field, NumberSlider):
                    field.set_value(tool.values.number(option.name))
            return
        self._tool = tool
        self.rebuild()

    def rebuild(self) -> None:
        """Build all fields anew."""
        tool = self._tool
        if tool is None:
            return
        self.fields = {}
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(8, 6, 8, 6)
        column.setSpacing(5)
        form = QFormLayout()
        form.setVerticalSpacing(6)
        switches = QGridLayout()
        switches.setVerticalSpacing(4)
        for option in tool.options:
            self._add(tool, option, column, form, switches)
        if switches.count():
            column.addLayout(switches)
        if form.rowCount():
            column.addLayout(form)
        if not tool.options:
            nothing = QLabel(tool.hint)
            nothing.setWordWrap(True)
            nothing.setProperty("faint", True)
            column.addWidget(nothing)
        column.addStretch()
        self.setWidget(page)

    def _add(
        self,
        tool: Tool,
        option: Option,
        column: QVBoxLayout,
        form: QFormLayout,
        switches: QGridLayout,
    ) -> None:
        field: QWidget
        match option:
            case Slider():
                field = self._slider(tool, option)
                column.addWidget(field)
            case Toggle():
                field = self._toggle(tool, option)
                place = switches.count()
                switches.addWidget(field, place // 2, place % 2)
            case Choice():
                field = self._choice(tool, option)
                form.addRow(option.label, field)
        field.setToolTip(option.tip)
        field.setAccessibleName(option.label)
        self.fields[option.name] = field

    def _slider(self, tool: Tool, option: Slider) -> NumberSlider:
        field = NumberSlider(
            option.low,
            option.high,
            option.default,
            decimals=option.decimals,
            suffix=option.suffix,
            curve=option.curve,
            label=option.label,
        )
        field.set_value(tool.values.number(option.name))
        field.changed.connect(partial(self._set, option.name))
        return field

    def _toggle(self, tool: Tool, option: Toggle) -> QCheckBox:
        field = QCheckBox(option.label)
        field.setChecked(tool.values.flag(option.name))
        field.toggled.connect(partial(self._set, option.name))
        return field

    def _choice(self, tool: Tool, option: Choice) -> QWidget:
        chosen = tool.values.text(option.name)
        if not all(icon for _, _, icon in option.choices):
            box = QComboBox()
            for value, title, _ in option.choices:
                box.addItem(title, value)
            box.setCurrentIndex(box.findData(chosen))
            box.currentIndexChanged.connect(
                lambda index: self._set(option.name, box.itemData(index))
            )
            return box
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        group = QButtonGroup(row)
        for value, title, icon in option.choices:
            button = QToolButton()
            button.setIcon(theme.icon(icon))
            button.setIconSize(QSize(20, 20))
            button.setToolTip(title)
            button.setCheckable(True)
            button.setChecked(value == chosen)
            button.clicked.connect(partial(self._set, option.name, value))
            group.addButton(button)
            layout.addWidget(button)
        layout.addStretch()
        return row

    def _set(self, name: str, value: Value, *_: object) -> None:
        if self._tool is not None:
            self._tool.values.set(name, value)
            self._session.options_changed.emit()
