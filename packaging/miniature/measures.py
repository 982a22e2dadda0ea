"""Small measures the evaluation is made of: arrays in, numbers out."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from backgrounds import Floats

Picture = NDArray[np.uint8]  # [S, S, 3], RGB
Flags = NDArray[np.bool_]


def difference(one: Picture, other: Picture) -> Floats:
    """Colour difference ΔE of CIE 1976 at each pixel, [S, S]."""
    labs = [cv2.cvtColor(p.astype(np.float32) / 255, cv2.COLOR_RGB2LAB) for p in (one, other)]
    apart: Floats = np.linalg.norm(labs[0] - labs[1], axis=2).astype(np.float32)
    return apart


def overlap(one: Flags, other: Flags) -> float:
    """Intersection over union."""
    union = np.logical_or(one, other).sum()
    return float(np.logical_and(one, other).sum() / union) if union else 1.0


def _ranks(values: NDArray[Any]) -> NDArray[np.float64]:
    """The rank of each value, equal values sharing the mean of theirs."""
    _, which, counts = np.unique(values.ravel(), return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return (last - (counts - 1) / 2)[which]


def rank_correlation(one: Floats, other: Floats) -> float:
    """Spearman's correlation of two maps; 0 where one of them is flat."""
    if np.ptp(one) < 1e-6 or np.ptp(other) < 1e-6:
        return 0.0
    return float(np.corrcoef(_ranks(one), _ranks(other))[0, 1])
