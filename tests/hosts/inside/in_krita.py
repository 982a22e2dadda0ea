"""Runs inside Krita as a plug-in: one scenario, named by SCENARIO, over files in OUT.

A scenario is a generator: it yields what it waits for, so that Krita's own loop goes on. What a
test wants to know is written to report.json and to files beside it; then Krita ends.
"""

import json
import os
import subprocess
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from krita import Document, Extension, Krita, Selection

from scumble_krita.qt import QtCore, QtWidgets

OUT = Path(os.environ.get("OUT", "/nowhere"))
CALL = json.loads(os.environ.get("CALL", "{}"))
SELECTION = (60, 50, 80, 70)  # x, y, width, height
PATIENCE_MS = 150_000
EVERY_MS = 100

REPORT: dict[str, Any] = {"said": []}
Waiting = Iterator[Callable[[], bool]]


class Scenarios(Extension):
    """Waits for the document, does the scenario, ends Krita."""

    def setup(self) -> None:
        """Start once Krita has a window."""
        notifier = Krita.instance().notifier()
        notifier.setActive(True)
        notifier.windowCreated.connect(self._begin)
        self.steps: Waiting = iter(())
        self.until: Callable[[], bool] = ready

    def createActions(self, window: Any) -> None:  # noqa: N802 - Krita's name
        """Krita wants this."""

    def _begin(self) -> None:
        if "SCENARIO" not in os.environ:
            return
        self.steps = globals()[os.environ["SCENARIO"]]()
        self.waited_ms = 0
        self.timer = QtCore.QTimer(self)
        self.timer.setInterval(EVERY_MS)
        self.timer.timeout.connect(self._go_on)
        self.timer.start()

    def _go_on(self) -> None:
        self.waited_ms += EVERY_MS
        try:
            if self.waited_ms > PATIENCE_MS:
                raise AssertionError(f"waited too long; said so far: {REPORT['said']}")
            if not self.until():
                return
            self.until = next(self.steps)
            self.waited_ms = 0
        except StopIteration:
            self._end()
        except Exception:  # noqa: BLE001 - whatever it is, the test must hear of it
            REPORT["problem"] = traceback.format_exc()
            self._end()

    def _end(self) -> None:
        self.timer.stop()
        (OUT / "report.json").write_text(json.dumps(REPORT))
        document = opened()
        if document is not None:
            document.setModified(False)
        if os.environ.get("STAY"):
            return
        Krita.instance().action("file_quit").trigger()


def ready() -> bool:
    """Whether the document is there."""
    return Krita.instance().activeDocument() is not None


def opened() -> Document:
    """Return the document."""
    document = Krita.instance().activeDocument()
    assert document is not None
    return document


def dock() -> Any:
    """Return Scumble's docker, shown."""
    found = next(d for d in Krita.instance().dockers() if d.objectName() == "scumble")
    found.setVisible(True)
    found.raise_()
    return found


def fill(**values: Any) -> None:
    """Write values into the form as a painter does."""
    for name, value in {**CALL, **values}.items():
        widget = dock().findChild(QtWidgets.QWidget, name)
        if widget is None:
            continue
        if isinstance(widget, QtWidgets.QPlainTextEdit):
            widget.setPlainText(value)
        elif isinstance(widget, QtWidgets.QComboBox):
            widget.setCurrentText(value)
        else:
            widget.setValue(value)


def choose(title: str) -> None:
    """Choose a command in the docker."""
    box = dock().findChild(QtWidgets.QComboBox, "command")
    box.setCurrentIndex(box.findText(title))
    box.activated.emit(box.currentIndex())


def press(name: str) -> None:
    """Press a button of the docker."""
    dock().findChild(QtWidgets.QPushButton, name).click()


def said() -> str:
    """Return the sentence in the docker, and keep it for the report."""
    sentence: str = dock().findChild(QtWidgets.QLabel, "sentence").text()
    if sentence and sentence not in REPORT["said"]:
        REPORT["said"].append(sentence)
    return sentence


def waiting() -> int:
    """Return how many jobs the docker lists."""
    said()
    count: int = dock().findChild(QtWidgets.QListWidget, "queue").count()
    return count


def idle() -> bool:
    """Whether no job is left."""
    return waiting() == 0


def one_more_layer() -> Callable[[], bool]:
    """Return a condition that holds once a result has come, however quickly it does."""
    before = len(_layers())
    return lambda: idle() and len(_layers()) > before


def _layers() -> list[Any]:
    return [n for n in opened().rootNode().childNodes() if n.type() != "selectionmask"]


def running() -> bool:
    """Whether a job has begun to paint."""
    return "step" in dock().findChild(QtWidgets.QLabel, "where").text()


