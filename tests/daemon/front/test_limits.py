"""What is refused before anything is done, with a sentence that says what to do instead."""

import re

import pytest

from helpers.sample_messages import IMAGE, SELECTION
from scumble_daemon.config import Settings
from scumble_daemon.front.limits import check_job, limits_of, near_names, result_bytes
from scumble_protocol.errors import RemoteError
from scumble_protocol.jobs import (
    AnyTask,
    Chain,
    Control,
    ImageToImage,
    Job,
    Options,
    Reference,
    Stage,
    TextToImage,
    Upscale,
)


def test_near_names_are_offered_and_far_ones_are_not() -> None:
    assert near_names("eular", ["euler", "ddim"]) == " Did you mean euler?"
    assert near_names("zzz", ["euler", "ddim"]) == ""


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("DDIMScheduler", "Did you mean ddim?"),
        ("eular", "Did you mean euler?"),
        ("zzzzzzzz", "Known are ddim, euler."),
    ],
)
def test_a_scheduler_of_another_name_is_met_with_those_there_are(name: str, hint: str) -> None:
    task = TextToImage(seed=1, width=64, height=64, scheduler=name)
    with pytest.raises(RemoteError, match=re.escape(hint)):
        check_job(Job(id="some-job-id", task=task), limits_of(Settings()), ("ddim", "euler"))


def test_a_result_is_reckoned_with_all_its_variants() -> None:
    task = TextToImage(seed=1, width=100, height=50, variants=3)
    assert result_bytes(Job(id="some-job-id", task=task)) == 100 * 50 * 4 * 3


def test_a_picture_is_reckoned_at_the_size_it_is_made() -> None:
    task = Upscale(seed=1, image=IMAGE, width=100, height=50)
    assert result_bytes(Job(id="some-job-id", task=task)) == 100 * 50 * 4


@pytest.mark.parametrize(
    ("task", "sentence"),
    [
        (Upscale(seed=1, image=IMAGE, width=32768, height=32768), "larger than this daemon takes"),
        (
            TextToImage(
                seed=1,
                width=64,
                height=64,
                options=Options(controls=(Control(name="scribble", image=SELECTION),)),
            ),
            "the control “scribble” has 2 × 1 pixels, the canvas 64 × 64",
        ),
        (
            ImageToImage(
                seed=1,
                image=IMAGE,
                options=Options(references=(Reference(name="adapter", image=SELECTION),)),
            ),
            "picture of reference must be rgb8 or rgba8",
        ),
        (
            Chain(
                seed=1,
                width=64,
                height=64,
                stages=(
                    Stage(),
                    Stage(options=Options(controls=(Control(name="pose", image=SELECTION),))),
                ),
            ),
            "the control “pose” has 2 × 1 pixels, the canvas 64 × 64",
        ),
    ],
)
def test_pictures_that_cannot_be_are_refused(task: AnyTask, sentence: str) -> None:
    with pytest.raises(RemoteError, match=sentence):
        check_job(Job(id="some-job-id", task=task), limits_of(Settings()), ("ddim",))
