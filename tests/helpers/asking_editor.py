"""An editor that asks a model for a picture, says when it is being painted, and waits to be killed.

python -m helpers.asking_editor FILE
"""

import sys
from pathlib import Path

from PySide6.QtTest import QTest

from scumble_editor.app import application, make_window
from scumble_editor.generation.actions import PaintAction
from scumble_editor.ui.commands import files


def main(path: Path) -> None:
    """Open a file, ask for paint on it, and go no further."""
    application()
    window = make_window()
    window.show()
    files.open_paths(window.desk, [path])
    while window.session.current is None:
        QTest.qWait(10)
    jobs, generation = window.session.jobs, window.generation
    previewed: list[object] = []
    jobs.previewed.connect(previewed.append)
    generation.change(action=PaintAction.WHOLE, prompt="a castle", seed=3, steps=24)
    generation.paint()
    while not previewed:
        QTest.qWait(10)
    sys.stdout.write(f"{jobs.all[0].id}\n")
    sys.stdout.flush()
    while True:
        QTest.qWait(100)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
