"""The editor stands on its own: nothing of the `daemon` extra is needed to paint and save."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

PAINTS = """
import importlib, importlib.abc, pkgutil, sys
from pathlib import Path

BLOCKED = set(sys.argv[2].split(","))

class Refuser(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in BLOCKED:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Refuser())
import scumble_editor, scumble_cli
for package in (scumble_editor, scumble_cli):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from scumble_editor.app import application, make_window
from scumble_editor.document.document import Document
from scumble_editor.document.layer import Layer
from scumble_editor.files.documents import open_document, save_document
from scumble_protocol.geometry import Extent

app = application()
window = make_window()
window.show()
layer = Layer()
opened = window.session.add(
    Document(size=Extent(200, 150), layers=(layer,), active_id=layer.id), "Alone"
)
app.processEvents()
canvas = window.canvas()
middle = canvas.rect().center()
QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=middle)
QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=middle + QPoint(20, 0))
assert opened.history.can_undo, "no stroke was painted"
path = Path(sys.argv[1])
save_document(opened.document, path)
assert open_document(path).document.layers == opened.document.layers
window.works.stop()
window.session.close(opened)
loaded = BLOCKED & {name.partition(".")[0] for name in sys.modules}
assert not loaded, loaded
print("painted and saved")
"""


def of_the_daemon_alone() -> set[str]:
    """Names of packages that only the `daemon` extra brings."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]

    def names(requirements: list[str]) -> set[str]:
        found = (re.match(r"[\w-]+", requirement) for requirement in requirements)
        return {match[0].replace("-", "_").lower() for match in found if match}

    return names(extras["daemon"]) - names(project["dependencies"]) - names(extras["editor"])


def test_the_editor_paints_and_saves_where_the_daemons_packages_are_missing(
    tmp_path: Path,
) -> None:
    blocked = of_the_daemon_alone()
    assert {"torch", "diffusers", "transformers"} <= blocked
    done = subprocess.run(
        [sys.executable, "-c", PAINTS, str(tmp_path / "alone.ora"), ",".join(blocked)],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "SCUMBLE_HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "painted and saved" in done.stdout
