import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.regions import SEEDS, disc, noise_bytes, selections
from scumble_daemon.region.arrays import Floats, floats, unit
from scumble_daemon.region.composite import LayerPixels, flattened, layer_of, opaque
from scumble_protocol.geometry import Bounds

CHANNELS = st.sampled_from([3, 4])


@given(st.integers(1, 40), st.integers(1, 40), CHANNELS, SEEDS)
def test_mask_0_keeps_every_bit_and_mask_255_is_the_layer(
    height: int, width: int, channels: int, seed: int
) -> None:
    canvas = noise_bytes(height, width, channels, seed)
    rgb = noise_bytes(height, width, 3, seed + 1)
    rng = np.random.default_rng(seed)
    mask = rng.choice(np.array([0, 1, 128, 254, 255], np.uint8), (height, width))
    flat = flattened(canvas, LayerPixels(Bounds(0, 0, width, height), rgb, mask))
    assert flat.shape == canvas.shape
    assert np.array_equal(flat[mask == 0], canvas[mask == 0])
    assert np.array_equal(flat[mask == 255][:, :3], rgb[mask == 255])
    if channels == 4:
        assert np.all(flat[mask == 255][:, 3] == 255)


@given(SEEDS, CHANNELS)
@settings(max_examples=40)
def test_between_them_it_is_source_over_to_half_a_step(seed: int, channels: int) -> None:
    canvas, rgb = noise_bytes(20, 20, channels, seed), noise_bytes(20, 20, 3, seed + 1)
    mask = noise_bytes(20, 20, 1, seed + 2)[..., 0]
    flat = flattened(canvas, LayerPixels(Bounds(0, 0, 20, 20), rgb, mask)).astype(np.float64)
    cover = mask[..., None] / 255
    under = canvas[..., 3:] / 255 if channels == 4 else np.ones((20, 20, 1))
    alpha = cover + under * (1 - cover)
    colour = rgb * cover + canvas[..., :3] * under * (1 - cover)
    seen = alpha[..., 0] > 0
    expected = colour[seen] / alpha[seen]
    assert np.abs(flat[..., :3][seen] - expected).max() <= 0.5 + 1e-9
    if channels == 4:
        assert np.abs(flat[..., 3:] - 255 * alpha).max() <= 0.5 + 1e-9


@given(selections(), st.integers(0, 40))
@settings(max_examples=40)
def test_a_layer_holds_all_that_shows_and_a_margin_inside_the_crop(
    shown: Floats, margin: int
) -> None:
    height, width = shown.shape
    crop = Bounds(7, 11, width, height)
    result = floats(np.random.default_rng(0).random((height, width, 3)))
    layer = layer_of(result, shown, crop, margin_px=margin)
    assert crop.contains(layer.bounds)
    assert layer.mask.shape == (layer.bounds.height, layer.bounds.width)
    visible = Bounds.of_mask(shown, 1 / 510)
    if visible is not None:
        wanted = visible.moved(7, 11)
        assert layer.bounds.contains(wanted)
        assert layer.bounds == wanted.padded(margin).intersection(crop)


def test_a_layer_keeps_its_colours_free_of_the_mask() -> None:
    result = np.full((40, 40, 3), 0.6, np.float32)
    layer = layer_of(result, disc(40, 40, 8) * np.float32(0.5), Bounds(0, 0, 40, 40))
    assert np.all(layer.rgb == 153)
    assert layer.mask.max() == 128


def test_a_mask_too_faint_to_show_gives_an_empty_layer_of_the_crop() -> None:
    result = np.zeros((10, 12, 3), np.float32)
    layer = layer_of(result, np.full((10, 12), 0.001, np.float32), Bounds(3, 4, 12, 10))
    assert layer.bounds == Bounds(3, 4, 12, 10)
    assert not layer.mask.any()


@given(SEEDS)
@settings(max_examples=20)
def test_opaque_pixels_keep_their_exact_values(seed: int) -> None:
    rgba = noise_bytes(30, 30, 4, seed)
    picture = opaque(rgba)
    solid = rgba[..., 3] == 255
    assert np.array_equal(picture[solid], unit(rgba[..., :3])[solid])
    assert np.array_equal(opaque(rgba[..., :3]), unit(rgba[..., :3]))
    assert np.isfinite(picture).all()


def test_under_transparent_pixels_lie_the_colours_around_not_the_hidden_ones() -> None:
    rgba = np.full((60, 60, 4), 255, np.uint8)
    rgba[..., :3] = (200, 100, 50)
    rgba[20:40, 20:40] = (0, 255, 0, 0)
    assert np.allclose(opaque(rgba) * 255, (200, 100, 50), atol=1)


def test_a_wholly_transparent_canvas_is_grey() -> None:
    assert opaque(np.zeros((8, 9, 4), np.uint8)) == pytest.approx(0.5)
