"""A job that is taken early ends at its step with what it has painted until then."""

import numpy as np
import pytest

from helpers.workshop import Workshop
from scumble_daemon import work
from scumble_daemon.worker.cancel import CancelToken
from scumble_protocol.jobs import (
    AnyTask,
    Chain,
    DepthToImage,
    ImageToImage,
    Inpaint,
    Phase,
    Report,
    Result,
    Stage,
    TextToImage,
)

STEPS, TAKEN_AFTER = 12, 5


def taken(workshop: Workshop, kind: str, task: AnyTask, after: int = TAKEN_AFTER) -> Result:
    """Return what a job gives that is taken once so many steps were told."""
    token = CancelToken()

    def hear(word: work.AnyWord) -> None:
        if isinstance(word, work.Stepped) and word.phase is Phase.DENOISING and word.step == after:
            token.take()

    workshop.on_word = hear
    end = workshop.run(kind, task, token)
    assert isinstance(end, work.Finished), end
    return end.result


def steps_of(report: Report) -> list[int]:
    return [one.steps for one in report.passes]


@pytest.mark.parametrize("task", ["inpaint", "img2img", "text2image", "chain"])
def test_a_taken_job_gives_a_picture_after_the_steps_it_had(workshop: Workshop, task: str) -> None:
    canvas = np.random.default_rng(1).integers(0, 256, (64, 64, 3), np.uint8)
    mask = np.zeros((64, 64), np.uint8)
    mask[16:48, 16:48] = 255
    image, selection = workshop.pictures.add(canvas), workshop.pictures.add(mask)
    jobs: dict[str, AnyTask] = {
        "inpaint": Inpaint(seed=1, steps=STEPS, image=image, selection=selection),
        "img2img": ImageToImage(seed=1, steps=STEPS, image=image, strength=1.0),
        "text2image": TextToImage(seed=1, steps=STEPS, width=64, height=64),
        "chain": Chain(
            seed=1, steps=STEPS, width=64, height=64, stages=(Stage(), Stage(strength=0.5))
        ),
    }

    result = taken(workshop, "sd15", jobs[task])

    assert steps_of(result.report) == [TAKEN_AFTER]
    assert result.report.taken_after == TAKEN_AFTER
    assert any(f"after step {TAKEN_AFTER} of {STEPS}" in one for one in result.report.notices)
    pixels, shown = workshop.layer(result)
    assert pixels.std() > 0
    if task == "inpaint":
        assert shown is not None
        bounds = result.layers[0].bounds
        assert not shown[mask[bounds.slices] == 0].any()


def test_what_is_taken_late_is_nearly_the_finished_picture_and_early_less_so(
    workshop: Workshop,
) -> None:
    task = TextToImage(prompt="a red balloon", seed=3, steps=20, width=64, height=64)
    whole = workshop.layer(workshop.paint("sd15", task))[0].astype(float)

    early, late = (
        np.abs(workshop.layer(taken(workshop, "sd15", task, after))[0] - whole).mean()
        for after in (2, 18)
    )

    assert late < early


def test_further_variants_are_left_out_and_a_refining_pass_too(workshop: Workshop) -> None:
    canvas = np.random.default_rng(1).integers(0, 256, (256, 256, 3), np.uint8)
    selection = workshop.pictures.add(np.full((256, 256), 255, np.uint8))
    image = workshop.pictures.add(canvas)
    task = Inpaint(seed=1, steps=STEPS, variants=6, image=image, selection=selection)

    result = taken(workshop, "sd15", task)

    assert steps_of(result.report) == [TAKEN_AFTER]
    assert 1 <= len(result.layers) < 6
    assert [layer.seed for layer in result.layers] == list(range(1, 1 + len(result.layers)))


def test_a_pipeline_that_cannot_be_ended_early_paints_on(workshop: Workshop) -> None:
    image = workshop.pictures.add(np.full((64, 64, 3), 128, np.uint8))
    task = DepthToImage(seed=1, steps=STEPS, image=image, strength=1.0)

    result = taken(workshop, "sd2-depth", task)

    assert steps_of(result.report) == [STEPS]
    assert result.report.taken_after is None
