from dataclasses import replace

import msgspec
import numpy as np

from helpers.finished_jobs import PLACE, selected_document
from helpers.stages import filled
from scumble_editor.document.layer import Layer
from scumble_editor.document.tiles import Tiles
from scumble_editor.generation.actions import PaintAction
from scumble_editor.generation.asking import ask
from scumble_editor.generation.live import MOST_STEPS, USUAL_STEPS, live_settings
from scumble_editor.generation.planning import in_words, question_about
from scumble_editor.generation.settings import Settings
from scumble_protocol.geometry import Bounds, Extent
from scumble_protocol.jobs import ImageToImage, Inpaint
from scumble_protocol.messages import Planned, PlannedIsland, PlannedPass


def test_a_question_has_the_numbers_of_the_job_that_would_be_sent() -> None:
    document = selected_document()
    settings = Settings(prompt="a hill", feather=12.0, steps=9, variants=2, strength=0.8, seed=1)
    question, task = question_about(document, settings), ask(document, settings).task
    assert question is not None
    assert isinstance(task, Inpaint)
    assert question.task == "inpaint"
    assert question.parts == (PLACE,)
    assert (question.strength, question.steps, question.variants) == (0.8, 9, 2)
    assert question.region == task.region


def test_there_is_no_plan_for_what_the_model_has_to_find_first() -> None:
    assert question_about(selected_document(), Settings(action=PaintAction.EDIT)) is None
    assert question_about(filled(width=9, height=9), Settings(action=PaintAction.FILL)) is None


def test_the_whole_canvas_is_asked_about_without_parts() -> None:
    for document, task in ((selected_document(), "img2img"), (filled(), "text2image")):
        question = question_about(document, Settings(action=PaintAction.WHOLE))
        assert question is not None
        assert (question.task, question.parts) == (task, ())


def test_a_plan_reads_as_a_painter_would_say_it() -> None:
    first = PlannedPass(bounds=Bounds(0, 0, 9, 9), extent=Extent(512, 640), steps=20, strength=1.0)
    second = PlannedPass(
        bounds=Bounds(0, 0, 9, 9), extent=Extent(1180, 1475), steps=8, strength=0.4
    )
    island = PlannedIsland(
        selection=Bounds(0, 0, 9, 9),
        mask=Bounds(0, 0, 9, 9),
        context=Bounds(0, 0, 9, 9),
        feather=1,
        grow=1,
        blend=1,
        reach=1,
        passes=(first, second),
    )
    plan = Planned(request="r1", islands=(island,), seconds=7.2)
    assert in_words(plan) == "about 7 s, 512 × 640, then refined to 1180 × 1475"
    once = msgspec.structs.replace(island, passes=(first,))
    assert in_words(Planned(request="r1", islands=(once, once))) == (
        "512 × 640, and 1 more in their turn"
    )


def greys(document_size: Extent) -> Layer:
    """A layer that is black at the left and white at the right."""
    rgba = np.full((document_size.height, document_size.width, 4), 255, np.uint8)
    rgba[..., :3] = np.linspace(0, 255, document_size.width).astype(np.uint8)[None, :, None]
    return Layer(name="Map", pixels=Tiles.of(rgba))


def test_a_strength_map_says_how_much_may_change_and_is_not_seen_by_the_model() -> None:
    document = selected_document()
    plain = ask(document, Settings(action=PaintAction.REFINE, seed=1))
    mapped = replace(document, layers=(*document.layers, greys(document.size)))
    settings = Settings(action=PaintAction.REFINE, seed=1, strength_layer=mapped.layers[-1].id)
    asked = ask(replace(mapped, active_id=mapped.layers[-1].id), settings)

    assert isinstance(plain.task, ImageToImage)
    assert isinstance(asked.task, ImageToImage)
    assert asked.task.image == plain.task.image
    assert asked.task.selection is not None
    sent = np.asarray(asked.pictures[asked.task.selection.hash])
    inside = sent[PLACE.slices]
    assert (np.diff(inside[0].astype(int)) >= 0).all()
    assert 0 < inside[0, 0] < inside[0, -1] < 255
    sent = sent.copy()
    sent[PLACE.slices] = 0
    assert not sent.any()


def test_a_strength_map_alone_is_a_soft_selection_of_the_whole_canvas() -> None:
    document = selected_document()
    mapped = replace(document, selection=None, layers=(*document.layers, greys(document.size)))
    settings = Settings(action=PaintAction.WHOLE, seed=1, strength_layer=mapped.layers[-1].id)
    task = ask(mapped, settings).task
    assert isinstance(task, ImageToImage)
    assert task.selection is not None
    question = question_about(mapped, settings)
    assert question is not None
    assert question.parts[0].right == document.size.width


def test_a_map_of_another_picture_is_none_here() -> None:
    task = ask(selected_document(), Settings(seed=1, strength_layer="elsewhere")).task
    assert isinstance(task, Inpaint)


def test_live_painting_takes_few_steps_one_variant_and_one_seed() -> None:
    live = live_settings(Settings(steps=40, variants=4), seed=5)
    assert (live.steps, live.variants, live.seed) == (USUAL_STEPS, 1, 5)
    chosen = live_settings(Settings(steps=MOST_STEPS, seed=9), seed=5)
    assert (chosen.steps, chosen.seed) == (MOST_STEPS, 9)
