"""What the README shows works as it is written there."""

import re
import shlex
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from helpers import red_paint
from helpers.command_line import CommandLine
from helpers.scripted_daemon import Script, ScriptedDaemon
from scumble_cli.__main__ import main
from scumble_protocol import messages as m
from scumble_protocol.geometry import Bounds

README = (Path(__file__).parents[1] / "README.md").read_text()


def test_the_python_example_paints(tmp_path: Path) -> None:
    example = re.search(r"```python\n(.*?)```", README, re.DOTALL)
    assert example is not None
    commands = CommandLine(tmp_path / "home", tmp_path)
    Image.new("RGB", (120, 90), "teal").save(tmp_path / "photo.png")
    script: Script = {m.Submit: partial(red_paint.painted, bounds=Bounds(40, 30, 50, 40))}
    with tempfile.TemporaryDirectory() as short:
        commands.point_to(f"ipc://{short}/d.sock")
        with ScriptedDaemon(f"ipc://{short}/d.sock", script):
            ran = subprocess.run(
                [sys.executable, "-c", example[1]],
                cwd=tmp_path,
                env=commands.environment(),
                capture_output=True,
                text=True,
                check=False,
            )
    assert ran.returncode == 0, ran.stderr
    assert "Progress" in ran.stdout.split()
    assert ran.stdout.split()[-1] == "Done"
    paint = np.asarray(Image.open(tmp_path / "paint.png"))
    assert paint.shape == (40, 50, 3)
    assert (paint == red_paint.shade(0)).all()


SHOWN = [line.partition(" #")[0].strip() for line in README.splitlines() if "    scumble" in line]


@pytest.mark.parametrize("line", SHOWN)
def test_every_command_that_is_shown_exists(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = shlex.split(line)[1:]
    alternatives = [word for word in words[1:] if word.islower() and word.isalpha()]
    for name in alternatives if " | " in line else [""]:
        command = [words[0], name] if name else words[: 1 + (words[0] in ("daemon", "jobs"))]
        with pytest.raises(SystemExit) as end:
            main([*command, "--help"])
        assert end.value.code == 0, command
        options = {word for word in words if word.startswith("--")} - {"--listen"}
        said = capsys.readouterr().out
        assert [option for option in options if option not in said] == []


def test_links_lead_somewhere() -> None:
    links = [link for link in re.findall(r"\]\(([^)]+)\)", README) if "://" not in link]
    assert links
    assert [link for link in links if not (Path(__file__).parents[1] / link).exists()] == []
