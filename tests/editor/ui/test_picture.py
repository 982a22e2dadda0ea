from dataclasses import replace

import numpy as np
import pytest

from helpers.stages import blank
from scumble_editor.document.composite import composite
from scumble_editor.document.difference import changed_tiles
from scumble_editor.document.document import Document
from scumble_editor.document.edits import layers as edits
from scumble_editor.document.formats import Pixels
from scumble_editor.document.layer import Layer
from scumble_editor.document.modes import BlendMode
from scumble_editor.document.tiles import Tiles, keys_of
from scumble_editor.ui.canvas.fast import pixels_of
from scumble_editor.ui.canvas.picture import Picture, Window, level_for, window_bounds
from scumble_protocol.geometry import Bounds, Point


def stack(count: int = 5) -> Document:
    random = np.random.default_rng(7)
    document = blank(600, 400)
    layers = []
    for number in range(count):
        rgba = random.integers(0, 256, (400, 600, 4), dtype=np.uint8)
        mode = (BlendMode.NORMAL, BlendMode.MULTIPLY)[number % 2]
        layers.append(Layer(name=str(number), pixels=Tiles.of(rgba), blend_mode=mode, opacity=0.8))
    return replace(document, layers=tuple(layers), active_id=layers[count // 2].id)


def seen(picture: Picture, document: Document) -> Pixels:
    whole = np.zeros((document.size.height, document.size.width, 4), np.uint8)
    for key in keys_of(document.bounds):
        tile = pixels_of(picture.tile(key))
        y, x = key[1] * 256, key[0] * 256
        whole[y : y + tile.shape[0], x : x + tile.shape[1]] = tile
    return whole[..., [2, 1, 0, 3]]


def wanted(document: Document) -> Pixels:
    rgba = composite(document).astype(np.float64)
    rgba[..., :3] *= rgba[..., 3:] / 255
    return rgba


def test_painting_between_layers_shows_what_the_reference_shows() -> None:
    document = stack()
    picture = Picture(document)
    seen(picture, document)
    layer = document.layer(document.active_id or "")
    patch = np.full((80, 90, 4), 255, np.uint8)
    after = document.changed(layer.id, lambda _: layer.written(patch, Point(220, 200)))
    picture.show(after, changed_tiles(document, after))
    assert np.abs(seen(picture, after) - wanted(after)).max() <= 5


def test_over_an_opaque_picture_the_layers_above_are_one_straight_line() -> None:
    document = stack(6)
    ground = np.random.default_rng(8).integers(0, 256, (400, 600, 4), dtype=np.uint8)
    ground[..., 3] = 255
    modes = (BlendMode.SCREEN, BlendMode.HARD_LIGHT, BlendMode.MULTIPLY)
    above = [replace(n, blend_mode=m) for n, m in zip(document.layers[3:], modes, strict=True)]
    bottom = Layer(pixels=Tiles.of(ground))
    document = replace(document, layers=(bottom, *document.layers[1:3], *above))
    document = edits.activate(document, document.layers[1].id)
    assert np.abs(seen(Picture(document), document) - wanted(document)).max() <= 5


@pytest.mark.parametrize("change", ["below", "above", "active", "order", "delete"])
def test_whatever_changes_is_shown(change: str) -> None:
    document = stack()
    picture = Picture(document)
    seen(picture, document)
    first, last = document.layers[0].id, document.layers[-1].id
    after = {
        "below": lambda: edits.set_opacity(document, first, 0.2),
        "above": lambda: edits.set_blend_mode(document, last, BlendMode.DIFFERENCE),
        "active": lambda: edits.activate(document, last),
        "order": lambda: edits.raise_or_lower(document, first, 2),
        "delete": lambda: edits.delete(document, last),
    }[change]()
    picture.show(after, changed_tiles(document, after))
    assert np.abs(seen(picture, after) - wanted(after)).max() <= 5


def test_a_smaller_level_is_the_mean_of_the_pixels() -> None:
    document = stack(1)
    window = Window(document.bounds, 1)
    while window.missing:
        window.fill(Picture(document), 1.0, lambda _: 0.0)
    fine = wanted(document)[..., [2, 1, 0, 3]]
    mean = fine.reshape(200, 2, 300, 2, 4).mean(axis=(1, 3))
    assert np.abs(pixels_of(window.image) - mean).max() <= 2


def test_the_cache_keeps_to_its_budget() -> None:
    document = stack(1)
    picture = Picture(replace(document, size=Bounds(0, 0, 256 * 30, 256).extent), budget_bytes=1)
    for column in range(30):
        picture.tile((column, 0))
    assert not picture.has((0, 0))
    assert picture.has((29, 0))


def test_levels_and_windows_fit_the_zoom() -> None:
    assert [level_for(zoom) for zoom in (4.0, 1.0, 0.6, 0.5, 0.3, 0.25)] == [0, 0, 0, 1, 1, 2]
    canvas = Bounds(0, 0, 8192, 8192)
    bounds = window_bounds(Bounds(1000, 1000, 500, 500), canvas, 0)
    assert bounds is not None
    assert bounds.contains(Bounds(1000, 1000, 500, 500))
    assert bounds.x % 256 == 0
    assert bounds.area < canvas.area / 8
    assert window_bounds(Bounds(0, 0, 10, 10), canvas, 2) == canvas
    assert window_bounds(Bounds(-50, 0, 10, 10), canvas, 0) is None
