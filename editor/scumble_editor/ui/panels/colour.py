"""Colours: a wheel, sliders, a field for numbers, and swatches to keep."""

import colorsys
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QRegularExpression, QSize, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QRegularExpressionValidator
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QToolButton, QVBoxLayout, QWidget

from scumble_editor.tools.stage import Rgb
from scumble_editor.ui import theme
from scumble_editor.ui.desk import Desk
from scumble_editor.ui.widgets.slider import NumberSlider
from scumble_editor.ui.widgets.wheel import ColourWheel, Hsv

_FIRST_SWATCHES: tuple[Rgb, ...] = (
    (0, 0, 0),
    (64, 64, 64),
    (128, 128, 128),
    (192, 192, 192),
    (255, 255, 255),
    (120, 66, 40),
    (196, 60, 44),
    (226, 121, 60),
    (240, 192, 96),
    (128, 168, 72),
    (52, 116, 88),
    (80, 168, 176),
    (72, 128, 200),
    (56, 64, 136),
    (128, 80, 160),
    (216, 120, 152),
)
_SLIDERS = (("Hue", 360, "°"), ("Saturation", 100, " %"), ("Value", 100, " %"))
_MOST = 32
_ACROSS = 8


class ColourPanel(QWidget):
    """Chooses the foreground colour."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._quiet = False
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(5)
        self.wheel = ColourWheel()
        self.wheel.changed.connect(self._take_wheel)
        column.addWidget(self.wheel, 1)
        self.sliders: list[NumberSlider] = []
        for name, most, suffix in (
            ("Hue", 360, "°"),
            ("Saturation", 100, " %"),
            ("Value", 100, " %"),
        ):
            slider = NumberSlider(0, most, 0, suffix=suffix, label=name)
            slider.setToolTip(f"{name} of the foreground colour")
            slider.changed.connect(self._take_sliders)
            self.sliders.append(slider)
            column.addWidget(slider)
        row = QHBoxLayout()
        self.field = QLineEdit()
        self.field.setToolTip("The colour as in web pages, such as #c8502d")
        self.field.setAccessibleName("Hexadecimal colour")
        six = QRegularExpression("#?[0-9A-Fa-f]{0,6}")
        self.field.setValidator(QRegularExpressionValidator(six, self))
        self.field.editingFinished.connect(self._take_text)
        self.keep = QToolButton()
        self.keep.setToolTip("Keep the colour as a swatch")
        self.keep.clicked.connect(self._keep)
        row.addWidget(self.field, 1)
        row.addWidget(self.keep)
        column.addLayout(row)
        self._grid = QGridLayout()
        self._grid.setSpacing(3)
        column.addLayout(self._grid)
        if not desk.settings.swatches:
            desk.settings.swatches = list(_FIRST_SWATCHES)
        desk.session.colours_changed.connect(self.refresh)
        self.dress()
        self.refresh()

    def dress(self) -> None:
        """Take the colours of the theme."""
        self.keep.setIcon(theme.icon("add"))
        self._fill_swatches()

    def refresh(self) -> None:
        """Show the foreground colour."""
        red, green, blue = self._desk.session.foreground
        hsv = colorsys.rgb_to_hsv(red / 255, green / 255, blue / 255)
        if _as_rgb(self.wheel.hsv) != (red, green, blue):
            self.wheel.set_hsv(hsv)
        hue, saturation, value = self.wheel.hsv
        for slider, number in zip(
            self.sliders, (hue * 360, saturation * 100, value * 100), strict=True
        ):
            slider.set_value(number)
        self.field.setText(f"#{red:02x}{green:02x}{blue:02x}")

    def _take_wheel(self, hsv: Hsv) -> None:
        self._desk.session.pick(_as_rgb(hsv))

    def _take_sliders(self) -> None:
        hue, saturation, value = (slider.value for slider in self.sliders)
        self.wheel.hsv = (hue / 360, saturation / 100, value / 100)
        self.wheel.update()
        self._desk.session.pick(_as_rgb(self.wheel.hsv))

    def _take_text(self) -> None:
        text = self.field.text().lstrip("#")
        if len(text) == 3:
            text = "".join(letter * 2 for letter in text)
        if len(text) == 6:
            number = int(text, 16)
            self._desk.session.pick((number >> 16, number >> 8 & 255, number & 255))
        else:
            self.refresh()

    def _keep(self) -> None:
        swatches = self._desk.settings.swatches
        colour = self._desk.session.foreground
        if colour not in swatches:
            self._desk.settings.swatches = [*swatches, colour][-_MOST:]
            self._fill_swatches()

    def _drop(self, colour: Rgb) -> None:
        swatches = self._desk.settings.swatches
        self._desk.settings.swatches = [known for known in swatches if tuple(known) != colour]
        self._fill_swatches()

    def _fill_swatches(self) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        for number, colour in enumerate(self._desk.settings.swatches):
            swatch = Swatch((colour[0], colour[1], colour[2]))
            swatch.pick = self._desk.session.pick
            swatch.drop = partial(self._drop, swatch.colour)
            self._grid.addWidget(swatch, number // _ACROSS, number % _ACROSS)


class Swatch(QWidget):
    """A colour to click."""

    def __init__(self, colour: Rgb, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.colour = colour
        self.pick: Callable[[Rgb, bool], None] = _nothing
        self.drop: Callable[[], None] = _nothing
        self.setFixedHeight(18)
        self.setMinimumWidth(14)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        red, green, blue = colour
        self.setToolTip(
            f"#{red:02x}{green:02x}{blue:02x}: click for the foreground, right-click for the "
            "background, middle-click to remove"
        )

    def sizeHint(self) -> QSize:  # noqa: N802
        """Return a comfortable size."""
        return QSize(24, 18)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the colour."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(theme.current().line))
        painter.setBrush(QColor(*self.colour))
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 3, 3)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Pick or drop the colour."""
        match event.button():
            case Qt.MouseButton.LeftButton:
                self.pick(self.colour, False)
            case Qt.MouseButton.RightButton:
                self.pick(self.colour, True)
            case Qt.MouseButton.MiddleButton:
                self.drop()


def _nothing(*_: object) -> None:
    return


def _as_rgb(hsv: Hsv) -> Rgb:
    red, green, blue = (round(channel * 255) for channel in colorsys.hsv_to_rgb(*hsv))
    return red, green, blue
