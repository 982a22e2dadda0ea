"""Edits of pixels: exact outside the selection, and no further than asked."""

import numpy as np
import pytest

from helpers.pictures import gray_noise, noise
from scumble_editor.document.document import Document
from scumble_editor.document.edits import layers, pixels, selection
from scumble_editor.document.edits.transforms import transform
from scumble_editor.document.errors import DocumentError, LockedLayerError
from scumble_editor.document.formats import Pixels
from scumble_editor.document.layer import Layer
from scumble_editor.document.selection import Selection
from scumble_protocol.geometry import Bounds, Extent, Point

RED = (255, 0, 0)
WHOLE = Bounds(0, 0, 300, 280)


def document(opaque: bool = True) -> Document:
    return Document.of_image(noise(300, 280, 1, opaque=opaque))


def of(made: Document) -> Pixels:
    layer = made.active
    assert isinstance(layer, Layer)
    return layer.read(WHOLE)


def layer_id(made: Document) -> str:
    assert made.active_id is not None
    return made.active_id


def dab(side: int = 40) -> Pixels:
    return gray_noise(side, side, 9)


def test_a_dab_copies_only_the_tiles_it_touches() -> None:
    before = document()
    after = pixels.paint(before, layer_id(before), dab(), Point(10, 10), RED)
    old, new = before.layer(layer_id(before)).pixels, after.layer(layer_id(before)).pixels
    assert {key for key in new if new.get(key) is not old.get(key)} == {(0, 0)}


def test_paint_mixes_by_coverage() -> None:
    before = document()
    after = pixels.paint(before, layer_id(before), dab(), Point(10, 20), RED)
    part = dab()[..., None] / 255
    wanted = of(before)[20:60, 10:50, :3] * (1 - part) + np.array(RED) * part
    assert np.abs(of(after)[20:60, 10:50, :3] - wanted).max() <= 0.51
    assert np.array_equal(of(after)[60:], of(before)[60:])


def test_a_stroke_over_its_base_does_not_build_up() -> None:
    before = document()
    base = before.layer(layer_id(before))
    once = pixels.paint(before, base.id, dab(), Point(0, 0), RED, opacity=0.5, base=base)
    twice = pixels.paint(once, base.id, dab(), Point(0, 0), RED, opacity=0.5, base=base)
    assert np.array_equal(of(once), of(twice))
    building = pixels.paint(once, base.id, dab(), Point(0, 0), RED, opacity=0.5)
    assert (of(building) != of(once)).any()


def test_nothing_changes_outside_the_selection_and_by_part_where_it_is_soft() -> None:
    chosen = Selection.of(gray_noise(50, 50, 3), Point(30, 30))
    start = selection.select(document(opaque=False), chosen)
    coverage = chosen.read(WHOLE)
    filled = of(pixels.fill(start, layer_id(start), RED))
    assert np.array_equal(filled[coverage == 0], of(start)[coverage == 0])
    assert (filled[coverage == 255] == (255, 0, 0, 255)).all()
    cleared = of(pixels.clear(start, layer_id(start)))
    assert np.array_equal(cleared[coverage == 0], of(start)[coverage == 0])
    wanted = of(start)[..., 3] * (1 - coverage / 255)
    assert np.abs(cleared[..., 3] - wanted).max() <= 0.51


def test_an_empty_selection_lets_nothing_through() -> None:
    start = selection.select(document(), Selection())
    assert pixels.fill(start, layer_id(start), RED) is start


def test_locked_alpha_stays() -> None:
    start = document(opaque=False)
    start = layers.set_alpha_locked(start, layer_id(start), True)
    for edited in (
        pixels.fill(start, layer_id(start), RED),
        pixels.erase(start, layer_id(start), dab(), Point(0, 0)),
        pixels.clear(start, layer_id(start)),
    ):
        assert np.array_equal(of(edited)[..., 3], of(start)[..., 3])


