import pytest

from helpers.sample_messages import IMAGE
from scumble_daemon.front.estimates import NEWEST_WEIGHT, Estimates, work_of
from scumble_protocol.jobs import Job, TextToImage, Upscale


def job(steps: int = 10, variants: int = 1, model: str = "miniature") -> Job:
    """Return a job of one megapixel."""
    task = TextToImage(seed=1, width=1000, height=1000, steps=steps, variants=variants)
    return Job(id="some-job-id", model=model, task=task)


def test_nothing_is_foretold_before_something_was_measured() -> None:
    estimates = Estimates()
    estimates.learn(job(), 5.0)
    assert estimates.seconds(job(model="another")) is None


def test_twice_the_steps_or_variants_take_twice_as_long() -> None:
    estimates = Estimates()
    estimates.learn(job(), 5.0)
    assert estimates.seconds(job(steps=20)) == pytest.approx(10.0)
    assert estimates.seconds(job(variants=2)) == pytest.approx(10.0)


def test_a_new_measurement_moves_the_estimate_by_its_weight() -> None:
    estimates = Estimates()
    estimates.learn(job(), 10.0)
    estimates.learn(job(), 20.0)
    assert estimates.seconds(job()) == pytest.approx(10.0 + NEWEST_WEIGHT * 10.0)


def test_what_was_learned_can_be_kept_and_given_back() -> None:
    ((model, task, rate),) = Estimates().learn(job(), 10.0)
    assert Estimates({(model, task): rate}).seconds(job()) == pytest.approx(10.0)


def test_a_huge_canvas_counts_as_a_large_one() -> None:
    huge = Job(id="some-job-id", task=TextToImage(seed=1, width=16_000, height=8000, steps=10))
    assert work_of(huge) == 2.0 * 10


def test_an_upscaled_picture_counts_whole_and_mostly_for_its_refinement() -> None:
    def work(refine: float | None) -> float:
        task = Upscale(seed=1, image=IMAGE, width=4000, height=2000, steps=10, refine=refine)
        return work_of(Job(id="some-job-id", task=task))

    assert work(None) == 8.0
    assert work(0.5) == 8.0 * 6
