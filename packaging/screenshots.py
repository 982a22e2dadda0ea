"""Makes the pictures of the editor for the README: opens the real window and works it.

    xvfb-run --auto-servernum python packaging/screenshots.py [FOLDER]

The pictures go to packaging/pictures where no folder is given. Needs a display; on a machine
without one use xvfb-run as above.
"""

import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from PIL import Image
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog

from scumble_editor.app import application, make_window
from scumble_editor.ui import theme
from scumble_editor.ui.canvas.canvas import Canvas
from scumble_editor.ui.dialogs.curves import CurvesDialog
from scumble_editor.ui.main_window import MainWindow
from scumble_protocol.launch import running_daemon

Place = tuple[float, float]
SIZE = (1440, 900)
SEED = 5
MIDWAY = 0.8  # of a job, where its picture is taken


class Studio:
    """A window, and what is needed to pose it."""

    def __init__(self, window: MainWindow, folder: Path) -> None:
        self.window = window
        self.folder = folder

    @property
    def canvas(self) -> Canvas:
        """The canvas in front."""
        canvas = self.window.canvas()
        assert canvas is not None
        return canvas

    def wait(self, milliseconds: int = 150) -> None:
        """Let the window do what it has to."""
        QTest.qWait(milliseconds)
        for _ in range(400):
            if not self.window.works.running:
                break
            QTest.qWait(25)
        QTest.qWait(50)

    def drag(self, places: Sequence[Place], release: bool = True) -> None:
        """Drag on the canvas through points of the picture."""
        canvas, to_view = self.canvas, self.canvas.to_view()
        points = [to_view.map(QPointF(*place)) for place in places]
        QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=points[0].toPoint())
        for point in points:
            event = QMouseEvent(
                QEvent.Type.MouseMove,
                point,
                QPointF(canvas.mapToGlobal(point)),
                Qt.MouseButton.NoButton,
                Qt.MouseButton.LeftButton,
                Qt.KeyboardModifier.NoModifier,
            )
            QApplication.sendEvent(canvas, event)
        if release:
            QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=points[-1].toPoint())
        self.wait(60)

    def take(self, name: str, *, wait: bool = True) -> None:
        """Take the picture, with the dialog that is open laid over the window."""
        if wait:
            self.wait()
        shot = self.window.grab()
        dialogs = [d for d in self.window.findChildren(QDialog) if d.isVisible()]
        if dialogs:
            painter = QPainter(shot)
            painter.drawPixmap(dialogs[-1].pos() - self.window.pos(), dialogs[-1].grab())
            painter.end()
        image = shot.toImage().convertToFormat(QImage.Format.Format_RGB888)
        flat = np.frombuffer(image.constBits(), np.uint8)
        rows = flat.reshape(image.height(), image.bytesPerLine())[:, : 3 * image.width()]
        rgb = rows.reshape(image.height(), image.width(), 3)
        Image.fromarray(rgb).save(self.folder / f"{name}.webp", quality=88, method=6)


def welcome(studio: Studio) -> None:
    """The empty window."""
    studio.take("welcome")


def generating(studio: Studio) -> None:
    """A model at work in a selection, by the daemon and the bundled model."""
    window, generation = studio.window, studio.window.generation
    window.run("file.sample")
    studio.wait(400)
    studio.canvas.look(studio.canvas.camera.zoomed(1.3))
    window.session.take_tool("select_ellipse")
    window.session.tool.values.set("feather", 8)
    studio.drag([(420, 235), (500, 330), (590, 392)])
    window.docks.generate.prompts.prompt.setPlainText("a red heart on a wooden table")
    generation.change(seed=SEED, steps=30)
    landed: list[object] = []
    generation.finished.connect(lambda *what: landed.append(what))
    window.run("generate.paint")
    taken = False
    while not landed:
        QTest.qWait(20)
        job = generation.running()
        progress = None if job is None else job.progress
        if not taken and progress is not None and (progress.fraction or 0) > MIDWAY:
            studio.take("generating", wait=False)
            taken = True
    window.session.close(window.session.documents[0])
    window.session.tool.values.set("feather", 0)
    generation.change(prompt="")
    window.session.take_tool("brush")


