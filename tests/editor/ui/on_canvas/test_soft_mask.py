"""What is drawn of a soft mask is what the daemon makes of it."""

import cv2
import numpy as np
import pytest

from scumble_daemon.models.families import FAMILIES
from scumble_daemon.region.arrays import unit
from scumble_daemon.region.bounds import margins_of
from scumble_daemon.region.islands import plan_selection
from scumble_daemon.region.masks import denoise_mask, shown_mask
from scumble_daemon.region.passage import prepare
from scumble_editor.ui.on_canvas.soft_mask import Softness, shown_share, signed_distance
from scumble_protocol.geometry import Extent
from scumble_protocol.jobs import Direction, Region


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


@pytest.mark.parametrize("strength", [1.0, 0.98, 0.6])
def test_the_fade_that_is_drawn_is_opaque_where_that_of_fresh_paint_is(strength: float) -> None:
    coverage = np.zeros((300, 300), np.uint8)
    cv2.ellipse(coverage, (150, 150), (90, 70), 20, 0, 360, 255, -1)
    native = FAMILIES["sd15"].native_range(512)
    ((island, plan),) = plan_selection(unit(coverage), strength, Region(), native)
    ready = prepare(np.full((300, 300, 3), 128, np.uint8), island, plan)
    softness = Softness(plan.reach_px, plan.margins.blend_px, plan.region.direction, plan.lift)

    drawn = shown_share(coverage, 1.0, softness)[plan.context.slices]

    assert np.abs(drawn - ready.shown).mean() < 0.01
    assert abs(np.mean(drawn == 1) - np.mean(ready.shown == 1)) < 0.02


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
