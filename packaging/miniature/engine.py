"""The trainer: processes of one thread each share weights, gradients and optimiser in memory.

Chance is a function of seed, step and process alone, so a run killed at any moment goes on from
its checkpoint bit for bit.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import time
from dataclasses import dataclass, field
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from torch import Tensor, nn
from torch.multiprocessing.spawn import start_processes

import optimiser
from groupnorm import quicken

log = logging.getLogger("miniature")
BARRIER_TIMEOUT_S = 900


@dataclass(frozen=True, slots=True)
class Draw:
    """All the chance of one step in one process."""

    step: int
    rank: int
    world: int
    numpy: np.random.Generator
    torch: torch.Generator

    @classmethod
    def at(cls, seed: int, step: int, rank: int, world: int) -> Draw:
        """The chance of `step` in process `rank`."""
        rng = np.random.default_rng([seed, step, rank])
        generator = torch.Generator().manual_seed(int(rng.integers(2**62)))
        return cls(step, rank, world, rng, generator)


class Task(Protocol):
    """What is trained. A task is a small picklable value; each process builds its own module."""

    @property
    def name(self) -> str:
        """Of the checkpoint and of the log lines."""

    @property
    def seed(self) -> int:
        """Of the first weights and of all draws."""

    @property
    def learning_rate(self) -> float:
        """On the plateau."""

    def build(self) -> nn.Module:
        """The untrained module; called under the task's seed."""

    def matrices(self, module: nn.Module) -> list[nn.Parameter]:
        """The parameters that Muon updates."""

    def loss(self, module: nn.Module, draw: Draw) -> tuple[Tensor, dict[str, float]]:
        """The loss of one batch, and figures for the log."""

    def sample(self, module: nn.Module, sheet: Path) -> dict[str, float]:
        """Look at the averaged weights now and then: figures for the log, pictures in `sheet`."""


@dataclass(frozen=True, slots=True)
class Budget:
    """How long to train and when the learning rate falls.

    Give `steps`, or `deadline` (a Unix time); the last `decay` of the way is a linear fall to 0.
    Without a fall (`decay=0`) the run can be taken up again as if it had never stopped.
    """

    steps: int | None = None
    deadline: float | None = None
    decay: float = 0.0  # a share of `steps`, or seconds before `deadline`
    warmup: int = 100

    def factor(self, step: int, now: float) -> float:
        """The learning rate at a step as a share of the plateau's; negative when all is done."""
        warm = min(1.0, (step + 1) / self.warmup) if self.warmup else 1.0
        if self.steps is not None:
            if step >= self.steps:
                return -1.0
            span = self.decay * self.steps
            left = self.steps - step
        else:
            left_s = (self.deadline or 0.0) - now
            if left_s <= 0:
                return -1.0
            span, left = self.decay, left_s  # type: ignore[assignment]
        return warm * (min(1.0, left / span) if span else 1.0)


@dataclass(frozen=True, slots=True)
class Pace:
    """What to do beside the steps themselves."""

    checkpoint_s: float = 120
    log_s: float = 60
    sample_s: float = 600
    ema_decay: float = 0.998


@dataclass(slots=True)
class Memory:
    """The tensors all processes share, each float32 [elements] but the last two."""

    weights: Tensor
    average: Tensor
    first: Tensor
    second: Tensor
    gradients: list[Tensor]
    signal: Tensor  # float64: learning rate, squared gradient norm of each process
    figures: dict[str, float] = field(default_factory=dict)

    @classmethod
    def empty(cls, elements: int, world: int) -> Memory:
        """Fresh shared memory for a module of so many elements."""

        def zeros() -> Tensor:
            tensor = torch.zeros(elements)
            return _shared(tensor)

        signal = _shared(torch.zeros(1 + world, dtype=torch.float64))
        return cls(zeros(), zeros(), zeros(), zeros(), [zeros() for _ in range(world)], signal)


def _shared(tensor: Tensor) -> Tensor:
    """The same tensor, moved to where other processes see it."""
    tensor.share_memory_()  # type: ignore[no-untyped-call]  # torch leaves it untyped
    return tensor


