"""Working a window as a hand does: drags, keys, and waiting for what it does aside."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from scumble_editor.document.document import Document
from scumble_editor.ui.canvas.canvas import Canvas
from scumble_editor.ui.main_window import MainWindow
from scumble_editor.ui.open_document import OpenDocument

NO_KEY = Qt.KeyboardModifier.NoModifier
LEFT = Qt.MouseButton.LeftButton


def show(window: MainWindow, document: Document, name: str = "Test") -> OpenDocument:
    """Open a document and let its canvas come up."""
    opened = window.session.add(document, name)
    settle(window)
    return opened


def canvas_of(window: MainWindow) -> Canvas:
    """The canvas in front."""
    canvas = window.canvas()
    assert canvas is not None
    return canvas


def settle(window: MainWindow) -> None:
    """Let the canvas composite everything and paint it."""
    QTest.qWait(0)
    canvas = window.canvas()
    if canvas is not None:
        canvas.repaint()
        while not canvas.projection.finished:
            canvas.projection.fill(canvas.camera)
        canvas.repaint()
    QTest.qWait(0)


def wait_for_work(qtbot: QtBot, window: MainWindow) -> None:
    """Let everything end that is done off the GUI thread."""
    qtbot.waitUntil(lambda: not window.works.running, timeout=20_000)


def on_screen(canvas: Canvas, x: float, y: float) -> QPoint:
    """Where a point of the picture is on the canvas."""
    return canvas.to_view().map(QPointF(x, y)).toPoint()


def drag(
    window: MainWindow,
    places: Sequence[tuple[float, float]],
    keys: Qt.KeyboardModifier = NO_KEY,
    button: Qt.MouseButton = LEFT,
) -> None:
    """Drag on the canvas through points of the picture."""
    canvas = canvas_of(window)
    points = [on_screen(canvas, *place) for place in places]
    QTest.mouseMove(canvas, points[0])
    QTest.mousePress(canvas, button, keys, points[0])
    for point in points[1:]:
        _move(canvas, point, keys, button)
    QTest.mouseRelease(canvas, button, keys, points[-1])
    settle(window)


def drag_on(widget: QWidget, places: Sequence[QPoint]) -> None:
    """Drag on any widget."""
    QTest.mousePress(widget, LEFT, NO_KEY, places[0])
    for place in places[1:]:
        _move(widget, place, NO_KEY, LEFT)
    QTest.mouseRelease(widget, LEFT, NO_KEY, places[-1])


def colour_at(window: MainWindow, x: float, y: float) -> tuple[int, int, int]:
    """What the canvas shows at a point of the picture."""
    canvas = canvas_of(window)
    settle(window)
    image = canvas.grab().toImage()
    place = QPointF(on_screen(canvas, x, y)) * image.devicePixelRatio()
    shown = image.pixelColor(place.toPoint())
    return shown.red(), shown.green(), shown.blue()


def _move(
    widget: QWidget, point: QPoint, keys: Qt.KeyboardModifier, button: Qt.MouseButton
) -> None:
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QMouseEvent
    from PySide6.QtWidgets import QApplication

    event = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(point),
        QPointF(widget.mapToGlobal(point)),
        Qt.MouseButton.NoButton,
        button,
        keys,
    )
    QApplication.sendEvent(widget, event)
