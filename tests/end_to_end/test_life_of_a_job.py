"""The life of a job with everything real: client, front, worker, and a small diffusion model."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from helpers import small_models
from helpers.homes import REAL, Home, client, home
from scumble_daemon.config import model_folder
from scumble_daemon.models.catalog import Catalogue
from scumble_protocol import messages as m
from scumble_protocol.client import Client, Painting
from scumble_protocol.errors import ErrorCode, JobCancelledError, RemoteError
from scumble_protocol.images import Pictures
from scumble_protocol.jobs import Inpaint, JobState, Phase, TextToImage

LONG_STEPS = 300  # long enough to be interrupted, however fast the machine


@pytest.fixture(name="house", scope="module")
def _house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """A home with a small model, where the real daemon runs on the CPU."""
    with home(tmp_path_factory.mktemp("real") / "h") as here:
        Catalogue(model_folder()).add(str(small_models.folder("sd15")), "tiny")
        here.start(REAL)
        yield here
        assert here.stop() == 0


def paint(me: Client, steps: int = 2, seed: int = 1) -> Painting:
    """Submit a small picture from words."""
    side = small_models.SIDE
    task = TextToImage(prompt="a boat", seed=seed, steps=steps, width=side, height=side)
    return me.submit(task, Pictures(), model="tiny")


def until_step(painting: Painting, step: int) -> None:
    """Wait until a job is in the middle of denoising."""
    for happening in painting:
        if (
            isinstance(happening, m.Progress)
            and happening.phase is Phase.DENOISING
            and happening.step >= step
        ):
            return
    raise AssertionError("the job ended")


def kill_worker(me: Client) -> None:
    """End the worker without a warning."""
    os.kill(me.status().workers[0].pid, signal.SIGKILL)


def test_a_selection_comes_back_as_layers_and_the_same_seed_paints_the_same(house: Home) -> None:
    del house
    side = small_models.SIDE
    pictures = Pictures()
    random = np.random.default_rng(3)
    image = pictures.add(random.integers(0, 256, (side, side, 3), np.uint8))
    selection = np.zeros((side, side), np.uint8)
    selection[16:48, 16:48] = 255
    mask = pictures.add(selection)
    task = Inpaint(prompt="a boat", seed=5, steps=2, image=image, selection=mask)
    with client() as me:
        first = me.submit(task, pictures, model="tiny").result()
        second = me.submit(task, pictures, model="tiny").result()
    assert first.report.model == "tiny"
    assert first.layers[0].mask is not None
    np.testing.assert_array_equal(first.layers[0].pixels, second.layers[0].pixels)


def test_a_worker_killed_mid_step_is_replaced_twice_and_the_job_retried_once(house: Home) -> None:
    del house
    with client() as me:
        doomed = paint(me, LONG_STEPS)
        until_step(doomed, 2)
        kill_worker(me)
        until_step(doomed, 2)
        kill_worker(me)
        with pytest.raises(RemoteError, match="SIGKILL") as caught:
            doomed.result()
        assert caught.value.code is ErrorCode.WORKER_CRASHED
        assert paint(me).result().report.steps == 2


def test_killing_the_front_loses_nothing_and_changes_no_pixel(house: Home) -> None:
    with client() as me:
        expected = paint(me, 12, seed=7).result().layers[0].pixels
        finished = paint(me)
        finished.result(acknowledge=False)
        running = paint(me, 12, seed=7)
        queued = paint(me)
        until_step(running, 1)
        workers = [psutil.Process(worker.pid) for worker in me.status().workers]
        house.kill()
        assert not any(worker.is_running() for worker in workers)
    house.start(REAL)
    with client() as me:
        known = {status.job: status.state for status in me.welcome.jobs}
        assert known[finished.job_id] is JobState.DONE
        again = me.painting(running.job_id).result()
        np.testing.assert_array_equal(again.layers[0].pixels, expected)
        assert me.painting(queued.job_id).result().report.steps == 2
        assert me.painting(finished.job_id).result().report.steps == 2
        assert me.jobs() == ()


def test_a_running_job_is_cancelled_within_a_step_and_the_worker_lives_on(house: Home) -> None:
    del house
    with client() as me:
        painting = paint(me, LONG_STEPS)
        until_step(painting, 2)
        worker = me.status().workers[0].pid
        painting.cancel()
        steps = [h.step for h in painting if isinstance(h, m.Progress)]
        assert len(steps) < LONG_STEPS // 2
        with pytest.raises(JobCancelledError):
            painting.result()
        paint(me).result()
        assert me.status().workers[0].pid == worker


def test_a_job_is_cancelled_while_its_model_is_loaded(house: Home) -> None:
    del house
    with client() as me:
        kill_worker(me)  # so that the next one has everything to load
        while me.status().workers[0].state == "idle":
            me.ping()
        painting = paint(me, LONG_STEPS)
        for happening in painting:
            if isinstance(happening, m.State) and happening.state is JobState.LOADING:
                break
        painting.cancel()
        with pytest.raises(JobCancelledError):
            painting.result()


def test_control_is_answered_while_the_worker_is_busy(house: Home) -> None:
    del house
    with client() as me:
        painting = paint(me, LONG_STEPS)
        until_step(painting, 1)
        for _ in range(20):
            assert me.ping().session == me.welcome.session
        (worker,) = me.status().workers
        assert (worker.state, worker.job) == ("running", painting.job_id)
        painting.cancel()
        with pytest.raises(JobCancelledError):
            painting.result()


def test_a_device_that_is_not_there_is_said_to_the_jobs_that_wait(tmp_path: Path) -> None:
    with home(tmp_path / "h") as here:
        Catalogue(model_folder()).add(str(small_models.folder("sd15")), "tiny")
        here.start((*REAL[:-1], "cuda:77"))
        with client() as me, pytest.raises(RemoteError, match="cuda:77"):
            paint(me).result()
