"""A picture of 8192², 30 layers, a gigabyte of paint: memory, and how long the window is held up.

A ground that covers all of it and 29 layers that each cover about a tenth, in a process of its
own: shown whole, looked at closely, painted on with a brush of 300 px, undone, blurred within a
selection, saved. “Held up” is the processor time of the GUI thread in one turn of its loop.
"""

import json
import subprocess
import sys

from benchmarks.measuring import Row

_LIMIT_MIB = 2048

_SCRIPT = """
import json, os, sys, tempfile, threading, time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
home = tempfile.TemporaryDirectory()
os.environ["SCUMBLE_HOME"] = home.name
import cv2
import numpy as np
import psutil
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication
from scumble_editor.app import application, make_window
from scumble_editor.document.document import Document
from scumble_editor.document.edits import adjustments, selection
from scumble_editor.document.layer import Layer
from scumble_editor.document.selection import Selection
from scumble_editor.document.tiles import TILE, Tiles
from scumble_editor.files.documents import save_document
from scumble_protocol.geometry import Bounds, Extent, Point

SIDE, LAYERS = 8192, 30
random = np.random.default_rng(5)

def tile(opaque):
    coarse = random.integers(0, 256, (8, 8, 4), dtype=np.uint8)
    rgba = cv2.resize(coarse, (TILE, TILE), interpolation=cv2.INTER_CUBIC)
    rgba[..., 3] |= 255 if opaque else 0
    rgba.flags.writeable = False
    return rgba

side = SIDE // TILE
ground = {(x, y): tile(True) for x in range(side) for y in range(side)}
layers = [Layer(name="ground", pixels=Tiles(tiles=ground))]
for number in range(LAYERS - 1):
    left, top = random.integers(0, side - 10, 2)
    keys = [(int(left) + x, int(top) + y) for x in range(10) for y in range(10)]
    layers.append(Layer(name=str(number), pixels=Tiles(tiles={k: tile(False) for k in keys})))
del ground
document = Document(size=Extent(SIDE, SIDE), layers=tuple(layers), active_id=layers[15].id)
del layers

process = psutil.Process()
peak, watching = 0, True
def watch():
    global peak
    while watching:
        peak = max(peak, process.memory_info().rss)
        time.sleep(0.02)
threading.Thread(target=watch, daemon=True).start()

app = application()
window = make_window(Path(home.name))
window.resize(1400, 900)
window.show()
found, worst = {"paint": document.layers and sum(
    plane.nbytes for plane in document.planes()) >> 20}, {}

def turn(what):
    start = time.thread_time()
    app.processEvents()
    worst[what] = max(worst.get(what, 0), time.thread_time() - start)

def settle(what):
    turn(what)
    while not canvas.projection.finished or window.works.running:
        turn(what)
        time.sleep(0.001 if canvas.projection.finished else 0)
    turn(what)

def send(kind, x, y):
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    held = none if kind == QEvent.Type.MouseMove else left
    place = QPointF(x, y)
    QApplication.sendEvent(
        canvas, QMouseEvent(kind, place, place, held, left, Qt.KeyboardModifier.NoModifier))

def stroke(what):
    send(QEvent.Type.MouseButtonPress, 200, 300)
    for step in range(80):
        start = time.thread_time()
        send(QEvent.Type.MouseMove, 200 + step * 8, 300 + step * 3)
        app.processEvents()
        worst[what] = max(worst.get(what, 0), time.thread_time() - start)
    send(QEvent.Type.MouseButtonRelease, 840, 540)
    settle(what)

opened = window.session.add(document, "Large")
canvas = window.canvas()
settle("shown whole")
window.session.tool.values.set("size", 300)
stroke("painted whole")
canvas.look(canvas.camera.zoomed(1.0))
settle("looked at closely")
stroke("painted closely")
for act in (opened.undo, opened.redo, opened.undo):
    act()
    settle("undone and redone")
window.session.tool.values.set("size", 300)
opened.apply(lambda d: selection.select(d, Selection.of_rectangle(Bounds(1000, 1000, 2000, 2000))),
             "Select")
canvas.stage.work("Blur", lambda d: adjustments.blur(d, d.layers[0].id, 4))
settle("blurred aside")
found["resident"] = process.memory_info().rss >> 20
path = Path(home.name) / "large.ora"
window.works.start("Save", lambda _: save_document(opened.document, path), lambda _: None)
settle("saved aside")
watching = False
found["peak"] = peak >> 20
found["worst"] = {what: round(seconds * 1000, 1) for what, seconds in worst.items()}
print(json.dumps(found))
sys.stdout.flush()
window.works.stop()
opened.close()
home.cleanup()
os._exit(0)
"""


def rows() -> list[Row]:
    """Return memory against two gigabytes, and the longest turns of the GUI's loop."""
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT], check=True, capture_output=True, text=True
    )
    found = json.loads(done.stdout.splitlines()[-1])
    paint = found["paint"]
    made = [
        Row(what, f"{found[key]} MiB", "2048 MiB", f"{found[key] / _LIMIT_MIB:.2f}")
        for what, key in (
            (f"resident after all that, {paint} MiB of it paint", "resident"),
            ("the most at any moment, saving included", "peak"),
        )
    ]
    for what, worst_ms in found["worst"].items():
        made.append(Row(f"{what}: GUI thread held up at most", f"{worst_ms:.1f} ms"))
    return made
