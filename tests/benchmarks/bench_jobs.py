"""What a job costs beside its diffusers call, and what a second one on the same layer saves.

Overhead: from submit to result through client, front and worker, against the same pipeline called
in this process on the same inputs with the same seed; both with the bundled model, on the whole
canvas, without resizing. Second job: the same layer and selection with another seed.
"""

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import StableDiffusionImg2ImgPipeline
from PIL import Image

from benchmarks.measuring import Row, alternated, ratio_row
from helpers.homes import REAL, client, home
from scumble_daemon.miniature import forms
from scumble_protocol.client import Client
from scumble_protocol.images import Pictures, Pixels
from scumble_protocol.jobs import Fill, ImageToImage, Region
from scumble_protocol.painted import Painted

ROUNDS = {256: 5, 512: 3, 1024: 1}
"""How often each size is measured: at 1024² one call takes minutes on a processor."""
STEPS = 20
STRENGTH = 0.6  # from 0.7 on, sizes beyond the model's own are painted in two passes
PROMPT = "a red balloon"
PLAIN = Region(fill=Fill.ORIGINAL, soft=False, match_colour=False, feather=0, grow=0)


def rows() -> list[Row]:
    """Measure and return the rows."""
    cls: Any = StableDiffusionImg2ImgPipeline
    pipeline = cls.from_pretrained(forms.folder("text"), dtype=torch.float32)
    pipeline.set_progress_bar_config(disable=True)
    with tempfile.TemporaryDirectory() as folder, home(Path(folder)) as here:
        here.start(REAL)
        with client() as painter:
            painter.load("miniature")
            overheads = [overhead_row(painter, pipeline, side) for side in ROUNDS]
            return overheads + second_job_rows(painter)


def overhead_row(painter: Client, pipeline: Any, side: int) -> Row:
    """Measure one size; every round has a picture of its own."""
    rng = np.random.default_rng(side)
    picture = rng.integers(0, 256, (side, side, 3), np.uint8)

    def ours() -> None:
        picture[0] = rng.integers(0, 256, (side, 3))
        painted(painter, picture, seed=1)

    def bare() -> None:
        pipeline(
            prompt=PROMPT,
            image=Image.fromarray(picture),
            num_inference_steps=STEPS,
            strength=STRENGTH,
            generator=torch.Generator().manual_seed(1),
        )

    through, called = alternated(ours, bare, ROUNDS[side])
    return ratio_row(f"a job at {side}²", through, "the bare call", called)


def second_job_rows(painter: Client) -> list[Row]:
    """Measure a job on a new layer against another one on the same."""
    rng = np.random.default_rng(1)
    picture = rng.integers(0, 256, (512, 512, 3), np.uint8)
    reports: dict[str, list[Painted]] = {"first": [], "second": []}

    def first() -> None:
        picture[0] = rng.integers(0, 256, (512, 3))
        reports["first"].append(painted(painter, picture, seed=1))

    def second() -> None:
        reports["second"].append(painted(painter, picture, seed=2))

    firsts, seconds = alternated(first, second, 5)
    encoding = {
        name: [result.report.seconds.get("encoding", 0.0) for result in results[1:]]
        for name, results in reports.items()
    }
    return [
        ratio_row("the second job on a layer", seconds, "the first", firsts),
        ratio_row(
            "of it encoding words and picture", encoding["second"], "the first", encoding["first"]
        ),
    ]


def painted(painter: Client, picture: Pixels, seed: int) -> Painted:
    """Paint over a whole picture and wait for it."""
    pictures = Pictures()
    task = ImageToImage(
        prompt=PROMPT,
        seed=seed,
        steps=STEPS,
        strength=STRENGTH,
        image=pictures.add(picture.copy()),
        region=PLAIN,
    )
    return painter.submit(task, pictures).result()
