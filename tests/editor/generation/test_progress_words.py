"""What painting is doing, said to people."""

import pytest

from scumble_editor.generation.words import of_progress, of_state, time_text
from scumble_protocol.jobs import JobState, Phase
from scumble_protocol.messages import Progress


def test_progress_says_phase_step_and_time_left() -> None:
    said = of_progress(
        Progress(job="12345678", phase=Phase.DENOISING, step=4, steps=20, seconds_left=6.4)
    )
    assert said == "Painting, step 4 of 20, 6 s left"
    assert of_progress(Progress(job="12345678", phase=Phase.LOADING)) == "Loading the model"


def test_every_state_and_phase_has_words() -> None:
    for state in (None, *JobState):
        assert of_state(state)
    for phase in Phase:
        assert of_progress(Progress(job="12345678", phase=phase))
    assert of_state(JobState.QUEUED, 0) == "Waiting, next"
    assert of_state(JobState.QUEUED, 2) == "Waiting, 2 before it"


@pytest.mark.parametrize(
    ("seconds", "said"), [(7.6, "8 s"), (65, "1 min 05 s"), (4200, "1 h 10 min")]
)
def test_durations_are_said_as_people_do(seconds: float, said: str) -> None:
    assert time_text(seconds) == said
