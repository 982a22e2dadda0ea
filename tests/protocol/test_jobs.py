"""A job knows its pictures, and its states move only as the table allows."""

from helpers.sample_messages import IMAGE, JOB, RESULT, SELECTION
from scumble_protocol.jobs import (
    ALLOWED_MOVES,
    FINISHED,
    Chain,
    Control,
    Job,
    JobState,
    Options,
    Reference,
    Stage,
    TextToImage,
)


def test_a_job_names_its_pictures_once_and_in_order() -> None:
    assert JOB.images == (IMAGE, SELECTION)


def test_a_reference_wherever_it_stands_may_have_another_size_than_the_canvas() -> None:
    own = Options(
        controls=(Control(name="pose", image=SELECTION),),
        references=(Reference(image=IMAGE),),
    )
    for task in (
        TextToImage(seed=1, width=8, height=8, options=own),
        Chain(seed=1, width=8, height=8, stages=(Stage(), Stage(options=own))),
    ):
        job = Job(id="job-00000001", task=task)
        assert job.images == (SELECTION, IMAGE)
        assert job.canvas_images == (SELECTION,)


def test_a_job_from_words_alone_has_no_pictures() -> None:
    assert Job(id="job-00000001", task=TextToImage(seed=1, width=8, height=8)).images == ()


def test_a_result_names_pixels_and_masks() -> None:
    assert RESULT.images == (IMAGE, SELECTION)


def test_every_state_has_its_moves() -> None:
    assert set(ALLOWED_MOVES) == set(JobState)


def test_a_finished_job_is_never_computed_again() -> None:
    for state in FINISHED:
        assert not ALLOWED_MOVES[state] & {JobState.QUEUED, JobState.LOADING, JobState.RUNNING}


def test_failing_and_cancelling_are_possible_as_long_as_a_job_is_not_finished() -> None:
    for state in set(JobState) - FINISHED:
        assert {JobState.FAILED, JobState.CANCELLED} <= ALLOWED_MOVES[state]
