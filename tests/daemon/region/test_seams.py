import numpy as np
import pytest
from hypothesis import given, settings

from helpers.regions import disc, photograph, selections
from scumble_daemon.region.arrays import Floats
from scumble_daemon.region.masks import feather_inside
from scumble_daemon.region.seams import seam_score


def pasted(original: Floats, result: Floats, mask: Floats) -> Floats:
    return original + (result - original) * mask[..., None]


@given(selections())
@settings(max_examples=30)
def test_an_unchanged_picture_is_as_smooth_as_the_original(mask: Floats) -> None:
    picture = photograph(*mask.shape)
    score = seam_score(picture, picture, mask)
    assert score is None or score == pytest.approx(1)


def test_without_an_edge_there_is_no_score() -> None:
    picture = photograph(20, 20)
    assert seam_score(picture, picture, np.ones((20, 20), np.float32)) is None


def test_a_larger_step_across_the_edge_scores_worse() -> None:
    original, mask = photograph(120, 120), disc(120, 120, 30)
    scores = []
    for shift in (0, 0.02, 0.06, 0.15):
        result = np.clip(original + np.float32(shift), 0, 1)
        score = seam_score(pasted(original, result, mask), original, mask)
        assert score is not None
        scores.append(score)
    assert scores == sorted(scores)
    assert scores[0] == pytest.approx(1)
    assert scores[-1] > 3


def test_a_feather_scores_better_than_a_hard_edge() -> None:
    original, hard = photograph(120, 120), disc(120, 120, 30)
    result = np.clip(original + np.float32(0.1), 0, 1)
    soft = feather_inside(hard, 12)
    rough = seam_score(pasted(original, result, hard), original, hard)
    smooth = seam_score(pasted(original, result, soft), original, soft)
    assert rough is not None
    assert smooth is not None
    assert smooth < rough


def test_an_edge_of_the_original_under_the_mask_edge_is_no_seam() -> None:
    picture = np.full((40, 40, 3), 0.2, np.float32)
    picture[:, 20:] = 0.8
    mask = np.zeros((40, 40), np.float32)
    mask[:, 20:] = 1
    assert seam_score(picture, picture, mask) == pytest.approx(1)


def test_the_formula_is_the_documented_one() -> None:
    original = np.zeros((1, 2, 3), np.float32)
    composed = original.copy()
    composed[0, 1] = 0.5
    mask = np.array([[0, 1]], np.float32)
    score = seam_score(composed, original, mask)
    assert score == pytest.approx((0.5 + 1 / 255) / (1 / 255), rel=1e-5)
