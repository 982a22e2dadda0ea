"""Finding: what is asked of a model, and ranges of depths as soft selections."""

from dataclasses import replace

import msgspec
import numpy as np
import pytest

from helpers.finished_jobs import PLACE, finished_for, selected_document
from helpers.pictures import layer
from scumble_editor.document.document import Document
from scumble_editor.document.errors import DocumentError
from scumble_editor.document.selection import Combine, Selection
from scumble_editor.generation.actions import PaintAction
from scumble_editor.generation.again import ask_again
from scumble_editor.generation.asking import ask
from scumble_editor.generation.finding import ask_by_words, ask_depth, histogram, within_depths
from scumble_editor.generation.results import Finished, painting_of, with_result
from scumble_editor.generation.settings import Settings
from scumble_protocol.geometry import Bounds, Extent
from scumble_protocol.jobs import Depth, DepthToImage, DiffEditSelect, Job
from scumble_protocol.painted import Layer as PaintedLayer
from scumble_protocol.painted import Painted

ASKED = Settings(prompt="left in the panel", negative_prompt="rain", model="miniature", variants=3)


def test_words_are_looked_for_in_the_whole_picture_against_others_or_nothing() -> None:
    document = selected_document()
    asked = ask_by_words(document, ASKED, " a red ball ", "")
    task = asked.task
    assert isinstance(task, DiffEditSelect)
    assert (task.source_prompt, task.prompt, task.negative_prompt) == ("a red ball", "", "")
    assert task.variants == 1
    assert task.image.extent == document.size
    with pytest.raises(DocumentError, match="in a few words"):
        ask_by_words(document, ASKED, "  ")
    with pytest.raises(DocumentError, match="needs a picture"):
        ask_by_words(Document(size=Extent(9, 9)), ASKED, "a ball")
    depth = ask_depth(document, ASKED).task
    assert isinstance(depth, Depth)
    assert depth.prompt == ""


def test_a_place_that_was_found_meets_the_selection_as_was_chosen() -> None:
    document = selected_document()
    asked = ask_by_words(document, ASKED, "a ball")
    found = np.zeros((200, 300), np.uint8)
    found[100:150, 200:260] = 200
    answer = PaintedLayer(found, None, document.bounds, 0, None)
    finished = Finished(
        job=Job(id="found-it-here", task=asked.task),
        settings=asked.settings,
        painted=Painted((answer,), finished_for(document, Settings(prompt="x")).painted.report),
        how=Combine.ADD,
    )
    after = with_result(document, finished)
    assert after.layers is document.layers
    assert after.selection is not None
    assert after.selection.bounds == PLACE.union(Bounds(200, 100, 60, 50))
    assert painting_of(finished, after, 1.0) is None
    fresh = with_result(document, replace(finished, how=Combine.REPLACE))
    assert fresh.selection == Selection.of(found)


def test_a_range_of_depths_has_soft_ends() -> None:
    depth = np.arange(256, dtype=np.uint8)[None].repeat(4, axis=0)
    place = within_depths(depth, 100, 200, 9)[0]
    assert set(place[100:201].tolist()) == {255}
    assert place[:91].max() == 0
    assert place[210:].max() == 0
    assert np.all(np.diff(place[90:101].astype(int)) > 0)
    hard = within_depths(depth, 100, 200, 0)[0]
    assert hard[99] < 128 <= hard[100]
    assert histogram(depth).max() == 1
    assert histogram(np.zeros((3, 3), np.uint8))[0] == 1


def test_the_layers_that_say_how_to_paint_are_not_seen_by_the_model() -> None:
    document = selected_document()
    grey = layer(9, size=300, name="Depth")
    with_depth = replace(document, layers=(*document.layers, grey), active_id=grey.id)
    settings = Settings(action=PaintAction.DEPTH, prompt="ice", seed=1, depth_layer=grey.id)
    asked = ask(with_depth, settings).task
    plain = ask(document, msgspec.structs.replace(settings, depth_layer=None)).task
    assert isinstance(asked, DepthToImage)
    assert isinstance(plain, DepthToImage)
    assert asked.image == plain.image
    assert asked.depth_map is not None
    finished = finished_for(with_depth, settings)
    after = with_result(with_depth, finished)
    kept = painting_of(finished, after, 1.0)
    assert kept is not None
    again = ask_again(after, kept.layers[0], kept.selection)
    assert (again.asked.task, again.notices) == (finished.job.task, ())