STATE = ("weights", "average", "first", "second")


def checkpoint_path(folder: Path, name: str) -> Path:
    """Where a task keeps the state it resumes from."""
    return folder / f"{name}.pt"


def save(path: Path, memory: Memory, step: int) -> None:
    """Write the whole state of training; a kill at any moment leaves the old file or the new."""
    state: dict[str, object] = {name: getattr(memory, name).clone() for name in STATE}
    scratch = path.with_suffix(f".{os.getpid()}.tmp")
    torch.save({**state, "step": step}, scratch)
    scratch.replace(path)


def restore(path: Path, memory: Memory) -> int:
    """Read a state written by `save`; returns the number of steps done."""
    state = torch.load(path, weights_only=True)
    for name in STATE:
        getattr(memory, name).copy_(state[name])
    return int(state["step"])


def built(task: Task) -> tuple[nn.Module, list[nn.Parameter], optimiser.Layout]:
    """The untrained module of a task, its trained parameters and their layout."""
    torch.manual_seed(task.seed)
    module = task.build()
    quicken(module)
    module.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    parameters = [p for p in module.parameters() if p.requires_grad]
    plan = optimiser.layout(parameters, {id(p) for p in task.matrices(module)})
    return module, parameters, plan


def trained(task: Task, path: Path, *, averaged: bool = True) -> nn.Module:
    """The module of a checkpoint, with averaged weights unless told otherwise, ready to use."""
    module, parameters, plan = built(task)
    flat = torch.load(path, weights_only=True)["average" if averaged else "weights"]
    with torch.no_grad():
        for parameter, slot in zip(parameters, plan.slots, strict=True):
            parameter.copy_(slot.view(flat))
    return module.eval()


