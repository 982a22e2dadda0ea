"""Later: the same job again after save and reopen, masks feathered anew, results put back."""

from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest

from helpers.finished_jobs import PLACE, finished_for, selected_document
from helpers.pictures import noise
from scumble_editor.document.composite import composite
from scumble_editor.document.document import Document
from scumble_editor.document.edits.layers import delete
from scumble_editor.document.edits.results import Result, add_results
from scumble_editor.document.errors import DocumentError
from scumble_editor.document.layer import Group, Layer
from scumble_editor.document.paintings import Painting
from scumble_editor.files.documents import open_document, save_document
from scumble_editor.generation.actions import PaintAction
from scumble_editor.generation.again import ask_again
from scumble_editor.generation.feathering import faded, refeathered
from scumble_editor.generation.gallery import search, shown
from scumble_editor.generation.putting_back import in_document, put_back
from scumble_editor.generation.results import Finished, painting_of, with_result
from scumble_editor.generation.settings import Settings
from scumble_protocol.geometry import Point
from scumble_protocol.tasks import Direction, Inpaint

FILL = Settings(prompt="a red heart", seed=5, steps=12, variants=2)


def placed(settings: Settings = FILL) -> tuple[Document, Finished, Painting]:
    """Return a document with a result in it, the job, and what the gallery keeps."""
    before = selected_document()
    job = finished_for(before, settings)
    after = with_result(before, job)
    kept = painting_of(job, after, 1000.0)
    assert kept is not None
    return after, job, kept


def reopened(document: Document, painting: Painting, folder: Path) -> tuple[Document, Painting]:
    save_document(document, folder / "a.ora", paintings=(painting,))
    opened = open_document(folder / "a.ora")
    assert opened.notices == ()
    return opened.document, opened.paintings[0]


def recipe_layers(document: Document) -> list[Layer]:
    return [node for node in document.walk() if isinstance(node, Layer) and node.recipe]


def test_after_save_and_reopen_a_recipe_asks_for_the_very_same_job(tmp_path: Path) -> None:
    document, job, kept = placed()
    again_document, again_kept = reopened(document, kept, tmp_path)
    for layer in recipe_layers(again_document):
        again = ask_again(again_document, layer, again_kept.selection)
        first = job.job.task
        seed = again.asked.task.seed
        assert again.notices == ()
        assert again.asked.task == msgspec.structs.replace(first, seed=seed, variants=1)
        assert all(image.hash in again.asked.pictures for image in job.job.images)
    assert sorted(layer_seed(layer) for layer in recipe_layers(document)) == [5, 6]


def layer_seed(layer: Layer) -> int:
    return int(msgspec.json.decode(layer.recipe or "")["task"]["seed"])


def test_changes_reach_the_job_and_its_recipe() -> None:
    document, job, kept = placed()
    layer = kept.layers[0]
    again = ask_again(document, layer, kept.selection, seed=77, steps=40, context=32.0)
    task = again.asked.task
    assert isinstance(task, Inpaint)
    assert (task.seed, task.steps, task.region.context) == (77, 40, 32.0)
    assert (again.asked.settings.seed, again.asked.settings.steps) == (77, 40)
    assert isinstance(job.job.task, Inpaint)
    assert task.image == job.job.task.image


def test_a_changed_ground_and_a_lost_selection_are_said_and_painted_all_the_same() -> None:
    document, _, kept = placed()
    ground = document.layers[0]
    repainted = replace(document, layers=(Layer(id=ground.id), *document.layers[1:]))
    repainted = replace(repainted, selection=None)
    again = ask_again(repainted, kept.layers[0])
    assert len(again.notices) == 2
    assert "changed since" in again.notices[0]
    task = again.asked.task
    assert isinstance(task, Inpaint)
    assert int(again.asked.pictures[task.selection.hash].max()) == 255
    bare = replace(kept.layers[0], mask=None)
    with pytest.raises(DocumentError, match="Select the place"):
        ask_again(repainted, bare)
    with pytest.raises(DocumentError, match="No model painted"):
        ask_again(repainted, replace(bare, recipe=None))


def test_a_background_that_was_replaced_is_painted_again_in_the_same_place() -> None:
    document, job, kept = placed(Settings(action=PaintAction.BACKGROUND, prompt="sea", seed=1))
    again = ask_again(document, kept.layers[0])
    assert again.notices == ()
    assert again.asked.task == job.job.task


