"""The worker as a real process over real pipes."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from helpers import small_models
from scumble_daemon import work
from scumble_daemon.config import picture_folder
from scumble_daemon.models.catalog import Catalogue
from scumble_daemon.store import PictureStore
from scumble_protocol.endpoint import HOME_VARIABLE, folders
from scumble_protocol.errors import ErrorCode
from scumble_protocol.jobs import Inpaint, Job, Phase, TextToImage

START = "import sys; from scumble_daemon.worker.process import main; sys.exit(main('cpu'))"


class Worker:
    """A worker process and the ends of its pipes."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", START],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=os.environ | {"OMP_NUM_THREADS": "1"},
        )
        assert isinstance(self.next(), work.Ready)

    def order(self, order: work.AnyOrder) -> None:
        assert self.process.stdin is not None
        work.send(self.process.stdin, order)

    def next(self) -> work.AnyWord | None:
        assert self.process.stdout is not None
        return work.receive(self.process.stdout, work.words)

    def until(self, *kinds: type[work.AnyWord]) -> work.AnyWord:
        """Read words until one of some kinds comes and return it."""
        while (word := self.next()) is not None:
            if isinstance(word, kinds):
                return word
        raise AssertionError("the worker has gone")

    def close(self) -> int:
        """Close the orders and return the exit code."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        code = self.process.wait(timeout=60)
        for pipe in (self.process.stdout, self.process.stderr):
            if pipe is not None:
                pipe.close()
        return code


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(HOME_VARIABLE, str(tmp_path_factory.mktemp("home")))
        Catalogue(folders().data).add(str(small_models.folder("sd15")), "small")
        yield folders().data


@pytest.fixture(scope="module")
def worker(home: Path) -> Iterator[Worker]:
    del home
    started = Worker()
    yield started
    if started.process.poll() is None:
        assert started.close() == 0


def long_job(name: str) -> Job:
    task = TextToImage(prompt="a cat", seed=1, width=64, height=64, steps=900)
    return Job(id=name, model="small", task=task)


def test_a_selection_is_painted_over_the_pipe(worker: Worker) -> None:
    pictures = PictureStore(picture_folder())
    canvas = np.random.default_rng(0).integers(0, 256, (96, 128, 3), np.uint8)
    selection = np.zeros((96, 128), np.uint8)
    selection[20:60, 30:90] = 255
    task = Inpaint(
        prompt="a red balloon",
        steps=4,
        seed=5,
        image=pictures.add(canvas),
        selection=pictures.add(selection),
    )
    worker.order(work.Run(job=Job(id="painted-1", model="small", task=task)))
    seen: list[work.AnyWord] = []
    while not isinstance(word := worker.until(*work.AnyWord.__args__), work.Finished):
        seen.append(word)
    kinds = {type(one) for one in seen}
    assert {work.Started, work.Stepped, work.Glimpse, work.Memory} <= kinds
    phases = [one.phase for one in seen if isinstance(one, work.Stepped)]
    assert phases.index(Phase.LOADING) < phases.index(Phase.DENOISING)
    layer = word.result.layers[0]
    assert layer.mask is not None
    assert pictures.pixels(layer.image).shape[:2] == pictures.pixels(layer.mask).shape
    assert word.result.report.model == "small"


def test_a_stop_arrives_in_the_middle_of_the_steps(worker: Worker) -> None:
    worker.order(work.Run(job=long_job("stopped-1")))
    while True:
        word = worker.until(work.Stepped)
        if isinstance(word, work.Stepped) and word.phase is Phase.DENOISING and word.step >= 2:
            break
    worker.order(work.Stop(job="stopped-1"))
    last = 0
    while not isinstance(word := worker.until(work.Stepped, work.Stopped), work.Stopped):
        last = word.step if isinstance(word, work.Stepped) else last
    assert last < 900


def test_a_job_that_waits_behind_another_can_be_stopped(worker: Worker) -> None:
    worker.order(work.Run(job=long_job("stopped-2")))
    worker.order(work.Run(job=long_job("stopped-3")))
    worker.order(work.Stop(job="stopped-3"))
    worker.until(work.Started)
    worker.order(work.Stop(job="stopped-2"))
    ends = [worker.until(work.Stopped, work.Finished, work.Started) for _ in range(2)]
    assert ends == [work.Stopped(job="stopped-2"), work.Stopped(job="stopped-3")]


def test_an_unknown_model_is_told_and_the_worker_lives_on(worker: Worker) -> None:
    task = TextToImage(prompt="", seed=1, width=64, height=64, steps=1)
    worker.order(work.Run(job=Job(id="unknown-1", model="smal", task=task)))
    word = worker.until(work.Broken)
    assert isinstance(word, work.Broken)
    assert word.code is ErrorCode.UNKNOWN_MODEL
    assert "small" in word.sentence
    worker.order(work.Run(job=Job(id="known-001", model="small", task=task)))
    assert isinstance(worker.until(work.Finished, work.Broken), work.Finished)


def test_the_end_of_the_orders_stops_the_job_and_ends_the_worker(home: Path) -> None:
    del home
    worker = Worker()
    worker.order(work.Run(job=long_job("orphaned-1")))
    worker.until(work.Started)
    assert worker.close() == 0


def test_a_worker_whose_front_reads_no_more_ends(home: Path) -> None:
    del home
    worker = Worker()
    assert worker.process.stdout is not None
    worker.process.stdout.close()
    worker.order(work.Run(job=long_job("unheard-1")))
    assert worker.process.wait(timeout=60) == 0
    worker.close()
