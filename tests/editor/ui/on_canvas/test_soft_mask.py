"""What is drawn of a soft mask is what the daemon makes of it."""

import cv2
import numpy as np
import pytest

from scumble_daemon.region.arrays import unit
from scumble_daemon.region.bounds import margins_of
from scumble_daemon.region.masks import denoise_mask, shown_mask
from scumble_editor.ui.on_canvas.soft_mask import Softness, shown_share, signed_distance
from scumble_protocol.geometry import Extent
from scumble_protocol.jobs import Direction


@pytest.mark.parametrize("direction", list(Direction))
@pytest.mark.parametrize("feather_px", [8.0, 24.0])
def test_the_fade_that_is_drawn_is_the_one_of_the_layer(
    direction: Direction, feather_px: float
) -> None:
    coverage = np.zeros((300, 300), np.uint8)
    cv2.ellipse(coverage, (150, 150), (90, 70), 20, 0, 360, 255, -1)
    margins = margins_of(Extent(180, 140), 1.0, feather_px=feather_px)

    drawn = shown_share(coverage, 1.0, Softness(margins.reach_px, margins.blend_px, direction))
    real = shown_mask(unit(coverage), margins, direction)

    assert np.abs(drawn - real).max() < 0.25  # two pixels of the narrow ramp
    assert np.abs(drawn - real).mean() < 0.01
    if direction is Direction.INSIDE:
        assert not drawn[coverage == 0].any()


def test_the_line_is_where_the_model_stops_changing_anything() -> None:
    coverage = np.zeros((300, 300), np.uint8)
    coverage[110:190, 100:200] = 255
    margins = margins_of(Extent(100, 80), 0.6)
    changes = denoise_mask(unit(coverage), margins)
    within = signed_distance(coverage) <= margins.reach_px
    assert (within & (changes > 0)).sum() > 0.97 * (changes > 0).sum()
    assert (within & (changes == 0)).sum() < 0.05 * within.sum()


def test_distances_follow_the_zoom() -> None:
    coverage = np.zeros((100, 100), np.uint8)
    coverage[:, 40:] = 255
    softness = Softness(0.0, 10.0, Direction.INSIDE)
    near, far = (shown_share(coverage, zoom, softness) for zoom in (1.0, 4.0))
    assert near[50, 55] == 1
    assert far[50, 55] < 1
