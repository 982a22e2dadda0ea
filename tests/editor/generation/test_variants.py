"""Variants are looked at one by one, and any of them kept; nothing else in the picture changes."""

import pytest

from helpers.finished_jobs import finished_for, selected_document
from scumble_editor.document.document import Document
from scumble_editor.document.layer import Group
from scumble_editor.generation.results import with_result
from scumble_editor.generation.settings import Settings
from scumble_editor.generation.variants import Variants, keeping, showing, variants_of


@pytest.fixture(name="browsed")
def _browsed() -> tuple[Document, Variants]:
    document = selected_document()
    asked = Settings(prompt="a hill", variants=4, seed=1)
    painted = with_result(document, finished_for(document, asked))
    variants = variants_of(painted, 4)
    assert variants is not None
    return painted, variants


def seen(document: Document, variants: Variants) -> list[int]:
    group = document.group(variants.group_id)
    visible = {child.id for child in group.children if child.visible}
    return [number for number, layer in enumerate(variants.layer_ids) if layer in visible]


def test_the_first_variant_is_the_first_seed(browsed: tuple[Document, Variants]) -> None:
    document, variants = browsed
    assert seen(document, variants) == [0]
    assert '"seed":1' in str(document.layer(variants.layer_ids[0]).recipe).replace(" ", "")


def test_one_variant_is_seen_at_a_time(browsed: tuple[Document, Variants]) -> None:
    document, variants = browsed
    third = showing(document, variants, variants.layer_ids[2])
    assert seen(third, variants) == [2]
    assert third.layers[0] is document.layers[0]


def test_one_that_is_kept_takes_the_place_of_its_group(browsed: tuple[Document, Variants]) -> None:
    document, variants = browsed
    kept = keeping(document, variants, {variants.layer_ids[3]})
    assert [node.id for node in kept.layers] == [document.layers[0].id, variants.layer_ids[3]]
    assert kept.layers[1].visible
    assert kept.active_id == variants.layer_ids[3]


def test_several_that_are_kept_stay_a_group(browsed: tuple[Document, Variants]) -> None:
    document, variants = browsed
    kept = keeping(document, variants, set(variants.layer_ids[1:3]))
    group = kept.layers[1]
    assert isinstance(group, Group)
    assert {child.id for child in group.children} == set(variants.layer_ids[1:3])
    assert [child.id for child in group.children if child.visible] == [variants.layer_ids[1]]


def test_none_kept_leaves_the_picture_as_it_was(browsed: tuple[Document, Variants]) -> None:
    document, variants = browsed
    gone = keeping(document, variants, set())
    assert gone.layers == document.layers[:1]
    assert gone.active_id == document.layers[0].id


def test_variants_that_are_gone_change_nothing(browsed: tuple[Document, Variants]) -> None:
    document, variants = browsed
    gone = keeping(document, variants, set())
    assert not variants.in_(gone)
    assert showing(gone, variants, variants.layer_ids[0]) is gone
