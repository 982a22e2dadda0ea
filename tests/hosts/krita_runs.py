"""Running a scenario in the real Krita on a screen that nobody sees, and reading what it wrote."""

import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from hosts.gimp_runs import SIZE, VALUES, picture
from hosts.stage import Stage
from scumble_protocol.images import Pixels

INSIDE = Path(__file__).with_name("inside")
NAME = "scumble_scenarios"
DESKTOP = f"""[Desktop Entry]
Type=Service
ServiceTypes=Krita/PythonPlugin
X-KDE-Library={NAME}
X-Python-2-Compatible=false
Name=Scenarios
Comment=Drives Krita in tests
"""
CRASHED = 139
"""Krita 5.1 crashes now and then by itself while it saves; so may others."""


@dataclass(frozen=True)
class Seen:
    """What a scenario left in its folder."""

    folder: Path
    report: dict[str, Any]

    def native(self, name: str) -> NDArray[np.uint8]:
        """Return the document's pixels as Krita has them, uint8 [H, W, bytes of a pixel]."""
        width, height = self.report[name]["size"]
        raw = np.fromfile(self.folder / f"{name}.native", np.uint8)
        return raw.reshape(height, width, -1)

    def selection(self) -> Pixels:
        """Return what was selected, uint8 [H, W]."""
        return np.fromfile(self.folder / "selection", np.uint8).reshape(SIZE)

    def tree(self, name: str) -> list[Any]:
        """Return the nodes from the bottom up."""
        tree: list[Any] = self.report[name]["tree"]
        return tree

    def names(self, name: str) -> list[str]:
        """Return the names of the nodes at the root, from the bottom up."""
        return [node["name"] for node in self.tree(name)]


class Krita:
    """Krita on a stage, each run in a folder of its own."""

    def __init__(self, stage: Stage, folder: Path) -> None:
        self.stage = stage
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture()).save(folder / "in.png")
        _install_scenarios(stage)

    def start(
        self, scenario: str, values: Mapping[str, Any] = VALUES, **variables: str
    ) -> "subprocess.Popen[str]":
        """Begin a scenario."""
        shutil.copy(INSIDE / "display.sh", self.folder / "display.sh")
        display, file = str(self.folder / "display.sh"), str(self.folder / "in.png")
        command = [display, "krita", "--nosplash", file]
        environment = {
            "OUT": str(self.folder),
            "SCENARIO": scenario,
            "CALL": json.dumps(values),
            "QT_LOGGING_RULES": "*.debug=false",
            **variables,
        }
        return self.stage.start(command, environment)

    def finish(self, run: "subprocess.Popen[str]", timeout_s: float = 300) -> Seen:
        """Wait for a scenario's end and return what it left."""
        said, _ = run.communicate(timeout=timeout_s)
        file = self.folder / "report.json"
        assert file.exists(), f"Krita ended with {run.returncode}:\n{said[-4000:]}"
        report = json.loads(file.read_text())
        assert "problem" not in report, report["problem"]
        return Seen(self.folder, report)

    def run(self, scenario: str, values: Mapping[str, Any] = VALUES, **variables: str) -> Seen:
        """Do a scenario."""
        return self.finish(self.start(scenario, values, **variables))


def _install_scenarios(stage: Stage) -> None:
    plugins = stage.home / ".local/share/krita/pykrita"
    (plugins / NAME).mkdir(exist_ok=True)
    shutil.copy(INSIDE / "in_krita.py", plugins / NAME / "__init__.py")
    (plugins / f"{NAME}.desktop").write_text(DESKTOP)
    settings = stage.home / ".config/kritarc"
    line = f"enable_{NAME}=true\n"
    kept = re.sub(r"^wish=.*\n", "", settings.read_text(), flags=re.MULTILINE)  # the last values
    if line not in kept:
        kept = kept.replace("[python]\n", f"[python]\n{line}")
    settings.write_text(kept)
    display = settings.with_name("kritadisplayrc")
    display.write_text("OpenGLRenderer=none\ncanvasState=OPENGL_NOT_TRIED\n")
