"""The selection: algebra of soft masks, moved edges, colour, wand and shapes."""

import numpy as np
import pytest

from helpers.pictures import gray_noise, noise
from scumble_editor.document import shapes, soft_masks
from scumble_editor.document.document import Document
from scumble_editor.document.edits import selection
from scumble_editor.document.errors import DocumentError
from scumble_editor.document.formats import Pixels
from scumble_editor.document.selection import Combine, Selection
from scumble_protocol.geometry import Bounds, Point

CANVAS = Bounds(0, 0, 300, 280)


def start() -> Document:
    return Document.of_image(noise(300, 280, opaque=True))


def read(document: Document) -> Pixels:
    assert document.selection is not None
    return document.selection.read(CANVAS)


def box(x: int, y: int, width: int, height: int) -> Selection:
    return Selection.of_rectangle(Bounds(x, y, width, height))


def test_soft_selections_combine_as_fuzzy_sets() -> None:
    a, b = Selection.of(gray_noise(300, 280, 1)), Selection.of(gray_noise(300, 280, 2))
    left, right = a.read(CANVAS), b.read(CANVAS)
    assert np.array_equal(a.union(b).read(CANVAS), np.maximum(left, right))
    assert np.array_equal(a.intersection(b).read(CANVAS), np.minimum(left, right))
    assert np.array_equal(a.minus(b).read(CANVAS), np.minimum(left, 255 - right))
    assert np.array_equal(a.inverted(CANVAS).read(CANVAS), 255 - left)
    assert a.inverted(CANVAS).inverted(CANVAS) == a


@pytest.mark.parametrize("how", Combine)
def test_combining_edits_do_what_they_are_called(how: Combine) -> None:
    first = selection.select(start(), box(10, 10, 100, 100))
    both = read(selection.select(first, box(60, 60, 100, 100), how))
    wanted = {
        Combine.REPLACE: (0, 255, 255),
        Combine.ADD: (255, 255, 255),
        Combine.SUBTRACT: (255, 0, 0),
        Combine.INTERSECT: (0, 255, 0),
    }[how]
    assert (both[20, 20], both[80, 80], both[150, 150]) == wanted


def test_subtracting_from_nothing_selected_leaves_the_rest_of_the_canvas() -> None:
    found = read(selection.select(start(), box(0, 0, 50, 50), Combine.SUBTRACT))
    assert found[10, 10] == 0
    assert found[100, 100] == 255


def test_what_lies_off_the_canvas_is_cut_away() -> None:
    made = selection.select(start(), box(-50, -50, 1000, 1000))
    assert made.selection is not None
    assert made.selection.bounds == CANVAS


def test_growing_and_shrinking_are_by_euclidean_distance() -> None:
    mask = np.zeros((101, 101), np.uint8)
    mask[50, 50] = 255
    distance = np.hypot(*(np.mgrid[:101, :101] - 50))
    for px in (3, 10, 25, 40):
        grown = soft_masks.grown(mask, px)
        assert (grown[distance <= px - 0.5] == 255).all()
        assert (grown[distance > px + 1.5] == 0).all()
    assert np.array_equal(soft_masks.shrunk(255 - mask, 5), 255 - soft_masks.grown(mask, 5))


def test_growing_keeps_soft_values() -> None:
    soft = Selection.of(np.full((20, 20), 77, np.uint8), Point(100, 100))
    grown = read(selection.grow(selection.select(start(), soft), 6))
    assert set(np.unique(grown)) == {0, 77}
    assert grown[96, 110] == 77


def test_shrinking_everything_stays_at_the_canvas_edge() -> None:
    all_of_it = selection.select_all(start())
    assert read(selection.shrink(all_of_it, 10)).min() == 255


def test_feathering_is_centred_on_the_edge_and_keeps_the_middle() -> None:
    made = read(selection.feather(selection.select(start(), box(100, 50, 100, 150)), 10))
    row = made[125].astype(int)
    assert row[150] == 255
    assert abs(row[99] + row[100] - 255) <= 1
    assert row[70] == 0
    assert (np.diff(row[80:120]) >= 0).all()


