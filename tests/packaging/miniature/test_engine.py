"""The trainer: the loss falls, a killed run goes on bit for bit, the learning rate keeps time."""

from pathlib import Path

import pytest
import torch

import engine
from engine import Budget, Pace, Run
from helpers.tiny_training import TinyTask

TASK = TinyTask()


def _train(folder: Path, steps: int, world: int = 2) -> dict[str, torch.Tensor]:
    folder.mkdir(exist_ok=True)
    engine.train(TASK, Run(folder, Budget(steps=steps, warmup=2), Pace(), world))
    state: dict[str, torch.Tensor] = torch.load(folder / "tiny.pt", weights_only=True)
    return state


def _loss(folder: Path, step: int) -> float:
    return float((folder / "sheets" / f"tiny-{step:06d}.txt").read_text())


@pytest.mark.slow
def test_a_resumed_run_equals_an_unbroken_one_bit_for_bit(tmp_path: Path) -> None:
    unbroken = _train(tmp_path / "unbroken", 6)
    _train(tmp_path / "broken", 3)
    resumed = _train(tmp_path / "broken", 6)

    for name in engine.STATE:
        assert torch.equal(unbroken[name], resumed[name]), name


@pytest.mark.slow
def test_the_loss_falls_and_the_average_can_be_loaded(tmp_path: Path) -> None:
    _train(tmp_path, 1, world=1)
    _train(tmp_path, 60, world=1)

    assert _loss(tmp_path, 60) < 0.5 * _loss(tmp_path, 1)
    trained = engine.trained(TASK, tmp_path / "tiny.pt")
    loss, _ = TASK.loss(trained, engine.Draw.at(99, 0, 0, 1))
    assert loss.item() == pytest.approx(_loss(tmp_path, 60), rel=1e-5)


def test_the_draw_of_a_step_depends_on_nothing_else() -> None:
    one, again = (engine.Draw.at(5, 17, 1, 2) for _ in range(2))
    other = engine.Draw.at(5, 17, 0, 2)

    assert one.numpy.random() == again.numpy.random()
    first = torch.randn(3, generator=one.torch)
    assert torch.equal(first, torch.randn(3, generator=again.torch))
    assert not torch.equal(first, torch.randn(3, generator=other.torch))


def test_the_learning_rate_rises_stays_and_falls_by_steps() -> None:
    budget = Budget(steps=100, decay=0.2, warmup=10)

    assert budget.factor(0, now=0) == pytest.approx(0.1)
    assert budget.factor(50, now=0) == 1
    assert budget.factor(90, now=0) == pytest.approx(0.5)
    assert budget.factor(100, now=0) < 0


def test_the_learning_rate_falls_towards_a_deadline() -> None:
    budget = Budget(deadline=1000, decay=100, warmup=0)

    assert budget.factor(7, now=500) == 1
    assert budget.factor(8, now=950) == pytest.approx(0.5)
    assert budget.factor(9, now=1000) < 0
