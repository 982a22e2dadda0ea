"""SD 1.5, SDXL and FLUX.1 at full size with random weights: memory and time with each option.

Each line is one job, painted by the worker's own runner on a model built for it: the peak of the
device's memory, weights included, and the seconds of each phase; the ratio is that of the peaks,
against nothing chosen. Needs CUDA. `python -m benchmarks.bench_full_size --tiny` tries it anywhere,
on models made tiny whose figures mean nothing.
"""

import argparse
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import torch

from benchmarks import full_size_models as full
from benchmarks.measuring import Row
from helpers import small_models
from scumble_daemon import work
from scumble_daemon.models.cache import ModelCache
from scumble_daemon.models.catalog import Catalogue, Entry
from scumble_daemon.models.devices import Device, Performance, open_device
from scumble_daemon.models.families import FAMILIES
from scumble_daemon.models.loaded import Loaded
from scumble_daemon.models.memory import tune
from scumble_daemon.models.recall import Recall
from scumble_daemon.store import PictureStore
from scumble_daemon.worker.cancel import CancelToken
from scumble_daemon.worker.runner import Runner
from scumble_protocol.jobs import FreeU, Job, Options, Result, TextToImage

STEPS = 10
NEEDS_CUDA = "The benchmark full_size needs a CUDA device, and torch sees none here."


@dataclass(frozen=True, slots=True)
class Shape:
    """A model, and the picture it paints."""

    title: str
    family: str
    side: int  # px
    build: full.Build


@dataclass(frozen=True, slots=True)
class Trial:
    """One way to run a model."""

    title: str
    performance: Performance = field(default_factory=Performance)
    attention: str = "auto"
    options: Options = field(default_factory=Options)
    variants: int = 1


SHAPES = (
    Shape("SD 1.5", "sd15", 512, full.sd15),
    Shape("SDXL", "sdxl", 1024, full.sdxl),
    Shape("FLUX.1", "flux", 1024, full.flux),
)
TINY = tuple(
    replace(shape, side=small_models.SIDE, build=partial(small_models.build, shape.family))
    for shape in SHAPES
)
PLAIN = Trial("nothing chosen")
TRIALS = (
    PLAIN,
    Trial("VAE in tiles", Performance(vae_tiling="on")),
    Trial("attention in slices", attention="sliced"),
    Trial("channels last", Performance(channels_last=True)),
    Trial("fused QKV", Performance(fused_qkv=True)),
    Trial("FreeU", options=Options(freeu=FreeU())),
    Trial("offload by parts", Performance(offload="model")),
    Trial("offload by layers", Performance(offload="sequential")),
    Trial("compiled, its first job", Performance(compile=True)),
    Trial("four variants", variants=4),
    Trial("four variants, VAE in slices", Performance(vae_slicing="on"), variants=4),
)


def rows(
    shapes: Sequence[Shape] = SHAPES, trials: Sequence[Trial] = TRIALS, device: str = "cuda"
) -> list[Row]:
    """Measure and return the rows; none, and one line of why, where the device is not there."""
    if device == "cuda" and not torch.cuda.is_available():
        print(NEEDS_CUDA)
        return []
    made = []
    for shape in shapes:
        plain_bytes = 0
        for trial in trials:
            result = painted(shape, trial, device)
            peak_bytes = result.report.peak_memory_bytes
            plain_bytes = plain_bytes or peak_bytes
            made.append(row(shape, trial, result, peak_bytes / plain_bytes))
            print("  ", made[-1].what, "|", made[-1].figure, "|", made[-1].against, flush=True)
    return made


def painted(shape: Shape, trial: Trial, device: str) -> Result:
    """Return what the worker's runner makes of one job on a model built for it."""
    where = open_device(device, attention=trial.attention, performance=trial.performance)
    said: list[work.AnyWord] = []
    with tempfile.TemporaryDirectory() as folder:
        cache = ModelCache(where, lambda entry, at: _loaded(shape, entry, at))
        runner = Runner(
            where,
            _OneModel(Path(folder), shape),
            cache,
            PictureStore(Path(folder) / "pictures"),
            Recall(1 << 20),
            said.append,
        )
        task = TextToImage(
            prompt="a cat",
            seed=1,
            width=shape.side,
            height=shape.side,
            steps=STEPS,
            options=trial.options,
            variants=trial.variants,
        )
        runner.run(Job(id="full-size", model=shape.family, task=task), CancelToken())
        cache.drop()
    end = next(word for word in said if isinstance(word, work.Finished | work.Broken))
    if isinstance(end, work.Broken):
        raise RuntimeError(f"{shape.title}, {trial.title}: {end.sentence} {end.details}")
    return end.result


def row(shape: Shape, trial: Trial, result: Result, ratio: float) -> Row:
    """Return one line of the table."""
    report = result.report
    times = ", ".join(f"{phase} {time_s:.2f} s" for phase, time_s in report.seconds.items())
    return Row(
        f"{shape.title} at {shape.side} px: {trial.title}",
        f"{report.peak_memory_bytes / 2**30:.2f} GiB",
        " ".join((times, *report.degraded, *report.notices)),
        f"{ratio:.2f}",
    )


class _OneModel(Catalogue):
    """A catalogue with one model, whose files are nowhere."""

    def __init__(self, folder: Path, shape: Shape) -> None:
        super().__init__(folder)
        self._shape = shape

    def entries(self) -> tuple[Entry, ...]:
        family = FAMILIES[self._shape.family]
        return (
            Entry(
                name=family.name,
                family=family.name,
                tasks=family.tasks,
                native_side=self._shape.side,
                size_bytes=0,
                origin="folder",
                location="",
            ),
        )


def _loaded(shape: Shape, entry: Entry, device: Device) -> Loaded:
    pipeline: Any = full.built(shape.build, device.place, device.dtype_for(shape.family))
    model = Loaded(entry, FAMILIES[shape.family], shape.side, pipeline)
    tune(model, device)
    return model


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tiny", action="store_true", help="tiny models, on the processor")
    parser.add_argument("--shape", action="append", choices=[shape.family for shape in SHAPES])
    chosen = parser.parse_args()
    offered = TINY if chosen.tiny else SHAPES
    shapes = [s for s in offered if chosen.shape is None or s.family in chosen.shape]
    without_compiler = [trial for trial in TRIALS if not trial.performance.compile]
    rows(shapes, without_compiler if chosen.tiny else TRIALS, "cpu" if chosen.tiny else "cuda")
