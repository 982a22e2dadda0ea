"""History: steps, gestures, merging, branches and the budget."""

from dataclasses import replace
from pathlib import Path

import pytest

from helpers.pictures import noise
from scumble_editor.document.document import Document
from scumble_editor.document.edits import layers
from scumble_editor.document.errors import DocumentError
from scumble_editor.document.layer import Layer
from scumble_editor.document.tiles import TILE, distinct_bytes
from scumble_editor.history.errors import HistoryError
from scumble_editor.history.history import History
from scumble_editor.history.journal import Journal
from scumble_protocol.geometry import Extent, Point

TILE_BYTES = TILE * TILE * 4


def start(tiles: int = 2) -> Document:
    return Document.of_image(noise(TILE * tiles, TILE * tiles))


def painted(document: Document, seed: int) -> Document:
    """Paint one tile in the active layer."""
    layer = document.active
    assert isinstance(layer, Layer)
    return document.changed(layer.id, lambda _: layer.written(noise(TILE, TILE, seed), Point(0, 0)))


def count(history: History) -> int:
    return len(history.line)


def test_undo_and_redo_give_back_the_very_same_documents() -> None:
    history = History(start())
    states = [history.document]
    states += [
        history.record(painted(history.document, seed), f"Stroke {seed}") for seed in range(5)
    ]
    for state in reversed(states[:-1]):
        assert history.undo() is state
    assert not history.can_undo
    assert history.undo() is states[0]
    for state in states[1:]:
        assert history.redo() is state
    assert not history.can_redo
    assert [step.label for step in history.line] == ["Open", *(f"Stroke {n}" for n in range(5))]


def test_memory_is_the_bytes_of_changed_tiles() -> None:
    history = History(start(tiles=4))
    assert history.bytes == 16 * TILE_BYTES
    history.record(painted(history.document, 1), "Stroke")
    assert history.bytes == 17 * TILE_BYTES
    history.record(layers.rename(history.document, history.document.layers[0].id, "x"), "Rename")
    assert history.bytes == 17 * TILE_BYTES


def test_one_gesture_is_one_step() -> None:
    history = History(start())
    with history.gesture("Brush stroke"):
        for seed in range(10):
            history.record(painted(history.document, seed), "Dab")
    assert [step.label for step in history.line] == ["Open", "Brush stroke"]
    assert history.bytes == 5 * TILE_BYTES
    before = history.undo()
    assert history.document is before
    assert not history.can_undo


def test_an_error_inside_a_gesture_takes_all_of_it_back() -> None:
    history = History(start())
    first = history.record(painted(history.document, 1), "Kept")
    history.undo()
    base = history.document

    def fail_half_way() -> None:
        with history.gesture("Broken"):
            history.record(painted(base, 2), "Dab")
            history.document.find("nothing")

    with pytest.raises(DocumentError):
        fail_half_way()
    assert history.document is base
    assert history.redo() is first


def test_a_gesture_within_a_gesture_is_a_part_of_it() -> None:
    history = History(start())
    with history.gesture("Outer"):
        history.record(painted(history.document, 1), "a")
        with history.gesture("Inner"):
            history.record(painted(history.document, 2), "b")
    assert [step.label for step in history.line] == ["Open", "Outer"]


def test_undo_in_the_middle_of_a_gesture_is_refused() -> None:
    history = History(start())
    history.record(painted(history.document, 1), "One")
    with history.gesture("Stroke"), pytest.raises(HistoryError, match="stroke in hand"):
        history.undo()


def test_a_slider_merges_until_it_is_let_go() -> None:
    history = History(start())
    layer_id = history.document.layers[0].id
    for percent in range(10):
        fresh = layers.set_opacity(history.document, layer_id, percent / 10)
        history.record(fresh, "Opacity", merge="opacity")
    assert count(history) == 2
    history.seal()
    history.record(layers.set_opacity(history.document, layer_id, 1.0), "Opacity", merge="opacity")
    assert count(history) == 3
    history.undo()
    assert history.document.layers[0].opacity == 0.9


def test_nothing_is_recorded_where_nothing_changed() -> None:
    history = History(start())
    history.record(history.document, "Nothing")
    with history.gesture("Empty"):
        pass
    assert count(history) == 1


def test_an_undone_branch_stays_reachable_by_jumping() -> None:
    history = History(start())
    base = history.document
    left = history.record(painted(base, 1), "Left")
    left_id = history.current.id
    history.undo()
    right = history.record(painted(base, 2), "Right")
    assert [step.label for step in history.line] == ["Open", "Right"]
    assert {step.label for step in history.steps} == {"Open", "Left", "Right"}
    assert history.jump(left_id) is left
    assert [step.label for step in history.line] == ["Open", "Left"]
    history.undo()
    assert history.redo() is left
    assert right is not left


def test_amending_is_no_step() -> None:
    history = History(start())
    history.amend(replace(history.document, active_id=None))
    assert count(history) == 1
    assert history.document.active_id is None


def test_the_oldest_steps_go_to_disk_and_come_back_identical() -> None:
    history = History(start(), budget_bytes=8 * TILE_BYTES)
    states = [history.document]
    states += [history.record(painted(history.document, n), f"{n}") for n in range(20)]
    history.settle()
    assert history.bytes <= 8 * TILE_BYTES
    assert not history.in_memory(history.line[0].id)
    for state in reversed(states[:-1]):
        assert history.undo() == state
    for state in states[1:]:
        assert history.redo() == state
    history.close()


def test_tiles_read_back_from_disk_are_shared_with_those_in_memory() -> None:
    history = History(start(tiles=4), budget_bytes=17 * TILE_BYTES)
    first = history.document.layers[0]
    for seed in range(4):
        history.record(painted(history.document, seed), f"{seed}")
    history.settle()
    assert not history.in_memory(1)
    del first
    restored = history.document_of(1)
    planes = [*restored.planes(), *history.document.planes()]
    tiles = [tile for plane in planes for tile in plane.mapping.values()]
    assert distinct_bytes(tiles) == 17 * TILE_BYTES
    history.close()


def test_what_is_too_much_for_the_disk_is_forgotten_from_the_far_end(tmp_path: Path) -> None:
    journal = Journal.create(tmp_path, "Test")
    history = History(
        start(), journal=journal, budget_bytes=8 * TILE_BYTES, disk_budget_bytes=6 * TILE_BYTES
    )
    for seed in range(30):
        history.record(painted(history.document, seed), f"{seed}")
        journal.flush()
    assert len(history.steps) < 30
    assert history.current.label == "29"
    kept = len(history.line)
    for _ in range(kept):
        history.undo()
    assert history.line[0].parent is None
    with pytest.raises(HistoryError, match="no longer"):
        history.jump(1)
    history.close()


def test_canvas_size_and_selection_are_undone_too() -> None:
    history = History(start())
    grown = replace(history.document, size=Extent(900, 900), selection=None)
    history.record(grown, "Canvas size")
    assert history.undo().size == Extent(512, 512)
    assert history.redo() is grown
