"""Previews are seen where the result will be, and nowhere else."""

import numpy as np

from helpers.stages import filled
from scumble_editor.document.composite import composite
from scumble_editor.document.selection import Selection
from scumble_editor.generation.ghosts import ghost_of, with_ghosts, with_previews
from scumble_protocol.geometry import Bounds
from scumble_protocol.painted import Glance

PLACE = Bounds(10, 6, 40, 30)


def glance(value: int = 200, mask: int | None = 255, bounds: Bounds = PLACE) -> Glance:
    pixels = np.full((6, 8, 3), value, np.uint8)
    cover = None if mask is None else np.full((3, 4), mask, np.uint8)
    return Glance(pixels, bounds, step=1, variant=0, mask=cover)


def test_a_preview_lies_stretched_in_its_place() -> None:
    document = filled(width=80, height=60)
    ghost = ghost_of(glance(), document.bounds, None, "ghost")
    assert ghost is not None

    shown = composite(with_ghosts(document, (ghost,), None))

    assert (shown[PLACE.slices][..., :3] == 200).all()
    shown[PLACE.slices] = composite(document)[PLACE.slices]
    assert np.array_equal(shown, composite(document))


def test_nothing_is_seen_outside_the_selection_to_the_pixel() -> None:
    document = filled(width=80, height=60)
    coverage = np.zeros((60, 80), np.uint8)
    coverage[10:20, 15:33] = 255
    ghost = ghost_of(glance(), document.bounds, Selection.of(coverage), "ghost")
    assert ghost is not None

    changed = (composite(with_ghosts(document, (ghost,), None)) != composite(document)).any(axis=2)

    assert np.array_equal(changed, coverage > 0)


def test_a_preview_that_will_be_half_seen_is() -> None:
    document = filled(width=80, height=60)
    ghost = ghost_of(glance(mask=128), document.bounds, None, "ghost")
    assert ghost is not None
    before = composite(document)[20, 20].astype(int)
    after = composite(with_ghosts(document, (ghost,), None))[20, 20].astype(int)
    assert abs((before + 200) / 2 - after)[:3].max() <= 2


def test_what_reaches_past_the_canvas_is_cut_and_what_lies_beside_it_is_nothing() -> None:
    canvas = Bounds(0, 0, 80, 60)
    cut = ghost_of(glance(bounds=Bounds(60, 40, 40, 40)), canvas, None, "ghost")
    assert cut is not None
    assert cut.content_bounds() == Bounds(60, 40, 20, 20)
    assert ghost_of(glance(bounds=Bounds(90, 0, 9, 9)), canvas, None, "ghost") is None


def test_a_preview_goes_above_the_layer_it_was_asked_from_and_on_top_where_that_is_gone() -> None:
    document = filled(width=80, height=60)
    ghost = ghost_of(glance(), document.bounds, None, "ghost")
    assert ghost is not None
    assert with_ghosts(document, (ghost,), document.layers[0].id).layers[1] is ghost
    assert with_ghosts(document, (ghost,), "gone").layers[-1] is ghost


def test_a_preview_that_is_taken_becomes_an_active_layer_of_its_own() -> None:
    document = filled(width=80, height=60)
    ghost = ghost_of(glance(), document.bounds, None, "ghost")
    assert ghost is not None
    taken = with_previews(document, (ghost,), None)
    assert taken.active_id == taken.layers[-1].id != ghost.id
