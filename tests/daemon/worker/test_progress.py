"""Progress: nested parts, phases timed, the time left learned."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scumble_daemon.worker.progress import Moment, Progress
from scumble_protocol.jobs import Phase


class Clock:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def progress() -> tuple[Progress, list[Moment], Clock]:
    told: list[Moment] = []
    clock = Clock()
    return Progress(told.append, clock), told, clock


def test_before_painting_no_fraction_is_told() -> None:
    bar, told, _ = progress()
    bar.enter(Phase.LOADING)
    assert told == [Moment(Phase.LOADING, 0, 0, None, None)]


def test_parts_nest() -> None:
    bar, told, _ = progress()
    bar.enter(Phase.DENOISING, 4)
    with bar.part(0.5):
        with bar.part(0.5):
            bar.step(2, 4)
            bar.step(4, 4)
        with bar.part(0.5):
            bar.step(1, 2)
    with bar.part(0.5):
        bar.step(1, 1)
    fractions = [moment.fraction for moment in told]
    assert fractions == pytest.approx([0, 0.125, 0.25, 0.375, 1.0])


def test_a_part_that_told_nothing_still_counts() -> None:
    bar, told, _ = progress()
    bar.enter(Phase.PREPARING)
    with bar.part(0.3):
        pass
    bar.enter(Phase.DENOISING)
    assert told[-1].fraction == pytest.approx(0.3)


def test_the_time_left_is_learnt_from_this_job_without_its_loading() -> None:
    bar, told, clock = progress()
    bar.enter(Phase.LOADING)
    clock.now = 100
    bar.enter(Phase.DENOISING, 10)
    assert told[-1].seconds_left is None
    clock.now = 102
    bar.step(1, 10)
    assert told[-1].seconds_left == pytest.approx(18)


def test_the_time_left_follows_the_pace_of_the_last_steps() -> None:
    bar, told, clock = progress()
    bar.enter(Phase.ENCODING)
    clock.now = 30  # slow, and no measure of what is to come
    bar.enter(Phase.DENOISING, 20)
    clock.now += 9  # the first step warms up
    bar.step(1, 20)
    for step in range(2, 12):
        clock.now += 1
        bar.step(step, 20)
    assert told[-1].seconds_left == pytest.approx(9)
    for step in range(12, 20):
        clock.now += 3  # another program wants the machine
        bar.step(step, 20)
    assert told[-1].seconds_left == pytest.approx(3)


def test_seconds_are_counted_by_phase() -> None:
    bar, _, clock = progress()
    bar.enter(Phase.LOADING)
    clock.now = 2
    bar.enter(Phase.DENOISING)
    clock.now = 5
    bar.enter(Phase.DECODING)
    clock.now = 6
    bar.enter(Phase.DENOISING)
    clock.now = 7
    assert bar.seconds == {"loading": 2, "denoising": 4, "decoding": 1}


@given(shares=st.lists(st.floats(0, 1), max_size=5), steps=st.integers(1, 9))
def test_a_fraction_never_falls_nor_leaves_its_range(shares: list[float], steps: int) -> None:
    bar, told, _ = progress()
    bar.enter(Phase.DENOISING, steps)
    for share in shares:
        with bar.part(share):
            for step in range(1, steps + 1):
                bar.step(step, steps, 0.9)
    fractions = [moment.fraction or 0 for moment in told]
    assert all(0 <= fraction <= 1 for fraction in fractions)
    assert fractions == sorted(fractions)