def settle() -> None:
    """Let Krita finish what it has begun."""
    document = opened()
    document.refreshProjection()
    document.waitForDone()


def look(name: str) -> None:
    """Put the document's tree into the report and its pixels into a file."""
    document = opened()
    settle()
    REPORT[name] = {
        "size": [document.width(), document.height()],
        "space": [document.colorModel(), document.colorDepth(), document.colorProfile()],
        "tree": _tree(document.rootNode()),
    }
    raw = document.pixelData(0, 0, document.width(), document.height())
    (OUT / f"{name}.native").write_bytes(raw.data())


def _tree(node: Any) -> list[Any]:
    return [
        {
            "name": child.name(),
            "type": child.type(),
            "visible": child.visible(),
            "children": _tree(child),
        }
        for child in node.childNodes()
        if child.type() != "selectionmask"
    ]


def select() -> None:
    """Select a soft rectangle."""
    selection = Selection()
    selection.select(*SELECTION, 255)
    selection.feather(6)
    document = opened()
    document.setSelection(selection)
    size = (document.width(), document.height())
    selected = document.selection()
    assert selected is not None
    (OUT / "selection").write_bytes(selected.pixelData(0, 0, *size).data())


def save(name: str) -> None:
    """Save the document as Krita does."""
    document = opened()
    document.setBatchmode(True)
    document.waitForDone()
    assert document.saveAs(str(OUT / name))
    document.waitForDone()


def trigger(action: str) -> None:
    """Trigger one of Krita's actions."""
    Krita.instance().action(action).trigger()


def photograph(name: str) -> None:
    """Take a picture of the screen."""
    subprocess.run(["import", "-window", "root", str(OUT / name)], check=True)


def pause(times: int = 8) -> Callable[[], bool]:
    """Return a condition that holds after a few turns of Krita's loop."""
    left = [times]

    def over() -> bool:
        left[0] -= 1
        return left[0] <= 0

    return over


def inpaint() -> Waiting:
    """Paint into a soft selection above an added layer; undo everything; redo; save."""
    yield ready
    document = opened()
    plain = document.createNode("plain", "paintlayer")
    document.rootNode().addChildNode(plain, None)
    yield pause()
    document.setActiveNode(plain)
    select()
    look("before")
    fill()
    press("paint")
    yield lambda: waiting() > 0
    yield idle
    yield pause()
    look("after")
    active = document.activeNode()
    REPORT["active"] = active and active.name()
    REPORT["shortcut"] = Krita.instance().action("scumble_paint").shortcut().toString()
    REPORT["history"] = json.loads(bytes(document.annotation("scumble/history.json").data()))
    trigger("edit_undo")
    yield pause()
    look("undone")
    trigger("edit_undo")
    yield pause()
    look("undone twice")
    trigger("edit_redo")
    yield pause()
    trigger("edit_redo")
    yield pause()
    look("redone")
    save("after.ora")
    save("after.kra")


def variants() -> Waiting:
    """Paint several variants, undo once."""
    yield ready
    select()
    look("before")
    fill(variants=3)
    press("paint")
    yield lambda: waiting() > 0
    yield idle
    yield pause()
    look("after")
    trigger("edit_undo")
    yield pause()
    look("undone")


def in_group() -> Waiting:
    """Paint while the mask of a layer inside a group is active."""
    yield ready
    document = opened()
    group = document.createGroupLayer("drawing")
    document.rootNode().addChildNode(group, None)
    inner = document.createNode("inner", "paintlayer")
    group.addChildNode(inner, None)
    mask = document.createTransparencyMask("its mask")
    inner.addChildNode(mask, None)
    yield pause()
    document.setActiveNode(mask)
    select()
    fill()
    press("paint")
    yield lambda: waiting() > 0
    yield idle
    yield pause()
    look("after")


def refine() -> Waiting:
    """Paint over the whole picture by the action that its shortcut triggers."""
    yield ready
    choose("Refine")
    yield pause()
    fill()
    trigger("scumble_refine")
    yield lambda: waiting() > 0
    yield idle
    yield pause()
    look("after")


def nothing_selected() -> Waiting:
    """Inpaint without a selection."""
    yield ready
    look("before")
    fill()
    press("paint")
    yield lambda: bool(said())
    look("after")


def cancel() -> Waiting:
    """Cancel a job that runs."""
    yield ready
    select()
    look("before")
    fill(steps=1000, variants=8)
    press("paint")
    yield running
    trigger("scumble_cancel")
    yield idle
    yield pause()
    look("after")


