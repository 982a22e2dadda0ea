"""Edits of layer masks."""

import numpy as np
import pytest

from helpers.pictures import gray_noise, noise
from scumble_editor.document.composite import composite
from scumble_editor.document.document import Document
from scumble_editor.document.edits import layers, masks, selection
from scumble_editor.document.errors import DocumentError, LockedLayerError
from scumble_editor.document.formats import Pixels
from scumble_editor.document.selection import Selection
from scumble_protocol.geometry import Bounds, Point

CANVAS = Bounds(0, 0, 300, 280)


def start() -> tuple[Document, str]:
    document = Document.of_image(noise(300, 280))
    assert document.active_id is not None
    return document, document.active_id


def values(document: Document, node_id: str) -> Pixels:
    mask = document.find(node_id).mask
    assert mask is not None
    return mask.read(CANVAS)


def test_a_fresh_mask_shows_all_or_nothing() -> None:
    document, layer_id = start()
    white = masks.add_mask(document, layer_id)
    assert np.array_equal(composite(white), composite(document))
    assert not composite(masks.add_mask(document, layer_id, shows_all=False)).any()


def test_a_mask_from_a_selection_shows_what_is_selected() -> None:
    document, layer_id = start()
    chosen = Selection.of(gray_noise(60, 60), Point(20, 20))
    masked = masks.add_mask(selection.select(document, chosen), layer_id)
    assert np.array_equal(values(masked, layer_id), chosen.read(CANVAS))
    hidden = masks.add_mask(selection.select(document, chosen), layer_id, shows_all=False)
    assert np.array_equal(values(hidden, layer_id), 255 - chosen.read(CANVAS))
    assert selection.select_mask(masked, layer_id).selection == chosen


def test_a_second_mask_is_refused() -> None:
    document, layer_id = start()
    with pytest.raises(DocumentError, match="already"):
        masks.add_mask(masks.add_mask(document, layer_id), layer_id)
    with pytest.raises(DocumentError, match="no mask"):
        masks.delete_mask(document, layer_id)


def test_inverting_twice_is_nothing() -> None:
    document, layer_id = start()
    masked = masks.mask_from_alpha(document, layer_id)
    once = masks.invert_mask(masked, layer_id)
    assert np.array_equal(values(once, layer_id), 255 - values(masked, layer_id))
    assert masks.invert_mask(once, layer_id) == masked


def test_painting_a_mask_brings_it_towards_a_value_within_the_selection() -> None:
    document, layer_id = start()
    masked = masks.add_mask(document, layer_id)
    chosen = selection.select(masked, Selection.of_rectangle(Bounds(0, 0, 30, 280)))
    whole = np.full((50, 50), 255, np.uint8)
    painted = masks.paint_mask(chosen, layer_id, whole, Point(10, 10), 0)
    found = values(painted, layer_id)
    assert (found[10:60, 10:30] == 0).all()
    assert (found[10:60, 30:] == 255).all()
    half = masks.paint_mask(masked, layer_id, whole, Point(0, 0), 0, opacity=0.5)
    assert values(half, layer_id)[0, 0] == 128


def test_a_masks_stroke_over_its_base_does_not_build_up() -> None:
    document, layer_id = start()
    masked = masks.add_mask(document, layer_id)
    base = masked.find(layer_id).mask
    dab = gray_noise(40, 40)
    once = masks.paint_mask(masked, layer_id, dab, Point(0, 0), 0, opacity=0.5, base=base)
    twice = masks.paint_mask(once, layer_id, dab, Point(0, 0), 0, opacity=0.5, base=base)
    assert np.array_equal(values(once, layer_id), values(twice, layer_id))


def test_applying_a_mask_keeps_the_look() -> None:
    document, layer_id = start()
    chosen = Selection.of(gray_noise(300, 280))
    masked = masks.add_mask(selection.select(document, chosen), layer_id)
    applied = masks.apply_mask(masked, layer_id)
    assert applied.find(layer_id).mask is None
    before, after = composite(masked), composite(applied)
    assert np.array_equal(before[..., 3], after[..., 3])
    assert np.abs(before.astype(int) - after)[after[..., 3] > 0].max() <= 1


def test_a_mask_set_aside_is_not_applied() -> None:
    document, layer_id = start()
    black = masks.add_mask(document, layer_id, shows_all=False)
    aside = masks.set_mask_enabled(black, layer_id, False)
    assert np.array_equal(composite(aside), composite(document))
    assert masks.apply_mask(aside, layer_id) == document


def test_masks_move_with_their_layer_and_keep_to_locks() -> None:
    document, layer_id = start()
    masked = masks.mask_from_alpha(document, layer_id)
    moved = layers.move(masked, layer_id, 40, 30)
    assert np.array_equal(values(moved, layer_id)[30:, 40:], values(masked, layer_id)[:-30, :-40])
    with pytest.raises(LockedLayerError):
        masks.delete_mask(layers.set_locked(masked, layer_id, True), layer_id)
