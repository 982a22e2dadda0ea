"""Our own icons: line drawings that take the colour of the text, sharp at every pixel ratio."""

from functools import lru_cache
from importlib.resources import files

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

_SIZES = (16, 20, 24, 32, 48)


@lru_cache(maxsize=256)
def icon(name: str, colour: str, disabled: str) -> QIcon:
    """Return an icon in a colour, paler where it is disabled; names are those of the files."""
    made = QIcon()
    for side in _SIZES:
        made.addPixmap(_drawn(name, colour, side), QIcon.Mode.Normal)
        made.addPixmap(_drawn(name, disabled, side), QIcon.Mode.Disabled)
    return made


def application_icon() -> QIcon:
    """Return the icon of the program."""
    made = QIcon()
    for side in (16, 32, 48, 128):
        made.addPixmap(_drawn("scumble", "#000000", side))
    return made


def _drawn(name: str, colour: str, side: int) -> QPixmap:
    source = (files(__package__) / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    named = QColor(colour)
    text = source.replace("currentColor", named.name())
    renderer = QSvgRenderer(QByteArray(text.encode()))
    pixmap = QPixmap(QSize(side, side))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setOpacity(named.alphaF())
    renderer.render(painter, QRectF(0, 0, side, side))
    painter.end()
    return pixmap
