import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scumble_editor.ui.canvas.camera import LARGEST, SMALLEST, Camera
from scumble_protocol.geometry import Extent

cameras = st.builds(
    Camera,
    x=st.floats(-5000, 5000),
    y=st.floats(-5000, 5000),
    zoom=st.floats(SMALLEST, LARGEST),
    rotation_deg=st.floats(-180, 180),
    mirrored=st.booleans(),
    viewport=st.tuples(st.floats(50, 3000), st.floats(50, 3000)),
)
places = st.tuples(st.floats(0, 2000), st.floats(0, 2000))


def near(first: tuple[float, float], second: tuple[float, float], within: float) -> bool:
    return math.dist(first, second) <= within


@given(cameras, places)
def test_to_the_screen_and_back_is_the_same_place(
    camera: Camera, place: tuple[float, float]
) -> None:
    assert near(camera.to_canvas(*camera.to_view(*place)), place, 1e-4)


@given(cameras, places, st.floats(SMALLEST, LARGEST))
def test_zooming_keeps_what_is_under_the_pointer(
    camera: Camera, at: tuple[float, float], zoom: float
) -> None:
    before = camera.to_canvas(*at)
    after = camera.zoomed(zoom, at)
    assert near(after.to_view(*before), at, 1e-3)


@given(cameras, places, st.floats(-180, 180))
def test_turning_keeps_what_is_under_the_pointer(
    camera: Camera, at: tuple[float, float], degrees: float
) -> None:
    before = camera.to_canvas(*at)
    assert near(camera.rotated(degrees, at).to_view(*before), at, 1e-3)


@given(cameras, st.floats(-500, 500), st.floats(-500, 500))
def test_panning_pushes_the_picture_by_what_the_hand_moved(
    camera: Camera, dx: float, dy: float
) -> None:
    place = camera.to_canvas(100, 100)
    x, y = camera.panned(dx, dy).to_view(*place)
    assert near((x, y), (100 + dx, 100 + dy), 1e-3)


@given(cameras, places)
def test_mirroring_exchanges_left_and_right_of_the_screen(
    camera: Camera, place: tuple[float, float]
) -> None:
    x, y = camera.to_view(*place)
    mirrored = camera.mirrored_now()
    width = camera.viewport[0]
    assert near(mirrored.to_view(*place), (width - x, y), 1e-3 * (1 + abs(x)))
    assert mirrored.mirrored_now() == camera


@given(cameras, st.integers(1, 9000), st.integers(1, 9000))
def test_fitting_shows_all_of_the_picture(camera: Camera, width: int, height: int) -> None:
    fitted = camera.fitted(Extent(width, height), margin_px=0)
    if SMALLEST < fitted.zoom < LARGEST:
        wide, high = camera.viewport
        for x in (0, width):
            for y in (0, height):
                on_x, on_y = fitted.to_view(x, y)
                assert -17 <= on_x <= wide + 17
                assert -17 <= on_y <= high + 17


@pytest.mark.parametrize("zoom", [0.02, 0.33, 1.0, 3.0, 60.0])
def test_steps_in_and_out_lead_over_round_numbers(zoom: float) -> None:
    camera = Camera(zoom=zoom, viewport=(800, 600))
    assert camera.stepped(1).zoom > zoom
    assert camera.stepped(-1).zoom < zoom
    assert Camera(zoom=0.9).stepped(1).zoom == 1.0
    assert Camera(zoom=1.2).stepped(-1).zoom == 1.0