class Trainer:
    """One process of a training run."""

    def __init__(self, task: Task, memory: Memory, barrier: Barrier, rank: int) -> None:
        self.task, self.memory, self.barrier, self.rank = task, memory, barrier, rank
        self.world = len(memory.gradients)
        self.module, parameters, plan = built(task)
        self.share = optimiser.Share(plan, rank, self.world, weight_decay=0.01)
        self.parameters, self.plan = parameters, plan
        step = -(-plan.total // self.world)
        self.part = slice(min(plan.total, rank * step), min(plan.total, (rank + 1) * step))
        for parameter, slot in zip(parameters, plan.slots, strict=True):
            parameter.data = slot.view(memory.weights)
            parameter.grad = slot.view(memory.gradients[rank])

    def meet(self) -> None:
        """Wait until every process is here."""
        self.barrier.wait(BARRIER_TIMEOUT_S)

    def step(self, step: int, rate: float, ema_decay: float) -> dict[str, float]:
        """Forward, backward, update; ends with the new weights in place everywhere."""
        memory = self.memory
        draw = Draw.at(self.task.seed, step, self.rank, self.world)
        loss, figures = self.task.loss(self.module, draw)
        loss.backward()  # type: ignore[no-untyped-call]
        self.meet()
        mean = memory.gradients[0]
        part = mean[self.part]
        for other in memory.gradients[1:]:
            part.add_(other[self.part])
        part.div_(self.world)
        memory.signal[1 + self.rank] = part.dot(part).double()
        self.meet()
        norm = float(memory.signal[1:].sum().sqrt())
        part.mul_(min(1.0, 1.0 / (norm + 1e-9)))
        self.meet()
        self.share.update(memory.weights, mean, memory.first, memory.second, rate, step + 1)
        self.meet()
        memory.gradients[self.rank].zero_()
        keep = min(ema_decay, (1 + step) / (10 + step))
        memory.average[self.part].lerp_(memory.weights[self.part], 1 - keep)
        figures["norm"] = norm
        return figures

    def averaged(self) -> nn.Module:
        """A copy of the module that carries the averaged weights."""
        module, parameters, plan = built(self.task)
        with torch.no_grad():
            for parameter, slot in zip(parameters, plan.slots, strict=True):
                parameter.copy_(slot.view(self.memory.average))
        return module.eval()


class _Clock:
    """Says when something that comes round every `period_s` is due."""

    def __init__(self, period_s: float) -> None:
        self.period_s, self.last_s = period_s, time.monotonic()

    def due(self) -> bool:
        """Whether the period has passed; starts the next one if so."""
        if time.monotonic() - self.last_s < self.period_s:
            return False
        self.last_s = time.monotonic()
        return True


def _work(rank: int, task: Task, memory: Memory, barrier: Barrier, start: int, run: Run) -> None:
    """The life of one process."""
    torch.set_num_threads(1)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    trainer = Trainer(task, memory, barrier, rank)
    beside = _Beside(trainer, run)
    step, falling = start, False
    while True:
        if rank == 0:
            memory.signal[0] = run.budget.factor(step, time.time())
        trainer.meet()
        factor = float(memory.signal[0])
        if factor < 0:
            break
        if factor < 1 and not falling and step > run.budget.warmup:
            falling = True
            if rank == 0:
                save(run.folder / f"{task.name}.plateau.pt", memory, step)
        figures = trainer.step(step, factor * task.learning_rate, run.pace.ema_decay)
        step += 1
        trainer.meet()
        if rank == 0:
            beside.after(step, figures)
    if rank == 0:
        save(checkpoint_path(run.folder, task.name), memory, step)
        beside.look(step)


class _Beside:
    """What the first process does beside training: checkpoints, log lines, samples."""

    def __init__(self, trainer: Trainer, run: Run) -> None:
        self.trainer, self.run = trainer, run
        self.checkpoint, self.line = _Clock(run.pace.checkpoint_s), _Clock(run.pace.log_s)
        self.samples = _Clock(run.pace.sample_s)
        self.means: dict[str, list[float]] = {}
        self.since = (time.monotonic(), -1)

    def after(self, step: int, figures: dict[str, float]) -> None:
        """Called after every step."""
        for name, value in figures.items():
            self.means.setdefault(name, []).append(value)
        task, memory = self.trainer.task, self.trainer.memory
        if self.since[1] < 0:
            self.since = (time.monotonic(), step)
        if self.line.due():
            before_s, first = self.since
            pace = (step - first) / max(1e-9, time.monotonic() - before_s)
            means = " ".join(f"{n} {sum(v) / len(v):.4f}" for n, v in self.means.items())
            log.info("%s step %d (%.2f steps/s) %s", task.name, step, pace, means)
            self.since, self.means = (time.monotonic(), step), {}
        if self.checkpoint.due():
            save(checkpoint_path(self.run.folder, task.name), memory, step)
        if self.samples.due():
            self.look(step)

    def look(self, step: int) -> None:
        """Judge the averaged weights and log what was seen."""
        sheet = self.run.folder / "sheets" / f"{self.trainer.task.name}-{step:06d}.png"
        sheet.parent.mkdir(exist_ok=True)
        figures = self.trainer.task.sample(self.trainer.averaged(), sheet)
        words = " ".join(f"{name} {value:.3f}" for name, value in figures.items())
        log.info("%s after %d steps: %s", self.trainer.task.name, step, words)


@dataclass(frozen=True, slots=True)
class Run:
    """Where and how long to train."""

    folder: Path
    budget: Budget
    pace: Pace = Pace()
    world: int = 2


def train(task: Task, run: Run) -> None:
    """Train a task until its budget is spent, from its checkpoint if there is one."""
    module, parameters, plan = built(task)
    memory = Memory.empty(plan.total, run.world)
    with torch.no_grad():
        for parameter, slot in zip(parameters, plan.slots, strict=True):
            slot.view(memory.weights).copy_(parameter)
    memory.average.copy_(memory.weights)
    del module, parameters
    path = checkpoint_path(run.folder, task.name)
    start = restore(path, memory) if path.exists() else 0
    barrier = multiprocessing.get_context("spawn").Barrier(run.world)
    arguments = (task, memory, barrier, start, run)
    start_processes(  # type: ignore[no-untyped-call]  # torch leaves it untyped
        _work, arguments, nprocs=run.world, start_method="spawn"
    )