def test_layers_painted_over_a_result_later_do_not_change_its_ground() -> None:
    document, job, kept = placed(msgspec.structs.replace(FILL, variants=1))
    above = Result(pixels=noise(300, 200, 9), at=Point(0, 0))
    covered = add_results(document, [above], above=document.layers[-1].id)
    again = ask_again(covered, kept.layers[0], kept.selection)
    assert again.notices == ()
    assert again.asked.task == job.job.task


def test_the_gallery_keeps_the_very_layers_of_the_document_and_the_place() -> None:
    document, _, kept = placed()
    there = {id(layer) for layer in recipe_layers(document)}
    assert {id(layer) for layer in kept.layers} == there
    assert [layer_seed(layer) for layer in kept.layers] == [5, 6]
    assert kept.selection is not None
    assert kept.selection.bounds == PLACE


def test_what_was_undone_or_deleted_is_put_back_with_all_its_variants() -> None:
    document, _, kept = placed()
    group = document.layers[-1]
    gone = delete(document, group.id)
    assert in_document(gone, kept) is None
    back = put_back(gone, kept)
    assert isinstance(back.layers[-1], Group)
    assert np.array_equal(composite(back), composite(document))
    assert in_document(back, kept) is not None
    twice = put_back(back, kept)
    ids = [node.id for node in twice.walk()]
    assert len(ids) == len(set(ids))
    single = replace(kept, layers=kept.layers[:1])
    assert isinstance(put_back(gone, single).layers[-1], Layer)


def test_the_gallery_is_searched_by_the_words_that_were_asked() -> None:
    entries = tuple(
        shown(placed(msgspec.structs.replace(FILL, prompt=words))[2])
        for words in ("a red heart", "a blue house")
    )
    assert [one.title for one in search(entries, "HOUSE blue")] == ["a blue house"]
    assert len(search(entries, "miniature fill")) == 2
    assert search(entries, "green") == ()
    nameless = shown(Painting(layers=(Layer(name="Old"),), seconds=1))
    assert (nameless.title, nameless.settings) == ("Old", None)


def test_a_mask_is_feathered_anew_from_the_place_alone() -> None:
    _, _, kept = placed()
    layer, place = kept.layers[0], kept.selection
    assert place is not None
    bounds = PLACE.padded(12)
    inside = refeathered(layer, place, 10, Direction.INSIDE)
    assert inside.mask is not None
    mask, selected = inside.mask.read(bounds), place.read(bounds)
    assert not mask[selected == 0].any()
    middle = inside.mask.read(PLACE)[25]
    assert middle[0] < 10
    assert middle[40] == 255
    assert np.all(np.diff(middle[:20].astype(int)) >= 0)
    outside = refeathered(layer, place, 10, Direction.OUTSIDE)
    assert outside.mask is not None
    assert outside.mask.read(PLACE).min() == 255
    assert outside.mask.read(bounds)[37, 8] > 0
    sides = refeathered(layer, place, 10, Direction.CENTRED)
    assert sides.mask is not None
    edge = sides.mask.read(bounds)[37]
    assert edge[11] < 128 <= edge[12]
    again = refeathered(outside, place, 10, Direction.INSIDE)
    assert again.mask == inside.mask
    assert again.pixels is layer.pixels


def test_without_the_place_the_mask_itself_is_the_start() -> None:
    _, _, kept = placed()
    layer = kept.layers[0]
    soft = refeathered(layer, None, 6, Direction.INSIDE)
    assert soft.mask is not None
    assert soft.mask.read(PLACE)[25, 0] < 30
    with pytest.raises(DocumentError, match="has no mask"):
        refeathered(replace(layer, mask=None), None, 6, Direction.INSIDE)
    with pytest.raises(DocumentError, match="no paint"):
        refeathered(Layer(), None, 6, Direction.INSIDE)


def test_no_feather_is_a_hard_edge_and_a_faint_place_still_counts() -> None:
    place = np.zeros((20, 20), np.uint8)
    place[5:15, 5:15] = 255
    assert np.array_equal(faded(place, 0, Direction.INSIDE), place)
    faint = (place // 4).astype(np.uint8)
    assert int(faded(faint, 0, Direction.INSIDE).max()) == int(faint.max())
