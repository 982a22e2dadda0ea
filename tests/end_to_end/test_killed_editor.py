"""The editor killed again and again while it paints: what was safe on disk always comes back.

Three times in the suite; `SCUMBLE_KILLS=200` makes it two hundred.
"""

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from helpers.painting_editor import checksum
from scumble_editor.history.recovery import recover, recoverable

KILLS = int(os.environ.get("SCUMBLE_KILLS", "3"))
TESTS = Path(__file__).parents[1]


@pytest.mark.gui
@pytest.mark.timeout(60 + 20 * KILLS)
def test_every_finished_stroke_survives_every_kill(tmp_path: Path) -> None:
    chance = random.Random(11)  # noqa: S311  # where to kill needs no secrecy
    for turn in range(KILLS):
        last = paint_until_killed(tmp_path, turn, chance.randrange(1, 12))
        (found,) = recoverable(tmp_path / "data" / "journals")
        history = recover(found.path)
        line = [step.id for step in history.line]
        latest = [step.id for step in history.steps[-8:]]  # a new branch may have begun since
        pictures = {checksum(history.document_of(step_id)) for step_id in latest}
        assert last in pictures, "a stroke that was on disk is gone"
        while history.can_undo:
            history.undo()
        assert checksum(history.document) == checksum(history.document_of(line[0]))
        history.jump(line[-1])
        history.close(discard=False)


def paint_until_killed(home: Path, seed: int, strokes: int) -> int:
    """Let the editor paint some strokes and kill it; return the last picture it told of."""
    environment = {
        **os.environ,
        "SCUMBLE_HOME": str(home),
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONPATH": str(TESTS),
    }
    editor = subprocess.Popen(
        [sys.executable, "-m", "helpers.painting_editor", str(seed)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert editor.stdout is not None
    said = [editor.stdout.readline() for _ in range(strokes)]
    editor.kill()
    said += editor.stdout.readlines()
    editor.stdout.close()
    editor.wait()
    whole = [line.split() for line in said if line.endswith("\n")]
    assert whole, "the editor said nothing before it was killed"
    return int(whole[-1][1])
