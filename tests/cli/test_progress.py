"""Progress in words: the bar on a terminal and the lines of a log."""

import io

import pytest
from rich.console import Console

from scumble_cli.progress import Bar, Lines, state_text
from scumble_protocol import messages as m
from scumble_protocol.jobs import JobState, Phase


def step(number: int, seconds_left: float | None = None) -> m.Progress:
    return m.Progress(
        job="job-of-test",
        phase=Phase.DENOISING,
        step=number,
        steps=20,
        fraction=number / 20,
        seconds_left=seconds_left,
    )


def test_a_log_gets_few_lines_however_many_steps(capsys: pytest.CaptureFixture[str]) -> None:
    with Lines() as lines:
        lines.show(m.State(job="job-of-test", state=JobState.QUEUED, position=2))
        for number in range(1, 21):
            lines.show(step(number, seconds_left=65))
        lines.show(m.Progress(job="job-of-test", phase=Phase.DECODING))
    said = capsys.readouterr().err.splitlines()
    assert said[0] == "Waiting behind 2 more"
    assert said[1] == "Painting, step 1 of 20, 1 min 5 s left"
    assert said[-1] == "Decoding"
    assert len(said) == 7


def test_the_bar_shows_phase_step_and_time_left() -> None:
    out = io.StringIO()
    with Bar(Console(file=out, force_terminal=True, width=100)) as bar:
        bar.show(step(7, seconds_left=12.4))
        bar.refresh()
    shown = out.getvalue()
    assert "Painting" in shown
    assert "step 7 of 20" in shown
    assert "12 s left" in shown


def test_the_daemons_own_sentence_about_a_state_comes_first() -> None:
    moved = m.State(job="job-of-test", state=JobState.QUEUED, sentence="Tried once more.")
    assert state_text(moved) == "Tried once more."
