import numpy as np
import pytest

from scumble_editor.document.tiles import Tiles
from scumble_editor.tools.dabs import dab
from scumble_editor.tools.paints import Colour
from scumble_editor.tools.paths import Nib, Trail
from scumble_editor.tools.pointer import PointerEvent
from scumble_editor.tools.strokes import Stroke, Tip
from scumble_protocol.geometry import Bounds, Point


@pytest.mark.parametrize("hardness", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("radius", [0.5, 3.0, 20.0, 60.0])
def test_a_print_lies_around_its_place(radius: float, hardness: float) -> None:
    mask, at = dab(100.5, 80.5, radius, hardness)
    rows, columns = np.nonzero(mask)
    weights = mask[rows, columns]
    middle_x = float((columns * weights).sum() / weights.sum()) + at.x + 0.5
    middle_y = float((rows * weights).sum() / weights.sum()) + at.y + 0.5
    assert abs(middle_x - 100.5) < 0.6
    assert abs(middle_y - 80.5) < 0.6
    assert float(mask.max()) <= 1.0


def test_a_hard_print_covers_the_area_of_its_circle() -> None:
    mask, _ = dab(50, 50, 10, 1.0)
    assert abs(float(mask.sum()) - np.pi * 100) < 6


def test_a_leaning_pen_flattens_the_print() -> None:
    mask, _ = dab(50, 50, 10, 1.0, ratio=0.5, angle_deg=0)
    rows, columns = np.nonzero(mask > 0.5)
    assert np.ptp(columns) > 1.6 * np.ptp(rows)


def test_prints_are_evenly_spaced_however_fast_the_hand_is() -> None:
    nib = Nib(size_px=20, spacing=0.25, size_by_pressure=False)
    slow, fast = Trail(nib, PointerEvent(0, 0)), Trail(nib, PointerEvent(0, 0))
    slow.begin()
    fast.begin()
    many = [tip.x for x in range(1, 101) for tip in slow.follow(PointerEvent(x, 0))]
    few = [tip.x for tip in fast.follow(PointerEvent(100, 0))]
    assert np.allclose(many, few)
    assert np.allclose(np.diff(few), 5)


def test_a_stroke_over_tile_borders_is_the_same_as_one_within_a_tile() -> None:
    def painted(x: int, y: int) -> np.ndarray:
        stroke = Stroke(Tiles(), Point(0, 0), Bounds(0, 0, 1024, 1024), Colour((9, 99, 199)))
        stroke.lay([Tip(x + 3.25, y + 1.5, 20, 0.3, 0.7), Tip(x + 12, y + 8, 20, 0.3, 0.7)])
        return stroke.tiles.read(Bounds(x - 40, y - 40, 100, 100))

    assert np.array_equal(painted(128, 128), painted(512, 512))


def test_nothing_is_painted_off_the_canvas() -> None:
    stroke = Stroke(Tiles(), Point(0, 0), Bounds(0, 0, 100, 100), Colour((9, 99, 199)))
    stroke.lay([Tip(99, 99, 30, 1.0, 1.0), Tip(-500, -500, 30, 1.0, 1.0)])
    content = stroke.tiles.content_bounds()
    assert content is not None
    assert Bounds(0, 0, 100, 100).contains(content)