def long_job() -> Waiting:
    """Paint for a while, for a daemon that is killed meanwhile."""
    yield ready
    select()
    fill(steps=150, variants=2)
    press("paint")
    yield running
    (OUT / "running").touch()
    yield idle
    yield pause()
    look("after")


def two_at_once() -> Waiting:
    """Queue two jobs and see both come, in order."""
    yield ready
    select()
    fill(seed=1)
    press("paint")
    yield lambda: waiting() == 1
    fill(seed=2)
    press("paint")
    yield lambda: waiting() == 2
    REPORT["queued"] = waiting()
    yield idle
    yield pause()
    look("after")


def other_space() -> Waiting:
    """Paint in a document whose colours are SPACE."""
    yield ready
    document = opened()
    document.setColorSpace(*json.loads(os.environ["SPACE"]))
    yield pause()
    select()
    look("before")
    fill()
    press("paint")
    yield lambda: waiting() > 0
    yield idle
    yield pause()
    look("after")
    save("after.kra")


def enormous() -> Waiting:
    """Paint in a picture larger than the daemon takes."""
    yield ready
    document = opened()
    document.resizeImage(0, 0, 17000, 40)
    yield pause()
    select()
    fill()
    press("paint")
    yield lambda: bool(said()) and idle() and "Looking" not in said()
    look("after")


def refuse_by_daemon() -> Waiting:
    """Paint where the daemon that runs cannot be spoken with."""
    yield ready
    select()
    look("before")
    fill()
    press("paint")
    yield lambda: "protocol" in said()
    look("after")


def refuse_without_bridge() -> Waiting:
    """Paint where the bridge cannot be started."""
    yield ready
    select()
    look("before")
    fill()
    press("paint")
    yield lambda: bool(said())
    look("after")


def upscale() -> Waiting:
    """Make the image larger, then undo the layer and the canvas."""
    yield ready
    choose("Upscale")
    yield pause()
    look("before")
    fill()
    come = one_more_layer()
    press("paint")
    yield come
    yield pause()
    look("after")
    trigger("edit_undo")
    yield pause()
    trigger("edit_undo")
    yield pause()
    look("undone")


def every_other_command() -> Waiting:
    """Do one command after another in one document."""
    yield ready
    for title in ("Generate Layer", "DiffEdit", "Depth to Image", "Expand Canvas"):
        choose(title)
        yield pause()
        fill(**{"source-prompt": "a blue circle", "left": 32, "bottom": 16})
        come = one_more_layer()
        press("paint")
        yield come
        yield pause()
        look(title)


def without_words() -> Waiting:
    """Ask for a picture of nothing, for paint of nothing, and for what the model never learnt."""
    yield ready
    select()
    choose("Generate Layer")
    yield pause()
    fill(prompt="")
    press("paint")
    yield lambda: "empty" in said()
    look("refused")
    choose("Inpaint Selection")
    yield pause()
    for prompt in ("", "a red zeppelin"):
        fill(prompt=prompt)
        come = one_more_layer()
        press("paint")
        yield come
        yield pause()
    look("after")


def estimate_depth() -> Waiting:
    """Estimate the depth by its action."""
    yield ready
    trigger("scumble_estimate-depth")
    yield lambda: waiting() > 0
    yield idle
    yield pause()
    look("after")
    native = opened().rootNode().childNodes()[-1].pixelData(0, 0, 240, 160)
    (OUT / "depth.native").write_bytes(native.data())


def select_by_words() -> Waiting:
    """Select by two descriptions, through the action."""
    yield ready
    choose("Select by Words")
    yield pause()
    fill(**{"source-prompt": "a blue circle", "prompt": "a red heart"})
    trigger("scumble_diffedit-select")
    yield lambda: waiting() > 0
    yield idle
    yield pause()
    look("after")
    selected = opened().selection()
    REPORT["selected"] = selected is not None and selected.width() > 0


def portrait() -> Waiting:
    """Show the docker at work for a picture of the screen."""
    yield ready
    window = Krita.instance().activeWindow().qwindow()
    window.showMaximized()
    tall = dock()
    for other in Krita.instance().dockers():
        if other.objectName() in ("ColorSelectorNg", "PresetDocker", "sharedtooldocker"):
            other.hide()
    yield pause(20)
    select()
    fill(variants=2, steps=40)
    tall.findChild(QtWidgets.QToolButton, "more").setChecked(False)
    press("paint")
    yield running
    yield pause(6)
    photograph("running.png")
    yield idle
    yield pause(10)
    photograph("done.png")
    tall.findChild(QtWidgets.QToolButton, "more").setChecked(True)
    yield pause(5)
    photograph("more.png")


Krita.instance().addExtension(Scenarios(Krita.instance()))
