from dataclasses import replace

import msgspec
import numpy as np
import pytest

from helpers.painted import finished, variant
from helpers.stages import filled
from scumble_editor.document.composite import composite
from scumble_editor.document.document import Document
from scumble_editor.document.edits import layers as edits
from scumble_editor.document.edits.canvas import crop
from scumble_editor.document.edits.selection import select
from scumble_editor.document.errors import DocumentError
from scumble_editor.document.layer import Group, Layer
from scumble_editor.document.selection import Selection
from scumble_editor.generation.actions import PaintAction
from scumble_editor.generation.asking import Asked, ask
from scumble_editor.generation.results import elsewhere, with_result
from scumble_editor.generation.settings import Settings
from scumble_protocol.geometry import Bounds
from scumble_protocol.jobs import Job
from scumble_protocol.painted import Layer as Painted

PLACE = Bounds(40, 30, 60, 50)


def document() -> Document:
    return select(filled((9, 9, 9)), Selection.of_rectangle(PLACE))


def asked(variants: int = 1) -> Asked:
    return ask(document(), Settings(prompt="a red  heart", seed=5, variants=variants))


def test_one_result_is_one_layer_with_a_mask_and_its_recipe() -> None:
    before = document()
    after = with_result(before, finished(asked(), variant(PLACE, (200, 0, 0), 5)))
    layer = after.active
    assert isinstance(layer, Layer)
    assert layer.name == "a red heart"
    assert layer.mask is not None
    shown, was = composite(after), composite(before)
    inside = Bounds(44, 34, 52, 42)
    assert np.unique(shown[inside.slices][..., 0]).tolist() == [200]
    shown[inside.slices] = was[inside.slices]
    assert np.array_equal(shown, was), "only what the mask shows has changed"
    assert layer.read(PLACE)[0, 0].tolist() == [200, 0, 0, 255], "there is paint in the margin"


def test_a_recipe_is_a_job_and_remembers_what_was_asked() -> None:
    after = with_result(document(), finished(asked(2), *two()))
    layer = after.active
    assert isinstance(layer, Layer)
    assert layer.recipe is not None
    job = msgspec.json.decode(layer.recipe, type=Job)
    assert (job.task.seed, job.task.variants, job.task.prompt) == (5, 1, "a red  heart")
    kept = msgspec.json.decode(layer.recipe)["settings"]
    assert msgspec.convert(kept, Settings) == msgspec.structs.replace(asked(1).settings)


def two() -> tuple[Painted, Painted]:
    return variant(PLACE, (200, 0, 0), 5), variant(PLACE, (0, 0, 200), 6)


def test_several_variants_are_one_group_of_which_the_first_is_shown() -> None:
    before = document()
    after = with_result(before, finished(asked(2), *two()))
    group = after.layers[-1]
    assert isinstance(group, Group)
    assert group.name == "a red heart"
    assert [child.name for child in group.children] == [
        "a red heart (2 of 2)",
        "a red heart (1 of 2)",
    ]
    assert [child.visible for child in group.children] == [False, True]
    assert after.active_id == group.children[-1].id
    single = with_result(before, finished(asked(), two()[0]))
    assert np.array_equal(composite(after), composite(single))


def test_a_result_goes_above_the_layer_it_was_asked_from() -> None:
    ground = document()
    other = Layer(name="other")
    later = edits.add_layer(ground, other)
    after = with_result(
        later, finished(asked(), variant(PLACE, (1, 2, 3), 5), above=ground.active_id)
    )
    assert [node.name for node in after.layers] == ["Ground", "a red heart", "other"]


def test_of_two_results_asked_for_one_place_the_later_is_on_top() -> None:
    ground = document()
    above = ground.active_id
    first = finished(asked(2), *(variant(PLACE, (1, 2, 3), seed) for seed in (5, 6)), above=above)
    second = finished(asked(), variant(PLACE, (200, 0, 0), 7), above=above, behind=(first.job.id,))
    own = Layer(name="painted by hand meanwhile")
    meanwhile = edits.add_layer(with_result(ground, first), own)
    meanwhile = replace(meanwhile, layers=(*meanwhile.layers[:2], own))

    after = with_result(meanwhile, second)

    variants, later, hand = after.layers[1:]
    assert isinstance(variants, Group)
    assert later.id == after.active_id
    assert hand is own
    assert composite(after)[PLACE.y + 25, PLACE.x + 30, 0] == 200


def test_a_result_whose_layer_was_deleted_goes_above_the_active_one() -> None:
    after = with_result(document(), finished(asked(), variant(PLACE, (1, 2, 3), 5), above="gone"))
    assert [node.name for node in after.layers] == ["Ground", "a red heart"]


def test_nothing_painted_is_said() -> None:
    with pytest.raises(DocumentError, match="nothing was changed"):
        with_result(document(), finished(asked()))


def test_an_enlarged_picture_scales_the_canvas_unless_its_size_was_changed_meanwhile() -> None:
    before = document()
    task = ask(before, Settings(action=PaintAction.UPSCALE, factor=2))
    size = before.size.scaled(2)
    result = finished(task, variant(size.bounds, (200, 0, 0), 5))
    assert with_result(before, result).size == size
    assert elsewhere(result, before) == ""

    cut = crop(before, Bounds(0, 0, 100, 90))
    after = with_result(cut, result)
    assert after.size == cut.size
    assert np.array_equal(composite(edits.delete(after, after.active_id or "")), composite(cut))
    assert "is 100 × 90 px now" in elsewhere(result, cut)
