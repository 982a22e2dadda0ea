"""Running a scenario in the real gimp-console, and reading what it wrote."""

import json
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from hosts.stage import Stage
from scumble_protocol.images import Pixels

INSIDE = Path(__file__).with_name("inside") / "in_gimp.py"
SIZE = (160, 240)  # rows, columns of the picture
VALUES: dict[str, Any] = {
    "prompt": "a red heart",
    "model": "tiny",
    "steps": 4,
    "seed": 7,
    "variants": 1,
}


def picture() -> Pixels:
    """Return the picture that is painted on: uint8 [H, W, 3]."""
    y, x = np.mgrid[0 : SIZE[0], 0 : SIZE[1]]
    return np.dstack([x, y, (x + y) // 2]).astype(np.uint8)


GIMPRC = """(config-version "3.0.4")
(show-welcome-dialog no)
(check-updates no)
"""


@dataclass(frozen=True)
class Seen:
    """What a scenario left in its folder."""

    folder: Path
    report: dict[str, Any]
    terminal: str  # what GIMP said there

    def composite(self, name: str) -> Pixels:
        """Return the image as a screen shows it, uint8 [H, W, 4]."""
        width, height = self.report[name]["size"]
        return np.fromfile(self.folder / f"{name}.seen", np.uint8).reshape(height, width, 4)

    def layer(self, name: str) -> Pixels:
        """Return a layer's own pixels, uint8 [h, w, 4]."""
        _, _, width, height = self.bounds(name)
        return np.fromfile(self.folder / f"{name}.pixels", np.uint8).reshape(height, width, 4)

    def mask(self, name: str) -> Pixels:
        """Return a layer's mask, uint8 [h, w]."""
        _, _, width, height = self.bounds(name)
        return np.fromfile(self.folder / f"{name}.mask", np.uint8).reshape(height, width)

    def selection(self) -> Pixels:
        """Return what was selected, uint8 [H, W]."""
        return np.fromfile(self.folder / "selection", np.uint8).reshape(SIZE)

    def bounds(self, name: str) -> tuple[int, int, int, int]:
        """Return where a layer of any image in the report lies: x, y, width, height."""
        for image in self.report.values():
            for layer in image.get("layers", []) if isinstance(image, dict) else []:
                for each in [layer, *layer["children"]]:
                    if each["name"] == name:
                        x, y, width, height = each["bounds"]
                        return x, y, width, height
        raise AssertionError(f"no layer {name} in {self.report}")


class Gimp:
    """gimp-console on a stage, each run in a folder of its own."""

    def __init__(self, stage: Stage, folder: Path) -> None:
        self.stage = stage
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture()).save(folder / "in.png")

    def start(
        self, scenario: str, values: Mapping[str, Any] = VALUES, **variables: str
    ) -> "subprocess.Popen[str]":
        """Begin a scenario."""
        inside = self.folder / "in_gimp.py"
        inside.write_text(INSIDE.read_text())
        batch = f"exec(open({str(inside)!r}).read())"
        command = ["gimp-console", "-i", "-n", "-d", "-f", "--quit"]
        command += ["--batch-interpreter=python-fu-eval", "-b", batch]
        environment = {
            "OUT": str(self.folder),
            "SCENARIO": scenario,
            "CALL": json.dumps(values),
            **variables,
        }
        return self.stage.start(command, environment)

    def script_fu(self, script: str) -> str:
        """Run Script-Fu and return what was said."""
        command = ["gimp-console", "-i", "-n", "-d", "-f", "--quit"]
        command += ["--batch-interpreter=plug-in-script-fu-eval", "-b", script]
        return self.stage.run(command, timeout_s=240)

    def start_window(self, scenario: str, values: Mapping[str, Any]) -> "subprocess.Popen[str]":
        """Begin a scenario in GIMP with its windows, on a screen that nobody sees."""
        for name in ("in_gimp.py", "display.sh"):
            shutil.copy(INSIDE.with_name(name), self.folder / name)
        settings = self.stage.home / ".config/GIMP/3.0"
        (settings / "gimprc").write_text(GIMPRC)
        shutil.rmtree(settings / "plug-in-settings", ignore_errors=True)  # the last values
        batch = f"exec(open({str(self.folder / 'in_gimp.py')!r}).read())"
        command = [str(self.folder / "display.sh"), "gimp", "-n", "-s", "-f", "--quit"]
        command += ["--batch-interpreter=python-fu-eval", "-b", batch]
        environment = {
            "OUT": str(self.folder),
            "SCENARIO": scenario,
            "CALL": json.dumps(values),
            "GDK_BACKEND": "x11",
        }
        return self.stage.start(command, environment)

    def finish(self, run: "subprocess.Popen[str]", timeout_s: float = 240) -> Seen:
        """Wait for a scenario's end and return what it left."""
        said, _ = run.communicate(timeout=timeout_s)
        report = self.folder / "report.json"
        assert report.exists(), said
        return Seen(self.folder, json.loads(report.read_text()), said)

    def run(self, scenario: str, values: Mapping[str, Any] = VALUES, **variables: str) -> Seen:
        """Do a scenario."""
        return self.finish(self.start(scenario, values, **variables))
