"""The gallery: results outlive undo, closing, a crash and other edits, within a budget."""

from dataclasses import replace
from pathlib import Path

from helpers.pictures import gray_noise, layer, noise
from scumble_editor.document.document import Document
from scumble_editor.document.edits.results import Result, add_results
from scumble_editor.document.layer import Mask
from scumble_editor.document.paintings import Painting, within
from scumble_editor.document.selection import Selection
from scumble_editor.history.gallery import Gallery
from scumble_editor.history.history import History
from scumble_editor.history.journal import Journal
from scumble_editor.history.recovery import recover, recoverable
from scumble_protocol.geometry import Bounds, Point


def painting(seed: int, variants: int = 2) -> Painting:
    mask = Mask.of(gray_noise(50, 40, seed), Point(20, 10))
    return Painting(
        layers=tuple(
            layer(seed * 10 + k, Point(12, 8), recipe=f'{{"seed":{seed + k}}}', mask=mask)
            for k in range(variants)
        ),
        seconds=1000.0 + seed,
        selection=Selection.of_rectangle(Bounds(20, 10, 50, 40)),
    )


def started(folder: Path) -> History:
    return History(Document.of_image(noise(200, 150, 1)), journal=Journal.create(folder, "Killed"))


def test_undo_of_an_applied_result_leaves_it_in_the_gallery(tmp_path: Path) -> None:
    history = started(tmp_path)
    kept = painting(1)
    history.gallery.keep(kept)
    history.record(replace(history.document, layers=(*history.document.layers, kept.layers[0])), "")
    history.undo()
    history.record(add_results(history.document, [Result(pixels=noise(9, 9), at=Point(0, 0))]), "")
    assert history.gallery.paintings == (kept,)
    history.close()


def test_a_crash_loses_no_result_and_none_comes_back_that_was_deleted(tmp_path: Path) -> None:
    history = started(tmp_path)
    first, second, third = (painting(seed) for seed in (1, 2, 3))
    for one in (first, second, third):
        history.gallery.keep(one)
    history.gallery.delete(second.id)
    history.close(discard=False)
    (found,) = recoverable(tmp_path)
    again = recover(found.path)
    assert again.gallery.paintings == (first, third)
    assert [one.recipe for one in again.gallery.paintings] == ['{"seed":1}', '{"seed":3}']
    again.close()


def test_forgetting_steps_forgets_no_result(tmp_path: Path) -> None:
    history = started(tmp_path)
    kept = painting(4)
    history.gallery.keep(kept)
    first = history.current.id
    history.record(Document.of_image(noise(200, 150, 2)), "Another")
    journal = history.journal
    assert journal is not None
    assert journal.flush()
    journal.delete((first,), history.current.id)
    history.close(discard=False)
    (found,) = recoverable(tmp_path)
    again = recover(found.path)
    assert again.gallery.paintings == (kept,)
    again.close()


def test_over_the_budget_the_oldest_go_and_the_latest_stays() -> None:
    paintings = tuple(painting(seed, variants=1) for seed in range(4))
    one = sum(plane.nbytes for plane in paintings[0].planes())
    assert within(paintings, 2 * one) == paintings[2:]
    assert within(paintings, 1) == paintings[3:]
    assert within((), 1) == ()


def test_paintings_that_share_their_tiles_count_once() -> None:
    first = painting(1, variants=1)
    again = replace(first, id="again")
    one = sum(plane.nbytes for plane in first.planes())
    assert within((first, again), one) == (first, again)


def test_a_full_gallery_says_how_many_it_let_go_and_the_journal_forgets_them_too(
    tmp_path: Path,
) -> None:
    journal = Journal.create(tmp_path, "Full")
    paintings = tuple(painting(seed, variants=1) for seed in range(3))
    one = sum(plane.nbytes for plane in paintings[0].planes())
    gallery = Gallery(journal=journal, budget_bytes=2 * one)
    assert [gallery.keep(each) for each in paintings] == [0, 0, 1]
    assert gallery.keep(replace(paintings[2], seconds=9.0)) == 0
    assert journal.flush()
    assert {each.id for each in journal.paintings()} == {each.id for each in paintings[1:]}
    journal.discard()
