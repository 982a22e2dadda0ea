"""Adjustments: against their own definitions, alpha untouched, nothing outside the selection."""

import colorsys
from collections.abc import Callable

import numpy as np
import pytest

from helpers.pictures import gray_noise, noise
from scumble_editor.document.document import Document
from scumble_editor.document.edits import adjustments, selection
from scumble_editor.document.edits.adjustments import Levels, curve_table
from scumble_editor.document.errors import DocumentError
from scumble_editor.document.formats import Pixels
from scumble_editor.document.layer import Layer
from scumble_editor.document.selection import Selection
from scumble_protocol.geometry import Bounds, Point

CANVAS = Bounds(0, 0, 300, 280)
Adjust = Callable[[Document, str], Document]

EVERY: dict[str, Adjust] = {
    "levels": lambda d, i: adjustments.levels(d, i, Levels(20, 200, 1.4, 10, 240)),
    "curves": lambda d, i: adjustments.curves(d, i, [(0, 0), (80, 120), (255, 230)], "green"),
    "brightness": lambda d, i: adjustments.brightness_contrast(d, i, 0.2, -0.3),
    "hue": lambda d, i: adjustments.hue_saturation(d, i, 40, 0.5, -0.2),
    "invert": adjustments.invert_colours,
    "blur": lambda d, i: adjustments.blur(d, i, 3),
    "sharpen": lambda d, i: adjustments.sharpen(d, i, 2, 1.5),
}


def start(opaque: bool = True) -> tuple[Document, str]:
    document = Document.of_image(noise(300, 280, 4, opaque=opaque))
    assert document.active_id is not None
    return document, document.active_id


def read(document: Document) -> Pixels:
    layer = document.active
    assert isinstance(layer, Layer)
    return layer.read(CANVAS)


@pytest.mark.parametrize("name", EVERY)
def test_nothing_changes_outside_the_selection(name: str) -> None:
    document, layer_id = start()
    chosen = Selection.of(gray_noise(90, 90), Point(120, 100))
    document = selection.select(document, chosen)
    adjusted = read(EVERY[name](document, layer_id))
    coverage = chosen.read(CANVAS)
    assert np.array_equal(adjusted[coverage == 0], read(document)[coverage == 0])
    assert (adjusted[coverage == 255] != read(document)[coverage == 255]).any()


@pytest.mark.parametrize("name", [name for name in EVERY if name != "blur"])
def test_coverage_is_left_as_it_is(name: str) -> None:
    document, layer_id = start(opaque=False)
    assert np.array_equal(read(EVERY[name](document, layer_id))[..., 3], read(document)[..., 3])


def test_settings_that_change_nothing_give_the_same_document() -> None:
    document, layer_id = start()
    assert adjustments.levels(document, layer_id, Levels()) is document
    assert adjustments.curves(document, layer_id, [(0, 0), (255, 255)]) is document
    assert adjustments.brightness_contrast(document, layer_id, 0, 0) is document
    assert adjustments.hue_saturation(document, layer_id, 0, 0, 0) is document
    assert adjustments.blur(document, layer_id, 0) is document
    assert adjustments.sharpen(document, layer_id, 1, 0) is document


def test_levels_map_black_and_white_to_the_ends() -> None:
    table = Levels(50, 150, 1.0).table()
    assert (table[:51] == 0).all()
    assert (table[150:] == 255).all()
    assert table[100] == 128
    assert Levels(gamma=2.0).table()[64] == round(255 * (64 / 255) ** 0.5)
    with pytest.raises(DocumentError, match="White must lie above"):
        Levels(100, 100).table()


def test_a_curve_goes_through_its_points_and_never_overshoots() -> None:
    points = [(0, 0), (60, 100), (61, 180), (200, 180), (255, 255)]
    table = curve_table(points)
    assert [int(table[x]) for x, _ in points] == [y for _, y in points]
    assert (np.diff(table.astype(int)) >= 0).all()
    assert table[61:201].min() == table[61:201].max() == 180


def test_one_channel_alone_is_changed() -> None:
    document, layer_id = start()
    changed = read(adjustments.levels(document, layer_id, Levels(10, 100), "blue"))
    assert np.array_equal(changed[..., :2], read(document)[..., :2])
    assert np.array_equal(changed[..., 2], Levels(10, 100).table()[read(document)[..., 2]])
    with pytest.raises(DocumentError, match="no channel"):
        adjustments.levels(document, layer_id, Levels(1, 2), "alpha")


def test_hues_turn_as_in_hsl() -> None:
    document, layer_id = start()
    found = read(adjustments.hue_saturation(document, layer_id, 90, -0.5, 0))
    for x, y in ((3, 5), (100, 200), (299, 279)):
        hue, light, vivid = colorsys.rgb_to_hls(*(read(document)[y, x, :3] / 255))
        wanted = colorsys.hls_to_rgb((hue + 0.25) % 1, light, vivid / 2)
        assert np.abs(found[y, x, :3] - np.array(wanted) * 255).max() <= 1


def test_blurring_spreads_paint_without_dark_fringes() -> None:
    picture = np.zeros((280, 300, 4), np.uint8)
    picture[100:180, 100:200] = (250, 200, 150, 255)
    document = Document.of_image(picture)
    assert document.active_id is not None
    found = read(adjustments.blur(document, document.active_id, 6))
    edge = found[140, 92:108]
    assert 0 < edge[0, 3] < edge[-1, 3]
    assert np.abs(edge[edge[:, 3] > 8, :3].astype(int) - (250, 200, 150)).max() <= 16


def test_a_blurred_photograph_stays_opaque_to_its_edges() -> None:
    document, layer_id = start()
    assert read(adjustments.blur(document, layer_id, 8))[..., 3].min() == 255


def test_sharpening_leaves_flat_areas_alone() -> None:
    picture = np.full((280, 300, 4), (120, 130, 140, 255), np.uint8)
    picture[:, 150:, :3] = 200
    document = Document.of_image(picture)
    assert document.active_id is not None
    found = read(adjustments.sharpen(document, document.active_id, 2, 1.0))
    assert np.array_equal(found[:, :140], picture[:, :140])
    assert found[100, 149, 0] < 120
    assert found[100, 150, 0] > 200


def test_large_adjustments_out_of_range_are_refused() -> None:
    document, layer_id = start()
    with pytest.raises(DocumentError, match="between -1 and 1"):
        adjustments.brightness_contrast(document, layer_id, 2, 0)
    with pytest.raises(DocumentError, match="between -1 and 1"):
        adjustments.hue_saturation(document, layer_id, 0, 3, 0)
