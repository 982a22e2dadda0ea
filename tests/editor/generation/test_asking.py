from dataclasses import replace

import numpy as np
import pytest

from helpers.pictures import noise
from helpers.stages import blank, filled
from scumble_editor.document.composite import composite
from scumble_editor.document.document import Document
from scumble_editor.document.edits import layers as edits
from scumble_editor.document.edits.selection import select
from scumble_editor.document.errors import DocumentError
from scumble_editor.document.layer import Group, Layer
from scumble_editor.document.selection import Selection
from scumble_editor.document.tiles import Tiles
from scumble_editor.generation.actions import PaintAction
from scumble_editor.generation.asking import Asked, ask, beneath
from scumble_editor.generation.expanding import expanded
from scumble_editor.generation.settings import Settings, Sides
from scumble_protocol.geometry import Bounds, Extent
from scumble_protocol.images import Mode, Pixels
from scumble_protocol.jobs import (
    DepthToImage,
    DiffEdit,
    Fill,
    ImageToImage,
    Inpaint,
    TextToImage,
)

PLACE = Bounds(40, 30, 60, 50)


def with_place(document: Document) -> Document:
    return select(document, Selection.of_rectangle(PLACE))


def drawn() -> Document:
    return Document.of_image(noise(300, 200, 3, opaque=True))


def selection_of(asked: Asked) -> Pixels:
    task = asked.task
    assert isinstance(task, (Inpaint, ImageToImage, DepthToImage, DiffEdit))
    assert task.selection is not None
    return asked.pictures[task.selection.hash]


def picture_of(asked: Asked) -> Pixels:
    task = asked.task
    assert isinstance(task, (Inpaint, ImageToImage, DepthToImage, DiffEdit))
    return asked.pictures[task.image.hash]


@pytest.mark.parametrize(
    ("action", "kind", "strength", "fill"),
    [
        (PaintAction.FILL, Inpaint, 1.0, Fill.NEUTRAL),
        (PaintAction.REMOVE, Inpaint, 1.0, Fill.BORDER),
        (PaintAction.BACKGROUND, Inpaint, 1.0, Fill.NEUTRAL),
        (PaintAction.ADD, Inpaint, 0.9, Fill.ORIGINAL),
        (PaintAction.REFINE, ImageToImage, 0.45, Fill.ORIGINAL),
        (PaintAction.WHOLE, ImageToImage, 0.6, Fill.ORIGINAL),
        (PaintAction.DEPTH, DepthToImage, 0.8, Fill.ORIGINAL),
    ],
)
def test_each_action_becomes_its_task_with_its_own_strength(
    action: PaintAction, kind: type, strength: float, fill: Fill
) -> None:
    asked = ask(with_place(drawn()), Settings(action=action, prompt="a boat"))
    assert type(asked.task) is kind
    assert isinstance(asked.task, (Inpaint, ImageToImage, DepthToImage))
    assert asked.task.strength == strength
    assert asked.task.region.fill is fill
    assert asked.task.prompt == "a boat"


def test_what_the_painter_chose_goes_before_what_is_usual() -> None:
    settings = Settings(
        action=PaintAction.REMOVE,
        strength=0.7,
        fill=Fill.NOISE,
        feather=7.0,
        steps=12,
        guidance_scale=3.0,
        scheduler="ddim",
        variants=3,
        seed=99,
        match_colour=False,
    )
    task = ask(with_place(filled()), settings).task
    assert isinstance(task, Inpaint)
    assert (task.strength, task.region.fill, task.region.feather) == (0.7, Fill.NOISE, 7.0)
    assert (task.steps, task.guidance_scale, task.scheduler) == (12, 3.0, "ddim")
    assert (task.variants, task.seed, task.region.match_colour) == (3, 99, False)


def test_a_seed_is_drawn_where_none_was_chosen_and_is_told() -> None:
    first = ask(filled(), Settings(action=PaintAction.WHOLE))
    second = ask(filled(), Settings(action=PaintAction.WHOLE))
    assert first.settings.seed == first.task.seed
    assert first.task.seed != second.task.seed


def test_the_selection_is_sent_as_large_as_the_canvas() -> None:
    grey = selection_of(ask(with_place(filled()), Settings()))
    assert grey.shape == (200, 300)
    assert grey[PLACE.slices].min() == 255
    assert int((grey > 0).sum()) == PLACE.area


