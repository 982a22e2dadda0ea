"""Front and worker killed at random moments: nothing that was accepted is lost or done twice."""

import contextlib
import os
import random
import signal
import threading

import numpy as np
import psutil
import pytest

from helpers.homes import Home, client
from scumble_protocol.client import Client
from scumble_protocol.endpoint import folders, read_connection
from scumble_protocol.errors import ErrorCode, RemoteError
from scumble_protocol.images import Pictures
from scumble_protocol.jobs import ImageToImage

KILLS = 8


@pytest.mark.parametrize("seed", [1, 2])
def test_every_accepted_job_ends_whatever_is_killed_when(front: Home, seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - the same moments each time
    enough = threading.Event()
    ended: list[str] = []
    with client() as me:
        painter = threading.Thread(target=_paint_until, args=(me, enough, ended))
        painter.start()
        for _ in range(KILLS):
            threading.Event().wait(rng.uniform(0.0, 0.4))
            if rng.random() < 0.5:
                _kill_workers()
            else:
                front.kill()
                front.start()
        enough.set()
        painter.join()
        assert me.jobs() == ()
    assert ended
    assert len(front.sql("SELECT id FROM jobs WHERE job IS NULL")) == len(ended)


def _paint_until(me: Client, enough: threading.Event, ended: list[str]) -> None:
    """Submit one job after another, each with a picture, and fetch every end."""
    number = 0
    while not enough.is_set():
        number += 1
        pictures = Pictures()
        image = pictures.add(np.full((16, 16, 3), number % 256, np.uint8))
        painting = me.submit(ImageToImage(seed=number, image=image), pictures)
        try:
            painted = painting.result()
        except RemoteError as error:
            if error.code is not ErrorCode.WORKER_CRASHED:
                raise
        else:
            assert painted.layers[0].seed == number
        ended.append(painting.job_id)


def _kill_workers() -> None:
    connection = read_connection(folders().connection_file)
    for worker in psutil.Process(connection.pid).children():
        with contextlib.suppress(ProcessLookupError):
            os.kill(worker.pid, signal.SIGKILL)
