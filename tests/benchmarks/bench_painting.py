"""Painting while a model paints: dabs to the screen with a job running and without, in turn.

The hand's own processor time on 4096² with 20 layers; the job is the bundled model's, in the real
daemon. Its previews are shown in place; those that come during a stroke wait for its end.
"""

import os
import tempfile
import time
from collections.abc import Callable

from benchmarks.bench_canvas import SIDE, stack
from benchmarks.measuring import Row

DABS, ROUNDS = 100, 6


def rows() -> list[Row]:
    """Return the 99th percentile and the median of a dab, with a job against without."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory(prefix="scumble-benchmark-") as home:
        before = os.environ.get("SCUMBLE_HOME")
        os.environ["SCUMBLE_HOME"] = home
        try:
            return _rows()
        finally:
            if before is None:
                del os.environ["SCUMBLE_HOME"]
            else:
                os.environ["SCUMBLE_HOME"] = before


def _rows() -> list[Row]:
    from PySide6.QtCore import QEvent, QPointF, Qt
    from PySide6.QtGui import QMouseEvent
    from PySide6.QtWidgets import QApplication

    from scumble_editor.app import application, make_window
    from scumble_editor.document.edits.selection import select
    from scumble_editor.document.selection import Selection
    from scumble_editor.generation.actions import PaintAction
    from scumble_protocol.client import Client
    from scumble_protocol.geometry import Bounds

    app = application()
    window = make_window()
    window.resize(1400, 900)
    window.show()
    opened = window.session.add(stack(), "Bench")
    place = Selection.of_rectangle(Bounds(SIDE // 2 - 300, SIDE // 2 - 200, 600, 400))
    opened.apply(lambda document: select(document, place), "Select")
    generation, jobs = window.generation, window.session.jobs
    generation.change(action=PaintAction.FILL, prompt="a castle", seed=1, steps=150)
    canvas = window.canvas()
    assert canvas is not None
    canvas.look(canvas.camera.zoomed(1.0))
    window.session.tool.values.set("size", 60)
    seen: list[object] = []
    jobs.previewed.connect(seen.append)

    def settle() -> None:
        app.processEvents()
        while not canvas.projection.finished:
            canvas.projection.fill(canvas.camera)
        app.processEvents()

    def send(kind: QEvent.Type, x: float, y: float) -> None:
        button = Qt.MouseButton.LeftButton
        held = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else button
        at = QPointF(x, y)
        event = QMouseEvent(kind, at, at, held, button, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(canvas, event)

    def stroke() -> list[float]:
        """Draw one stroke and take it back; return the milliseconds of each dab."""
        settle()
        times = []
        send(QEvent.Type.MouseButtonPress, 300, 300)
        settle()
        for step in range(DABS):
            start = time.thread_time()
            send(QEvent.Type.MouseMove, 300 + abs(step % 60 - 30) * 12, 300 + step // 4)
            app.sendPostedEvents()
            app.processEvents()
            times.append((time.thread_time() - start) * 1000)
        send(QEvent.Type.MouseButtonRelease, 300, 300)
        settle()
        opened.undo()
        return times

    def until(true: Callable[[], bool], patience_s: float = 180) -> None:
        end = time.monotonic() + patience_s
        while not true():
            app.processEvents()
            time.sleep(0.01)
            assert time.monotonic() < end

    alone: list[float] = []
    beside: list[float] = []
    stroke()
    for _ in range(ROUNDS):
        alone += stroke()
        seen.clear()
        generation.paint()
        until(lambda: bool(seen))
        beside += stroke()
        generation.cancel()
        until(lambda: not jobs.active)
    with Client.connect() as client:
        client.shutdown()
    window.session.close(opened)
    window.close()
    return [_row(name, share, alone, beside) for name, share in (("p50", 0.5), ("p99", 0.99))]


def _row(name: str, share: float, alone: list[float], beside: list[float]) -> Row:
    one, other = (sorted(times)[int(len(times) * share)] for times in (beside, alone))
    return Row(
        f"dab of 60 px to screen while a job runs, {name}",
        f"{one:.1f} ms",
        f"without: {other:.1f} ms",
        f"{one / other:.2f}",
    )
