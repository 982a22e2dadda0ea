"""The bundled model: how large it is, how soon it is there, how long a selection takes.

Loading is `from_pretrained` of diffusers on the inpainting form, with the files in the system's
cache; the selection is one job of 20 steps through client, front and worker.
"""

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import StableDiffusionInpaintPipeline

from benchmarks.measuring import Row, duration, seconds
from helpers.homes import REAL, client, home
from scumble_daemon.miniature import forms
from scumble_protocol.client import Client
from scumble_protocol.images import Pictures
from scumble_protocol.jobs import Inpaint

ROUNDS = 5
LIMIT_MIB, LOAD_LIMIT_S, SELECTION_LIMIT_S = 50, 2.0, 3.0


def rows() -> list[Row]:
    """Measure and return the rows."""
    files = [file for file in forms.WEIGHTS.rglob("*") if file.is_file()]
    mib = sum(file.stat().st_size for file in files) / 2**20
    with tempfile.TemporaryDirectory() as folder, home(Path(folder)) as here:
        here.start(REAL)
        with client() as painter:
            painter.load("miniature")
            selection = sorted(seconds(lambda: fill(painter)) for _ in range(ROUNDS))
    loading = sorted(seconds(load) for _ in range(ROUNDS))
    return [
        Row("all three forms on disk", f"{mib:.1f} MiB", f"the goal: {LIMIT_MIB} MiB"),
        limited("loading the inpainting form", loading, LOAD_LIMIT_S),
        limited("a selection in 20 steps", selection, SELECTION_LIMIT_S),
    ]


def limited(what: str, times_s: list[float], limit_s: float) -> Row:
    """Return a row of a median against its goal."""
    median = times_s[len(times_s) // 2]
    return Row(what, duration(median), f"the goal: {duration(limit_s)}", f"{median / limit_s:.2f}")


def load() -> None:
    """Load the form that fills selections, as diffusers users do."""
    cls: Any = StableDiffusionInpaintPipeline
    cls.from_pretrained(forms.folder("inpaint"), dtype=torch.float32, safety_checker=None)


def fill(painter: Client) -> None:
    """Paint into a selection of a new picture and wait for it."""
    picture = np.random.default_rng().integers(0, 256, (256, 256, 3), np.uint8)
    selection = np.zeros((256, 256), np.uint8)
    selection[64:192, 64:192] = 255
    pictures = Pictures()
    task = Inpaint(
        prompt="a red balloon",
        steps=20,
        seed=1,
        image=pictures.add(picture),
        selection=pictures.add(selection),
    )
    painter.submit(task, pictures).result()
