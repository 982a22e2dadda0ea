"""Random pictures, soft selections and native ranges for the tests of region mathematics."""

import cv2
import numpy as np
from hypothesis import strategies as st

from scumble_daemon.region.arrays import Bytes, Floats, floats
from scumble_daemon.region.resolution import NativeRange

SD15 = NativeRange(512, 768, 512 * 512, 512 * 768, 8)
SDXL = NativeRange(640, 1280, 800 * 800, 1024 * 1024, 8)
TINY = NativeRange(64, 96, 64 * 64, 64 * 96, 8)
RANGES = st.sampled_from([SD15, SDXL, NativeRange(256, 2048, 512**2, 2048**2, 16)])

SIDES = st.integers(12, 120)
SEEDS = st.integers(0, 2**32 - 1)


def photograph(height: int, width: int, *, seed: int = 0) -> Floats:
    """Return something like a photograph: shading, a few shapes and grain."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    base = 0.35 + 0.3 * x[..., None] / width * rng.random(3) + 0.2 * y[..., None] / height
    picture = np.ascontiguousarray(base, dtype=np.float32)
    for _ in range(5):
        centre = (int(rng.integers(width)), int(rng.integers(height)))
        colour = [float(v) for v in 0.2 + 0.6 * rng.random(3)]
        cv2.circle(picture, centre, int(rng.integers(3, max(4, width // 4))), colour, -1)
    picture = floats(cv2.GaussianBlur(picture, (0, 0), 1.0))
    grain = rng.normal(0, 0.01, picture.shape)
    return floats(np.clip(picture + grain, 0.05, 0.95))


def noise_bytes(height: int, width: int, channels: int, seed: int) -> Bytes:
    """Return random bytes [height, width, channels], with some alphas at either end."""
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, 256, (height, width, channels), dtype=np.uint8)
    if channels == 4:
        pixels[..., 3] = np.where(rng.random((height, width)) < 0.3, 0, pixels[..., 3])
        pixels[..., 3] = np.where(rng.random((height, width)) < 0.3, 255, pixels[..., 3])
    return pixels


@st.composite
def selections(draw: st.DrawFn, soft: bool = True) -> Floats:
    """Draw a selection float32 [H, W] in 0..1, not empty: shapes, specks, ramps and blurs."""
    height, width = draw(SIDES), draw(SIDES)
    rng = np.random.default_rng(draw(SEEDS))
    mask = np.zeros((height, width), np.float32)
    for _ in range(int(rng.integers(1, 4))):
        level = float(rng.choice([1.0, 1.0, 0.5, 0.2])) if soft else 1.0
        x, y = int(rng.integers(width)), int(rng.integers(height))
        w, h = int(rng.integers(1, width)), int(rng.integers(1, height))
        if rng.random() < 0.5:
            cv2.ellipse(mask, (x, y), (w // 3, h // 3), 0.0, 0.0, 360.0, [level], -1)
        else:
            mask[y : y + h, x : x + w] = level
    if rng.random() < 0.2:
        mask[rng.random(mask.shape) < 0.01] = 1
    if soft and rng.random() < 0.5:
        mask = floats(cv2.GaussianBlur(mask, (0, 0), float(rng.uniform(0.5, 6))))
        mask[mask < 0.002] = 0
    if not mask.any():
        mask[height // 2, width // 2] = 1
    return floats(np.clip(mask, 0, 1))


def disc(height: int, width: int, radius: float) -> Floats:
    """Return a hard disc in the middle, float32 [height, width]."""
    y, x = np.mgrid[0:height, 0:width]
    inside = (y - height // 2) ** 2 + (x - width // 2) ** 2 <= radius**2
    return floats(inside)
