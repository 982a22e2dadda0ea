"""From hand to screen: 4096², 20 layers, window 1400 × 900; processor time, not the clock's."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np

from benchmarks.measuring import Row
from scumble_editor.document.composite import composite_nodes
from scumble_editor.document.document import Document
from scumble_editor.document.layer import Layer
from scumble_editor.document.modes import BlendMode
from scumble_editor.document.tiles import Tiles, keys_of, tile_bounds
from scumble_protocol.geometry import Bounds, Extent, Point

SIDE, LAYERS, DABS = 4096, 20, 300


def rows() -> list[Row]:
    """Return dabs, undo, the full composite and the start, each against what it is held to."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ.setdefault("SCUMBLE_HOME", "/nonexistent/scumble-benchmark")
    return [*_window_rows(), _composite_row(), _start_row()]


def stack(layers: int = LAYERS) -> Document:
    """Return a document whose layers all have noise in three quarters of the canvas."""
    random = np.random.default_rng(3)
    made: list[Layer] = []
    modes = (BlendMode.NORMAL, BlendMode.MULTIPLY, BlendMode.NORMAL, BlendMode.SCREEN)
    for number in range(layers):
        tile = random.integers(0, 256, (SIDE * 3 // 4, SIDE, 4), dtype=np.uint8)
        if number == 0:
            tile[..., 3] = 255
        pixels = Tiles.of(tile, Point(0, 0))
        made.append(Layer(name=f"{number}", pixels=pixels, blend_mode=modes[number % 4]))
    active = made[layers // 2]
    return Document(size=Extent(SIDE, SIDE), layers=tuple(made), active_id=active.id)


def _window_rows() -> list[Row]:
    from PySide6.QtCore import QEvent, QPointF, Qt
    from PySide6.QtGui import QMouseEvent
    from PySide6.QtWidgets import QApplication

    from scumble_editor.app import application, make_window

    app = application()
    window = make_window()
    window.resize(1400, 900)
    window.show()
    opened = window.session.add(stack(), "Bench")
    canvas = window.canvas()
    assert canvas is not None

    def settle() -> None:
        app.processEvents()
        while not canvas.projection.finished:
            canvas.projection.fill(canvas.camera)
        app.processEvents()

    def send(kind: QEvent.Type, x: float, y: float) -> None:
        button = Qt.MouseButton.LeftButton
        held = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else button
        place = QPointF(x, y)
        event = QMouseEvent(kind, place, place, held, button, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(canvas, event)

    found: list[Row] = []
    for size in (60, 500):
        window.session.tool.values.set("size", size)
        for name, zoom in (("100 %", 1.0), ("the whole picture", None)):
            if zoom is None:
                canvas.fit()
            else:
                canvas.look(canvas.camera.zoomed(zoom))
            settle()
            times = []
            send(QEvent.Type.MouseButtonPress, 750, 300)
            settle()
            for step in range(DABS):
                start = time.thread_time()
                send(QEvent.Type.MouseMove, 300 + abs(step % 150 - 75) * 6, 300 + step // 6)
                app.sendPostedEvents()
                app.processEvents()
                times.append((time.thread_time() - start) * 1000)
            send(QEvent.Type.MouseButtonRelease, 400, 350)
            settle()
            times.sort()
            what = f"dab of {size} px to screen at {name}"
            for label, took in (
                ("p50", statistics.median(times)),
                ("p99", times[int(len(times) * 0.99)]),
            ):
                found.append(Row(f"{what}, {label}", f"{took:.1f} ms", "16 ms", f"{took / 16:.2f}"))
    times = []
    for _ in range(12):
        for act in (opened.undo, opened.redo):
            start = time.thread_time()
            act()
            app.processEvents()
            times.append((time.thread_time() - start) * 1000)
    worst = max(times)
    found.append(
        Row("undo or redo of a stroke, worst", f"{worst:.1f} ms", "16 ms", f"{worst / 16:.2f}")
    )
    window.session.close(opened)
    window.close()
    return found


def _composite_row() -> Row:
    from scumble_editor.ui.canvas.fast import FastCompositor

    document = stack(8)
    keys = keys_of(Bounds(0, 0, 1024, 1024))
    fast = FastCompositor()

    def by_qt() -> None:
        for key in keys:
            fast.composite(document.layers, tile_bounds(key))

    def by_reference() -> None:
        for key in keys:
            composite_nodes(document.layers, tile_bounds(key))

    by_qt()
    one, other = _turn_by_turn(by_qt, by_reference)
    speed = len(keys) * 65_536 * len(document.layers) / one / 1e9
    figure = f"{speed:.2f} gigapixels of layers a second"
    return Row("compositing by Qt's engine", figure, "the NumPy reference", f"{one / other:.3f}")


def _start_row() -> Row:
    ours = (
        "from scumble_editor.app import application, make_window\n"
        "app = application(); w = make_window(); w.show(); app.processEvents()"
    )
    bare = (
        "from PySide6.QtWidgets import QApplication, QMainWindow\n"
        "app = QApplication([]); w = QMainWindow(); w.show(); app.processEvents()"
    )

    def run(code: str) -> Callable[[], None]:
        def start() -> None:
            subprocess.run([sys.executable, "-c", code], check=True)

        return start

    one, other = _turn_by_turn(run(ours), run(bare), times=3)
    return Row(
        "start to a usable window", f"{one:.2f} s", "an empty Qt window", f"{one / other:.2f}"
    )


def _turn_by_turn(
    first: Callable[[], None], second: Callable[[], None], times: int = 5
) -> tuple[float, float]:
    """Return the least processor seconds of each, children's too, run in turns."""
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(times):
        for act, found in zip((first, second), taken, strict=True):
            start = _processor_s()
            act()
            found.append(_processor_s() - start)
    return min(taken[0]), min(taken[1])


def _processor_s() -> float:
    spent = os.times()
    return time.thread_time() + spent.children_user + spent.children_system