def painting(studio: Studio) -> None:
    """Strokes on a layer of their own above the sample."""
    window = studio.window
    window.run("file.sample")
    studio.wait(400)
    studio.canvas.look(studio.canvas.camera.zoomed(1.6))
    window.run("layer.add")
    window.session.take_tool("brush")
    values = window.session.tool.values
    for colour, size, hardness, places in (
        ((240, 226, 200), 26, 20, ((318, 96), (300, 70), (330, 44), (308, 16))),
        ((250, 240, 225), 16, 10, ((352, 100), (366, 66), (346, 40), (362, 8))),
        ((66, 122, 150), 34, 60, ((60, 330), (120, 352), (190, 366), (260, 380))),
        ((226, 121, 60), 12, 90, ((70, 352), (130, 372), (200, 384))),
    ):
        window.session.pick(colour)
        values.set("size", size)
        values.set("hardness", hardness)
        studio.drag(places)
    window.docks.tool_options.show_tool(window.session.tool)
    studio.take("painting")


def selecting(studio: Studio) -> None:
    """A selection made into a mask of an adjusted copy."""
    window = studio.window
    window.docks.layers.tree.setCurrentIndex(window.docks.layers.model.index(1, 0))
    studio.wait()
    window.run("layer.duplicate")
    window.session.take_tool("select_ellipse")
    window.session.tool.values.set("feather", 6)
    studio.drag([(198, 20), (300, 100), (392, 132)])
    window.run("mask.add")
    studio.take("selection-and-mask")
    window.run("select.none")


def transforming(studio: Studio) -> None:
    """The transform box while it is turned."""
    window = studio.window
    window.docks.layers.tree.setCurrentIndex(window.docks.layers.model.index(0, 0))
    studio.wait()
    window.session.take_tool("transform")
    to_view = studio.canvas.to_view()
    QTest.mouseMove(studio.canvas, to_view.map(QPointF(5, 200)).toPoint())
    studio.wait()
    studio.drag([(420, 200), (400, 260), (390, 290)], release=False)
    studio.take("transform")
    studio.canvas.gestures.cancel()
    window.session.take_tool("brush")


def adjusting(studio: Studio) -> None:
    """Curves with their live preview."""
    window = studio.window
    window.docks.layers.tree.setCurrentIndex(window.docks.layers.model.index(2, 0))
    studio.wait()
    window.run("image.curves")
    studio.wait(300)
    dialog = window.findChildren(CurvesDialog)[-1]
    dialog.curve.set_points([(0, 0), (70, 48), (180, 214), (255, 255)])
    dialog.curve.changed.emit()
    dialog.move(window.pos().x() + 90, window.pos().y() + 230)
    studio.take("curves")
    dialog.reject()


def searching(studio: Studio) -> None:
    """The command search."""
    studio.window.run("help.search")
    studio.window.command_search.field.setText("mask")
    studio.take("command-search")
    studio.window.command_search.hide()


def light(studio: Studio) -> None:
    """The light theme, with the history."""
    window = studio.window
    window.settings.theme = "light"
    theme.apply(application(), "light")
    window.refresh_theme()
    next(d for d in window.docks.all if d.objectName() == "history").raise_()
    next(d for d in window.docks.all if d.objectName() == "navigator").raise_()
    studio.take("light-theme")


STATES: tuple[Callable[[Studio], None], ...] = (
    welcome,
    generating,
    painting,
    selecting,
    transforming,
    adjusting,
    searching,
    light,
)


def end_daemon(window: MainWindow) -> None:
    """End the daemon that the window has started, and wait until it is gone."""
    window.session.link.call(lambda client: client.shutdown(), lambda _: None, lambda _: None)
    while running_daemon() is not None:
        QTest.qWait(50)


def main() -> None:
    """Take all pictures."""
    here = Path(__file__).parent
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else here / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        os.environ["SCUMBLE_HOME"] = home
        application()
        window = make_window()
        window.resize(*SIZE)
        window.show()
        QTest.qWaitForWindowExposed(window)
        studio = Studio(window, folder)
        for state in STATES:
            state(studio)
        for opened in list(window.session.documents):
            window.session.close(opened)
        end_daemon(window)
        window.close()
        print(f"{len(list(folder.glob('*.webp')))} pictures in {folder}")


if __name__ == "__main__":
    main()
