"""A worker without torch: a real process on real pipes that does what a job's prompt says.

Words of the prompt: `slow` waits for a file called "go" beside the store after its first step,
`loading` does before it starts, `crash` kills itself at the first step, `crash-once` only the first
time, `broken` fails, `many` paints 65 layers, `stubborn` never stops. `SCRIPTED_WORKER=unable` in
the environment keeps it from starting, `SCRIPTED_WORKER=hangs` has it never get ready.
"""

import os
import queue
import signal
import sys
import threading
import time
from typing import BinaryIO

import numpy as np

from scumble_daemon import work
from scumble_daemon.config import picture_folder
from scumble_daemon.store import PictureStore
from scumble_protocol.errors import ErrorCode, RemoteError
from scumble_protocol.geometry import Bounds, Extent
from scumble_protocol.images import Pixels, describe, raw_bytes
from scumble_protocol.jobs import Job, PaintedLayer, Pass, Phase, Report, Result


class ScriptedWorker:
    """Takes orders in one thread and does jobs in the other, as the real one does."""

    def __init__(self, orders: BinaryIO, words: BinaryIO) -> None:
        self._orders = orders
        self._words = words
        self._store = PictureStore(picture_folder())
        self._jobs: queue.Queue[Job | None] = queue.Queue()
        self._stopped: set[str] = set()
        self._taken: set[str] = set()

    @classmethod
    def serve(cls) -> None:
        """Work on this process' own pipes until told to leave."""
        cls(sys.stdin.buffer, os.fdopen(os.dup(1), "wb")).run()

    def run(self) -> None:
        """Take orders until there are no more."""
        self._say(work.Ready(device="scripted"))
        threading.Thread(target=self._listen, daemon=True).start()
        while (job := self._jobs.get()) is not None:
            self._do(job)

    def _listen(self) -> None:
        while (order := work.receive(self._orders, work.orders)) is not None:
            if isinstance(order, work.Run):
                self._jobs.put(order.job)
            elif isinstance(order, work.Stop):
                self._stopped.add(order.job)
            elif isinstance(order, work.Take):
                self._taken.add(order.job)
            elif isinstance(order, work.Warm):
                self._say(work.Memory(on_device=(order.model,), on_host=()))
            elif isinstance(order, work.Drop):
                self._say(work.Memory(on_device=(), on_host=()))
            else:
                break
        os._exit(0)

    def _do(self, job: Job) -> None:
        prompt = job.task.prompt.split()
        with (picture_folder().parent / "runs").open("a") as runs:
            runs.write(f"{job.id}\n")
        if "loading" in prompt and not self._waited(job.id, stubborn=False):
            self._say(work.Stopped(job=job.id))
            return
        self._say(work.Started(job=job.id))
        self._say(work.Stepped(job=job.id, phase=Phase.DENOISING, step=1, steps=2, fraction=0.5))
        pixels = np.zeros((8, 8, 3), np.uint8)
        self._say(
            work.Glimpse(
                job=job.id,
                image=describe(pixels),
                pixels=bytes(raw_bytes(pixels)),
                bounds=Bounds(0, 0, 8, 8),
                step=1,
                mask=describe(pixels[..., 0]),
                mask_pixels=bytes(raw_bytes(pixels[..., 0].copy())),
            )
        )
        if "crash" in prompt or ("crash-once" in prompt and self._first_time()):
            os.kill(os.getpid(), signal.SIGKILL)
        if "broken" in prompt:
            sentence = "The model could not do this. Your document is unchanged."
            self._say(work.Broken(job=job.id, code=ErrorCode.MODEL_FAILED, sentence=sentence))
        elif "slow" in prompt and not self._waited(job.id, "stubborn" in prompt):
            self._say(work.Stopped(job=job.id))
        else:
            self._finish(job)

    def _finish(self, job: Job) -> None:
        try:
            result = self._paint(job)
        except RemoteError as error:
            self._say(work.Broken(job=job.id, code=error.code, sentence=str(error)))
        else:
            self._say(work.Finished(job=job.id, result=result))

    def _waited(self, job: str, stubborn: bool) -> bool:
        while job not in self._taken and not (picture_folder().parent / "go").exists():
            if job in self._stopped and not stubborn:
                return False
            time.sleep(0.005)
        return True

    def _first_time(self) -> bool:
        marker = picture_folder().parent / "crashed"
        first = not marker.exists()
        marker.touch()
        return first

    def _paint(self, job: Job) -> Result:
        extent = job.task.extent
        rng = np.random.default_rng(job.task.seed)
        return self.result_with(
            job, rng.integers(0, 256, (extent.height, extent.width, 3), np.uint8)
        )

    def result_with(self, job: Job, pixels: Pixels) -> Result:
        """Return a result of one layer over the whole canvas."""
        extent = Extent.of(pixels)
        count = 65 if "many" in job.task.prompt.split() else 1
        layers = [
            PaintedLayer(
                image=self._store.add(pixels + np.uint8(number)),
                mask=None,
                bounds=Bounds(0, 0, extent.width, extent.height),
                seed=job.task.seed,
            )
            for number in range(count)
        ]
        report = Report(
            model=job.model,
            device="scripted",
            dtype="float32",
            scheduler="ddim",
            steps=2,
            guidance_scale=7.5,
            passes=(Pass(extent=extent, steps=2, strength=1.0),),
            seconds={"denoising": 0.0},
            peak_memory_bytes=0,
        )
        return Result(layers=tuple(layers), report=report)

    def _say(self, word: work.AnyWord) -> None:
        work.send(self._words, word)


def main() -> int:
    if os.environ.get("SCRIPTED_WORKER") == "unable":
        sentence = "torch is not installed."
        work.send(
            sys.stdout.buffer, work.Broken(job="", code=ErrorCode.MODEL_FAILED, sentence=sentence)
        )
        return 3
    if os.environ.get("SCRIPTED_WORKER") == "hangs":
        sys.stderr.write("looking for a device\n")
        sys.stderr.flush()
        time.sleep(600)
    ScriptedWorker.serve()
    return 0


if __name__ == "__main__":
    sys.exit(main())
