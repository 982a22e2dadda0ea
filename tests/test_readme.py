"""What the README shows works as it is written there."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from helpers.command_line import CommandLine
from scumble_cli.__main__ import main

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


@pytest.mark.slow
def test_the_python_example_paints_a_heart_on_the_table(tmp_path: Path) -> None:
    example = re.search(r"```python\n(.*?)```", README, re.DOTALL)
    assert example is not None
    commands = CommandLine(tmp_path / "home", tmp_path)
    sample = tmp_path / "packaging" / "sample" / "coffee.jpg"
    sample.parent.mkdir(parents=True)
    shutil.copy(ROOT / "packaging" / "sample" / "coffee.jpg", sample)
    try:
        ran = subprocess.run(
            [sys.executable, "-c", example[1]],
            cwd=tmp_path,
            env=commands.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        commands.run("daemon", "stop")
    assert ran.returncode == 0, ran.stderr
    assert "Progress" in ran.stdout.split()
    assert ran.stdout.split()[-1] == "Done"
    before = np.asarray(Image.open(sample).convert("RGB")).astype(int)
    after = np.asarray(Image.open(tmp_path / "heart.png")).astype(int)
    table = np.s_[20:150, 455:585]
    assert red_share(before[table]) < 0.01
    assert 0.25 < red_share(after[table]) < 0.75
    after[table] = before[table]
    assert np.array_equal(after, before)


def red_share(rgb: NDArray[np.int_]) -> float:
    """Return how much of a picture, [H, W, 3] in 0..255, is of a strong red."""
    red, green, blue = np.moveaxis(rgb, -1, 0)
    return float(np.mean((red > 180) & (green < 80) & (blue < 80)))


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
    assert [link for link in links if not (ROOT / link).exists()] == []