def test_a_locked_layer_refuses_paint() -> None:
    start = document()
    start = layers.set_locked(start, layer_id(start), True)
    with pytest.raises(LockedLayerError):
        pixels.fill(start, layer_id(start), RED)


def test_erasing_scales_alpha() -> None:
    start = document()
    after = of(pixels.erase(start, layer_id(start), dab(), Point(5, 5), opacity=0.5))
    wanted = 255 * (1 - dab() / 510)
    assert np.abs(after[5:45, 5:45, 3] - wanted).max() <= 0.51


def test_painting_moved_layers_lands_under_the_brush() -> None:
    start = document()
    moved = layers.move(start, layer_id(start), -31, 17)
    whole = np.full((10, 10), 255, np.uint8)
    after = pixels.paint(moved, layer_id(moved), whole, Point(100, 100), RED)
    assert (of(after)[100:110, 100:110] == (255, 0, 0, 255)).all()
    assert (of(after) != of(moved)).any(axis=2).sum() <= 100


def test_a_gradient_runs_from_one_colour_to_the_other() -> None:
    start = Document(size=Extent(256, 8), layers=(Layer(id="l"),), active_id="l")
    black, white = (0, 0, 0, 255), (255, 255, 255, 255)
    made = pixels.gradient(start, "l", (0, 0), (256, 0), (black, white))
    row = made.layer("l").read(start.bounds)[4, :, 0]
    assert np.abs(row - np.arange(256.0)).max() <= 1
    radial = pixels.gradient(start, "l", (128, 4), (256, 4), (black, white), radial=True)
    row = radial.layer("l").read(start.bounds)[4, :, 0]
    assert row[128] < 4 < 250 < row[0]


def test_cloning_brings_pixels_from_elsewhere() -> None:
    start = document()
    source = start.layer(layer_id(start))
    whole = np.full((20, 20), 255, np.uint8)
    after = pixels.clone(start, source.id, whole, Point(10, 10), source, Point(100, 50))
    assert np.array_equal(of(after)[10:30, 10:30], of(start)[60:80, 110:130])


def test_copying_takes_what_is_selected_and_cutting_takes_it_away() -> None:
    start = selection.select(document(), Selection.of_rectangle(Bounds(20, 30, 50, 40)))
    taken = pixels.copied(start, layer_id(start))
    assert taken is not None
    rgba, at = taken
    inside = Bounds(20 - at.x, 30 - at.y, 50, 40)
    assert np.array_equal(rgba[inside.slices], of(start)[30:70, 20:70])
    lifted = pixels.float_selection(start, layer_id(start))
    assert len(lifted.layers) == 2
    assert not lifted.layer(layer_id(start)).read(Bounds(20, 30, 50, 40)).any()
    assert np.array_equal(of(lifted)[30:70, 20:70], of(start)[30:70, 20:70])


def test_moving_by_a_matrix_of_whole_pixels_is_exact() -> None:
    start = document()
    moved = transform(start, layer_id(start), ((1, 0, 12), (0, 1, -7), (0, 0, 1)))
    layer = moved.layer(layer_id(start))
    assert np.array_equal(layer.read(Bounds(12, -7, 300, 280)), of(start))
    assert layer.content_bounds() == Bounds(12, -7, 300, 280)


def test_a_quarter_turn_by_a_matrix_is_exact() -> None:
    start = document()
    turned = transform(start, layer_id(start), ((0, -1, 0), (1, 0, 0), (0, 0, 1)))
    layer = turned.layer(layer_id(start))
    found = layer.read(Bounds(-280, 0, 280, 300))
    assert np.abs(found.astype(int) - np.rot90(of(start), -1)).max() <= 1


def test_a_distortion_that_folds_over_is_refused() -> None:
    start = document()
    with pytest.raises(DocumentError, match="folds"):
        transform(start, layer_id(start), ((1, 0, 0), (0, 1, 0), (-0.01, 0, 1)))
    with pytest.raises(DocumentError, match="too large"):
        transform(start, layer_id(start), ((900, 0, 0), (0, 900, 0), (0, 0, 1)))