def test_a_border_is_a_band_along_the_edge() -> None:
    made = read(selection.border(selection.select(start(), box(100, 100, 80, 80)), 6))
    assert made[140, 100] == 255
    assert made[140, 97] == 255
    assert made[140, 95] == 0
    assert made[140, 140] == 0


def test_selecting_by_colour_finds_what_is_within_tolerance() -> None:
    picture = np.zeros((280, 300, 4), np.uint8)
    picture[...] = (100, 100, 100, 255)
    picture[:, 100:] = (110, 100, 100, 255)
    picture[:, 200:] = (140, 100, 100, 255)
    document = Document.of_image(picture)
    found = read(selection.select_colour(document, (100, 100, 100, 255), 10))
    assert (found[0, 50], found[0, 150], found[0, 250]) == (255, 255, 0)
    soft = read(selection.select_colour(document, (100, 100, 100, 255), 10, softness=59))
    assert soft[0, 150] == 255
    assert 120 <= soft[0, 250] <= 135


def walls(gap: int) -> Document:
    """Return a white picture with a black wall across, open by some pixels in the middle."""
    picture = np.full((280, 300, 4), 255, np.uint8)
    picture[:, 150:155, :3] = 0
    picture[140 : 140 + gap, 150:155, :3] = 255
    return Document.of_image(picture)


def test_the_wand_stops_at_edges() -> None:
    found = read(selection.wand(walls(0), Point(10, 10), 20))
    assert found[200, 149] == 255
    assert found[200, 152] == 0
    assert found[200, 200] == 0
    assert read(selection.wand(walls(4), Point(10, 10), 20))[200, 200] == 255


def test_the_wand_closes_gaps_when_asked() -> None:
    found = read(selection.wand(walls(4), Point(10, 10), 20, gap_px=6))
    assert found[200, 200] == 0
    assert found[200, 147] == 255


def test_the_wand_off_the_canvas_selects_nothing() -> None:
    found = selection.wand(walls(0), Point(-1, 5), 20).selection
    assert found is not None
    assert found.empty


def test_selecting_a_layers_alpha_is_its_alpha() -> None:
    document = Document.of_image(noise(300, 280))
    assert document.active_id is not None
    made = selection.select_alpha(document, document.active_id)
    assert np.array_equal(read(made), noise(300, 280)[..., 3])


def test_an_ellipse_covers_the_area_it_should() -> None:
    made = shapes.ellipse(Bounds(20, 30, 120, 80))
    assert made.bounds == Bounds(20, 30, 120, 80)
    area = made.read(CANVAS).sum() / 255
    assert abs(area - np.pi * 60 * 40) < 0.003 * np.pi * 60 * 40


def test_a_polygon_covers_the_area_it_should_and_is_cut_to_the_canvas() -> None:
    made = shapes.polygon([(10, 10), (110, 10), (10, 110)], CANVAS)
    assert abs(made.read(CANVAS).sum() / 255 - 5000) < 40
    whole = shapes.polygon([(0, 0), (300, 0), (300, 280), (0, 280)], CANVAS)
    assert whole == Selection.of_rectangle(CANVAS)
    outside = shapes.polygon([(-90, -90), (-10, -90), (-10, -10)], CANVAS)
    assert outside.empty


def test_reshaping_needs_a_selection() -> None:
    with pytest.raises(DocumentError, match="Nothing is selected"):
        selection.grow(start(), 5)
    with pytest.raises(DocumentError, match="between 0"):
        selection.grow(selection.select_all(start()), 100_000)


def test_inverting_nothing_and_everything() -> None:
    assert selection.deselect(selection.select_all(start())).selection is None
    none = selection.invert(start()).selection
    assert none is not None
    assert none.empty