def test_a_background_is_what_is_not_selected() -> None:
    grey = selection_of(ask(with_place(filled()), Settings(action=PaintAction.BACKGROUND)))
    assert grey[PLACE.slices].max() == 0
    assert int((grey == 255).sum()) == 300 * 200 - PLACE.area


@pytest.mark.parametrize("canvas", [blank(), filled()], ids=["transparent", "white"])
def test_an_empty_canvas_is_painted_from_words(canvas: Document) -> None:
    task = ask(canvas, Settings(action=PaintAction.WHOLE, prompt="a hill")).task
    assert isinstance(task, TextToImage)
    assert task.extent == Extent(300, 200)


def test_transparency_is_sent_only_where_there_is_some() -> None:
    opaque = ask(drawn(), Settings(action=PaintAction.WHOLE))
    assert isinstance(opaque.task, ImageToImage)
    assert opaque.task.image.mode is Mode.RGB8
    hole = Layer(pixels=Tiles.of(np.full((50, 50, 4), 255, np.uint8)))
    part = replace(blank(), layers=(hole,), active_id=hole.id)
    seen = ask(part, Settings(action=PaintAction.WHOLE))
    assert isinstance(seen.task, ImageToImage)
    assert seen.task.image.mode is Mode.RGBA8


def test_the_model_sees_what_its_result_will_lie_on() -> None:
    ground = filled((10, 20, 30))
    assert ground.active_id is not None
    above = Layer(pixels=Tiles().filled(ground.bounds, np.array((200, 0, 0, 255), np.uint8)))
    document = edits.activate(edits.add_layer(ground, above), ground.active_id)
    settings = Settings(action=PaintAction.REFINE)
    picture = picture_of(ask(with_place(document), settings))
    assert np.array_equal(picture, composite(ground)[..., :3])
    top = edits.activate(document, above.id)
    assert picture_of(ask(with_place(top), settings))[0, 0].tolist() == [200, 0, 0]


def test_inside_a_group_what_is_above_in_it_is_left_out_too() -> None:
    low, high, last = Layer(name="low"), Layer(name="high"), Layer(name="last")
    group = Group(children=(low, high))
    document = Document(size=Extent(9, 9), layers=(Layer(), group, last), active_id=low.id)
    kept = [node.name for node in beneath(document).walk()]
    assert kept == ["Layer", "Group", "low"]


def test_a_layer_of_greys_is_taken_for_depth() -> None:
    document = filled()
    map_ = Layer(pixels=Tiles.of(np.full((200, 300, 4), (128, 128, 128, 255), np.uint8)))
    asked = ask(
        edits.add_layer(document, map_), Settings(action=PaintAction.DEPTH, depth_layer=map_.id)
    )
    assert isinstance(asked.task, DepthToImage)
    assert asked.task.depth_map is not None
    assert np.unique(asked.pictures[asked.task.depth_map.hash]).tolist() == [128]


def test_one_thing_for_another_names_what_is_there() -> None:
    settings = Settings(action=PaintAction.EDIT, source_prompt="apples", prompt="pears")
    task = ask(filled(), settings).task
    assert isinstance(task, DiffEdit)
    assert (task.source_prompt, task.prompt, task.selection) == ("apples", "pears", None)


def test_what_is_lacking_is_said_and_nothing_is_asked() -> None:
    with pytest.raises(DocumentError, match="Select a place first"):
        ask(filled(), Settings(action=PaintAction.FILL))
    with pytest.raises(DocumentError, match="No side was chosen"):
        expanded(filled(), Sides())


def test_a_canvas_grows_and_the_new_room_is_selected_with_an_overlap() -> None:
    before = filled((5, 90, 5))
    after = expanded(before, Sides(left=64, bottom=32))
    assert after.size == Extent(364, 232)
    picture = composite(after)
    assert np.array_equal(picture[:200, 64:], composite(before))
    assert picture[:, :64, 3].max() == 0
    grey = selection_of(ask(after, Settings(action=PaintAction.EXPAND)))
    assert grey[:, :64].min() == 255
    assert grey[200:].min() == 255
    assert grey[100, 64] == 255  # the overlap
    assert grey[100, 200] == 0
    assert grey[0, 363] == 0  # no overlap at a side that does not grow
