"""The shipped model at work on jobs, in this process, as the daemon's worker paints them."""

from __future__ import annotations

import functools
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from scumble_daemon import work
from scumble_daemon.models.cache import ModelCache
from scumble_daemon.models.catalog import BUNDLED_NAME, Catalogue
from scumble_daemon.models.devices import open_device
from scumble_daemon.models.loader import load
from scumble_daemon.models.recall import Recall
from scumble_daemon.region.arrays import Bytes
from scumble_daemon.region.composite import LayerPixels, flattened
from scumble_daemon.store import PictureStore
from scumble_daemon.worker.cancel import CancelToken
from scumble_daemon.worker.runner import Runner
from scumble_protocol.images import Image
from scumble_protocol.jobs import AnyTask, Job, Result

RECALL_BYTES = 64 << 20


class NotPaintedError(RuntimeError):
    """A job of the evaluation did not end well; the text is the daemon's own."""


@dataclass(frozen=True, slots=True, eq=False)
class Painter:
    """A worker without its process: a store of pictures, a runner, and the words it says."""

    pictures: PictureStore
    runner: Runner
    said: list[work.AnyWord]

    def store(self, pixels: Bytes) -> Image:
        """Keep a picture, uint8 [H, W] or [H, W, 3], and return what a task calls it."""
        return self.pictures.add(pixels)

    def result(self, task: AnyTask) -> Result:
        """Run a task on the bundled model. Raises NotPaintedError where it fails."""
        self.said.clear()
        self.runner.run(Job(id="evaluation", model=BUNDLED_NAME, task=task), CancelToken())
        for word in self.said:
            if isinstance(word, work.Finished):
                return word.result
        raise NotPaintedError(str(self.said[-1]))

    def grey(self, task: AnyTask) -> Bytes:
        """Run a task that gives one grey layer and return it, uint8 [H, W]."""
        return self.pictures.pixels(self.result(task).layers[0].image)

    def painted(self, task: AnyTask, canvas: Bytes) -> tuple[Bytes, float | None]:
        """Return a canvas, uint8 [H, W, 3], with a task's layer on top, and the seam score."""
        layer = self.result(task).layers[0]
        assert layer.mask is not None
        pixels, mask = self.pictures.pixels(layer.image), self.pictures.pixels(layer.mask)
        return flattened(canvas, LayerPixels(layer.bounds, pixels, mask)), layer.seam_score


@functools.cache
def painter() -> Painter:
    """The one painter of this process; what it keeps lies in a temporary folder."""
    home = Path(tempfile.mkdtemp(prefix="scumble-evaluation-"))
    os.environ["SCUMBLE_HOME"] = str(home)  # the forms of the bundled model are linked there
    device = open_device("cpu")
    pictures = PictureStore(home / "pictures")
    said: list[work.AnyWord] = []
    cache = ModelCache(device, load)
    runner = Runner(device, Catalogue(home), cache, pictures, Recall(RECALL_BYTES), said.append)
    return Painter(pictures, runner, said)
