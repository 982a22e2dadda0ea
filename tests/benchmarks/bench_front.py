"""The daemon's front: how soon it is there, how small it stays, how quickly it answers.

The answers to `ping` are timed while a worker computes flat out and while a picture of 64 MiB is
taken in and hashed; against them the same ping to a front that has nothing to do.
"""

import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import psutil

from benchmarks.measuring import Row, duration, ratio_row, seconds
from helpers.homes import REAL, SCRIPTED, client, home
from scumble_protocol.client import Client
from scumble_protocol.images import Pictures
from scumble_protocol.jobs import Inpaint

STARTS = 5
PINGS = 100


def rows() -> list[Row]:
    """Measure and return the rows."""
    return [start_row(), memory_row(), *ping_rows()]


def start_row() -> Row:
    """Measure from the process' start to the connection file."""

    def bare() -> None:
        subprocess.run([sys.executable, "-c", "pass"], check=True)

    def start() -> None:
        with tempfile.TemporaryDirectory() as folder, home(Path(folder)) as here:
            began = time.perf_counter()
            here.start(REAL)
            took.append(time.perf_counter() - began)

    took: list[float] = []
    start()
    took.clear()
    bares = []
    for _ in range(STARTS):
        bares.append(seconds(bare))
        start()
    return ratio_row("from process start to listening", took, "python -c pass", bares)


def memory_row() -> Row:
    """Measure the front's resident memory once it listens."""
    with tempfile.TemporaryDirectory() as folder, home(Path(folder)) as here:
        connection = here.start(REAL)
        with client() as asker:
            asker.ping()
            memory = psutil.Process(connection.pid).memory_info().rss / 2**20
    return Row("resident memory of the front", f"{memory:.0f} MiB", "the goal: 80 MiB")


def ping_rows() -> list[Row]:
    """Measure answers of an idle front, of one with a busy worker, and during an upload."""
    with tempfile.TemporaryDirectory() as folder, home(Path(folder)) as here:
        here.start(SCRIPTED)
        with client() as asker, client("another-client") as sender:
            idle = [seconds(asker.ping) for _ in range(PINGS)]
            busy = pings_while(asker, Burner())
            loading = pings_while(asker, Uploader(sender))
    return [
        Row("ping, nothing to do", *_median_and_worst(idle)),
        Row("ping, a process on every core computes", *_median_and_worst(busy)),
        Row("ping, pictures of 64 MiB are coming in", *_median_and_worst(loading)),
    ]


class Burner:
    """Keeps every core busy, as a worker on the CPU does."""

    def __enter__(self) -> None:
        spin = [sys.executable, "-c", "while True: pass"]
        self._spinners = [subprocess.Popen(spin) for _ in range(psutil.cpu_count() or 1)]

    def __exit__(self, *_: object) -> None:
        for spinner in self._spinners:
            spinner.kill()
            spinner.wait()


class Uploader:
    """Submits jobs with a new large picture each, one after the other."""

    def __init__(self, sender: Client) -> None:
        self._sender = sender
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._upload)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        self._thread.join()

    def _upload(self) -> None:
        picture = np.zeros((4096, 4096, 4), np.uint8)
        mask = np.full((4096, 4096), 255, np.uint8)
        while not self._ending.is_set():
            picture[0, 0, 0] += 1
            pictures = Pictures()
            task = Inpaint(seed=1, image=pictures.add(picture), selection=pictures.add(mask))
            self._sender.submit(task, pictures).result()


def pings_while(asker: Client, work: Burner | Uploader) -> list[float]:
    """Return how long pings take while something else goes on."""
    with work:
        time.sleep(0.2)
        return [seconds(asker.ping) for _ in range(PINGS)]


def _median_and_worst(times: list[float]) -> tuple[str, str]:
    return duration(statistics.median(times)), f"worst of {len(times)}: {duration(max(times))}"
