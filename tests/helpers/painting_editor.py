"""An editor that paints at random until it is killed; says each stroke that is safe on disk.

    python -m helpers.painting_editor SEED

Takes up what an earlier run left in its journals. Each line it prints is the number of steps in
the history and the checksum of the picture at that step.
"""

import random
import sys
import zlib

from PySide6.QtTest import QTest

from scumble_editor.app import application, make_window
from scumble_editor.document.composite import composite
from scumble_editor.document.document import Document
from scumble_editor.history.recovery import recoverable
from scumble_editor.tools.pointer import PointerEvent
from scumble_editor.ui.commands import recovering
from scumble_editor.ui.dialogs.new_document import blank_document
from scumble_editor.ui.main_window import MainWindow
from scumble_protocol.endpoint import folders
from scumble_protocol.geometry import Extent

SIDE = 600


def checksum(document: Document) -> int:
    """Return a number that tells pictures apart."""
    return zlib.crc32(composite(document).tobytes())


def main(seed: int) -> None:
    """Paint for ever."""
    application()
    journals = folders().data / "journals"
    window = make_window(journals)
    window.show()
    found = recoverable(journals)
    if found:
        recovering.bring_back(window.desk, found)
        while window.session.current is None:
            QTest.qWait(10)
    else:
        window.session.add(blank_document(Extent(SIDE, SIDE)), "Random", label="New")
    chance = random.Random(seed)  # noqa: S311  # strokes need no secrecy
    while True:
        stroke(window, chance)
        opened = window.session.documents[0]
        journal = opened.history.journal
        assert journal is not None
        journal.flush()
        sys.stdout.write(f"{len(opened.history.line)} {checksum(opened.document)}\n")
        sys.stdout.flush()


def stroke(window: MainWindow, chance: random.Random) -> None:
    """Draw one stroke, or undo one now and then."""
    if chance.random() < 0.15:
        window.run("edit.undo")
    window.session.pick((chance.randrange(256), chance.randrange(256), chance.randrange(256)))
    canvas = window.canvas()
    assert canvas is not None
    x, y = chance.uniform(0, SIDE), chance.uniform(0, SIDE)
    canvas.gestures.press(PointerEvent(x, y), canvas.camera)
    for _ in range(chance.randrange(1, 12)):
        x, y = x + chance.uniform(-60, 60), y + chance.uniform(-60, 60)
        canvas.gestures.drag(PointerEvent(x, y), canvas.camera)
        QTest.qWait(1)
    canvas.gestures.release(PointerEvent(x, y), canvas.camera)


if __name__ == "__main__":
    main(int(sys.argv[1]))
