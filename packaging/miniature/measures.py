"""Small measures the evaluation is made of: arrays in, numbers out."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from backgrounds import Floats
from scumble_daemon.region.bounds import margins_of
from scumble_daemon.region.colour import match_colour
from scumble_daemon.region.masks import shown_mask
from scumble_daemon.region.seams import seam_score
from scumble_protocol.geometry import Extent

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


def shown(mask: Floats) -> Floats:
    """How much of a result is seen in a selection: the daemon's own mask, soft inwards."""
    rows, columns = np.nonzero(mask > 0.5)
    extent = Extent(int(np.ptp(columns)) + 1, int(np.ptp(rows)) + 1)
    return shown_mask(mask, margins_of(extent, 1.0))


def parted(values: Floats) -> Flags:
    """The higher part of a map, by the threshold of Otsu 1979 that parts it best in two."""
    scaled = (values / max(1e-9, float(values.max())) * 255).astype(np.uint8)
    level, _ = cv2.threshold(scaled, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    return scaled > level


def composited(result: Picture, original: Picture, mask: Floats) -> tuple[Picture, float]:
    """Lay a result over the original as the daemon does, and score the seam.

    Colours are matched on the ring around the selection, and the edge is soft inwards. The score
    is 1 where the seam is as smooth as the original was there, more where it is rougher.
    """
    before, after = ((p / 255).astype(np.float32) for p in (original, result))
    soft = shown(mask)
    matched = match_colour(after, before, mask)
    laid = before * (1 - soft[..., None]) + matched * soft[..., None]
    score = seam_score(laid, before, soft)
    return (laid * 255).round().astype(np.uint8), 1.0 if score is None else score
