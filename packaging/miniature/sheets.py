"""Contact sheets: pictures in rows, each with a line of text under it."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw
from torch import Tensor

from backgrounds import Floats


def sheet(pictures: list[Image.Image], labels: list[str], columns: int = 8) -> Image.Image:
    """Lay pictures out in rows, each over its label."""
    wide, high = pictures[0].size
    rows = -(-len(pictures) // columns)
    canvas = Image.new("RGB", (columns * (wide + 4), rows * (high + 16)), "black")
    draw = ImageDraw.Draw(canvas)
    for index, (picture, label) in enumerate(zip(pictures, labels, strict=True)):
        x, y = index % columns * (wide + 4), index // columns * (high + 16)
        canvas.paste(picture, (x, y))
        draw.text((x + 2, y + high + 2), label, fill="white")
    return canvas


def short(prompt: str) -> str:
    """A prompt cut to what fits under a picture."""
    return prompt if len(prompt) < 22 else prompt[:20] + ".."


def grey(values: Floats) -> Image.Image:
    """A map [S, S] as a picture, from its own least to its own most."""
    scaled = (values - values.min()) / max(1e-6, float(np.ptp(values)))
    return Image.fromarray((scaled * 255).astype(np.uint8)).convert("RGB")


def pictures(tensor: Tensor) -> list[Image.Image]:
    """Pictures [N, 3, S, S] in -1 to 1."""
    scaled = ((tensor.clamp(-1, 1) + 1) * 127.5).round().byte()
    return [Image.fromarray(picture) for picture in scaled.permute(0, 2, 3, 1).numpy()]
