"""The demo writes its three pictures and ends with its two lines."""

import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image

from helpers import red_paint
from helpers.command_line import CommandLine
from helpers.scripted_daemon import Script, ScriptedDaemon
from scumble_editor.files import openraster
from scumble_protocol import messages as m
from scumble_protocol.geometry import Bounds
from scumble_protocol.jobs import Inpaint

PACKAGING = Path(__file__).parents[2] / "packaging"


def test_the_demo_paints_into_the_sample(tmp_path: Path) -> None:
    commands = CommandLine(tmp_path / "home", tmp_path)
    script: Script = {m.Submit: partial(red_paint.painted, bounds=Bounds(480, 45, 80, 80))}
    with tempfile.TemporaryDirectory() as short:
        commands.point_to(f"ipc://{short}/d.sock")
        with ScriptedDaemon(f"ipc://{short}/d.sock", script) as daemon:
            ran = subprocess.run(
                [sys.executable, PACKAGING / "demo.py", "shown"],
                cwd=tmp_path,
                env=commands.environment(),
                capture_output=True,
                text=True,
                check=False,
            )
            task = daemon.heard(m.Submit)[0].job.task
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines()[-2:] == [
        "Wrote shown/result.ora, shown/result.png and shown/before-after.png.",
        "0 pixels changed outside the mask.",
    ]
    assert isinstance(task, Inpaint)
    layers = openraster.read(tmp_path / "shown" / "result.ora").document.layers
    assert [layer.name for layer in layers] == ["Background", task.prompt]
    with Image.open(PACKAGING / "sample" / "coffee.jpg") as sample:
        before = np.asarray(sample.convert("RGB"))
    both = np.asarray(Image.open(tmp_path / "shown" / "before-after.png"))
    after = np.asarray(Image.open(tmp_path / "shown" / "result.png"))
    assert (both[:, : before.shape[1]] == before).all()
    assert (both[:, -after.shape[1] :] == after).all()
    assert (before != after).any()


def test_the_sample_says_that_it_may_be_used() -> None:
    assert "CC0" in (PACKAGING / "sample" / "README.md").read_text()
