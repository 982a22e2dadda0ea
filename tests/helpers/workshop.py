"""A worker's inside without its process: small models, a store, and every word kept."""

import gc
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import torch

from helpers import small_models
from scumble_daemon import work
from scumble_daemon.models.cache import ModelCache
from scumble_daemon.models.catalog import Catalogue
from scumble_daemon.models.devices import Device, open_device
from scumble_daemon.models.loaded import Loaded
from scumble_daemon.models.loader import load
from scumble_daemon.models.recall import Recall
from scumble_daemon.region.arrays import Bytes
from scumble_daemon.store import PictureStore
from scumble_daemon.worker.cancel import CancelToken
from scumble_daemon.worker.runner import Runner
from scumble_protocol.jobs import AnyTask, Job, Result

torch.set_num_threads(1)
gc.freeze()  # collecting after a failed job need not look at the libraries


@dataclass
class Workshop:
    """Runs jobs on the CPU and keeps what was said."""

    home: Path
    said: list[work.AnyWord] = field(default_factory=list)
    on_word: Callable[[work.AnyWord], None] = lambda _word: None
    device: Device = field(default_factory=lambda: open_device("cpu"))

    def __post_init__(self) -> None:
        """Make an empty catalogue."""
        self.pictures = PictureStore(self.home / "pictures")
        self.catalogue = Catalogue(self.home, self.home / "nothing-bundled")
        self.recall = Recall(64 << 20)
        self.cache = ModelCache(self.device, load)
        self.runner = Runner(
            self.device, self.catalogue, self.cache, self.pictures, self.recall, self._hear
        )
        self._jobs = 0

    def add(self, kind: str) -> str:
        """Put a small model into the catalogue, once, and return its name."""
        if kind not in {entry.name for entry in self.catalogue.entries()}:
            self.catalogue.add(str(small_models.folder(kind)), kind)
        return kind

    def run(self, kind: str, task: AnyTask, token: CancelToken | None = None) -> work.AnyWord:
        """Run a task on a small model and return the word that ends it."""
        self._jobs += 1
        name = f"job-{self._jobs:08d}"
        self.runner.run(Job(id=name, model=self.add(kind), task=task), token or CancelToken())
        ends = (work.Finished, work.Broken, work.Stopped)
        return next(word for word in reversed(self.said) if isinstance(word, ends))

    def paint(self, kind: str, task: AnyTask) -> Result:
        """Run a task that is expected to be finished and return its result."""
        end = self.run(kind, task)
        assert isinstance(end, work.Finished), end
        return end.result

    def layer(self, result: Result, number: int = 0) -> tuple[Bytes, Bytes | None]:
        """Return the pixels and the mask of one layer of a result."""
        layer = result.layers[number]
        mask = None if layer.mask is None else self.pictures.pixels(layer.mask)
        return self.pictures.pixels(layer.image), mask

    def loaded(self, kind: str) -> Loaded:
        """Return the model itself, loading it where it is not there."""
        with self.cache.lease(self.catalogue.get(self.add(kind))) as model:
            return model

    def _hear(self, word: work.AnyWord) -> None:
        self.said.append(word)
        self.on_word(word)
