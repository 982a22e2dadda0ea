"""Edits of the layer tree."""

from dataclasses import replace

import numpy as np
import pytest

from helpers.pictures import CANVAS, layer, noise, rich_document
from scumble_editor.document.composite import composite
from scumble_editor.document.document import Document
from scumble_editor.document.edits import layers
from scumble_editor.document.edits.results import Result, add_results
from scumble_editor.document.errors import DocumentError, LockedLayerError, NoSuchLayerError
from scumble_editor.document.layer import Group, Layer
from scumble_editor.document.modes import BlendMode
from scumble_protocol.geometry import Extent, Point


def stack(*names: str) -> Document:
    nodes = tuple(Layer(id=name, name=name) for name in names)
    return Document(size=Extent(64, 64), layers=nodes, active_id=names[-1])


def order(document: Document) -> list[str]:
    return [node.name for node in document.walk()]


def test_a_layer_goes_above_the_active_one() -> None:
    document = layers.add_layer(layers.activate(stack("a", "b"), "a"), Layer(id="n", name="n"))
    assert order(document) == ["a", "n", "b"]
    assert document.active_id == "n"


def test_the_first_layer_of_an_empty_document_is_active() -> None:
    assert layers.add_layer(Document(size=Extent(4, 4)), Layer(id="n")).active_id == "n"


def test_deleting_activates_the_layer_beneath() -> None:
    document = layers.delete(stack("a", "b", "c"), "b")
    assert (order(document), document.active_id) == (["a", "c"], "a")
    assert layers.delete(stack("a"), "a").active_id is None


def test_a_locked_layer_is_neither_deleted_nor_moved() -> None:
    document = layers.set_locked(stack("a", "b"), "b", True)
    with pytest.raises(LockedLayerError, match="locked"):
        layers.delete(document, "b")
    with pytest.raises(LockedLayerError):
        layers.move(document, "b", 1, 1)


def test_grouping_keeps_order_and_look() -> None:
    document = rich_document()
    chosen = [document.layers[index].id for index in (1, 2)]
    grouped = layers.group(document, chosen, "Both")
    made = grouped.active
    assert isinstance(made, Group)
    assert [child.id for child in made.children] == chosen
    assert len(grouped.layers) == len(document.layers) - 1
    assert np.abs(composite(grouped).astype(int) - composite(document)).max() <= 1
    assert layers.ungroup(grouped, made.id).layers == document.layers


def test_grouping_nothing_is_refused() -> None:
    with pytest.raises(DocumentError, match="at least one"):
        layers.group(stack("a"), [])


def test_grouping_a_group_and_its_child_takes_the_child_once() -> None:
    document = rich_document()
    outer = next(node for node in document.layers if isinstance(node, Group))
    grouped = layers.group(document, [outer.id, outer.children[0].id])
    ids = [node.id for node in grouped.walk()]
    assert len(ids) == len(set(ids)) == len(list(document.walk())) + 1


def test_a_group_cannot_move_into_itself() -> None:
    inner = Group(id="inner", name="inner")
    document = Document(size=Extent(4, 4), layers=(Group(id="g", name="g", children=(inner,)),))
    with pytest.raises(DocumentError, match="into itself"):
        layers.move_in_stack(document, "g", "inner", 0)


def test_moving_in_the_stack_counts_without_the_moved_one() -> None:
    assert order(layers.move_in_stack(stack("a", "b", "c"), "a", None, 2)) == ["b", "c", "a"]
    assert order(layers.raise_or_lower(stack("a", "b", "c"), "c", -1)) == ["a", "c", "b"]
    assert order(layers.raise_or_lower(stack("a", "b"), "b", 5)) == ["a", "b"]


def test_a_copy_has_ids_of_its_own_and_shares_its_pixels() -> None:
    document = rich_document()
    group = next(node for node in document.layers if isinstance(node, Group))
    copied = layers.duplicate(document, group.id).active
    assert isinstance(copied, Group)
    assert not {n.id for n in copied.children} & {n.id for n in document.walk()}
    first, second = copied.children[0], group.children[0]
    assert isinstance(first, Layer)
    assert isinstance(second, Layer)
    assert first.pixels is second.pixels


def test_merging_down_keeps_the_look_of_normal_layers() -> None:
    below = layer(1, Point(20, 10), opacity=0.8)
    above = layer(2, Point(50, 30), opacity=0.5, blend_mode=BlendMode.NORMAL)
    document = Document(size=CANVAS.extent, layers=(below, above), active_id=above.id)
    merged = layers.merge_down(document, above.id)
    assert len(merged.layers) == 1
    assert np.abs(composite(merged).astype(int) - composite(document)).max() <= 1


def test_there_must_be_something_to_merge_with() -> None:
    with pytest.raises(DocumentError, match="nothing beneath"):
        layers.merge_down(stack("a"), "a")


def test_a_missing_layer_is_named() -> None:
    with pytest.raises(NoSuchLayerError, match="ghost"):
        layers.set_opacity(stack("a"), "ghost", 0.5)


def test_an_opacity_beyond_its_range_is_refused() -> None:
    with pytest.raises(DocumentError, match="between 0 and 1"):
        layers.set_opacity(stack("a"), "a", 1.5)


def test_results_go_above_the_active_layer_and_only_the_first_shows() -> None:
    document = layers.activate(stack("a", "b"), "a")
    results = [
        Result(
            pixels=noise(40, 40, seed)[..., :3],
            at=Point(5, 5),
            mask=np.full((20, 20), 255, np.uint8),
            mask_at=Point(15, 15),
            name=f"Variant {seed}",
            recipe='{"seed": 1}',
        )
        for seed in range(3)
    ]
    added = add_results(document, results)
    assert order(added) == ["a", "Variant 2", "Variant 1", "Variant 0", "b"]
    assert [n.visible for n in added.layers[1:4]] == [False, False, True]
    assert added.active == added.layers[3]
    shown = composite(added)
    assert np.array_equal(shown[15:35, 15:35, :3], noise(40, 40, 0)[10:30, 10:30, :3])
    assert not shown[:15].any()
    ids = [node.id for node in added.layers[1:4]]
    browsed = layers.show_only(added, ids[0], ids)
    assert [n.visible for n in browsed.layers[1:4]] == [True, False, False]


def test_settings_leave_everything_else_shared() -> None:
    document = rich_document()
    changed = layers.set_blend_mode(document, document.layers[0].id, BlendMode.SCREEN)
    assert changed.layers[0] == replace(document.layers[0], blend_mode=BlendMode.SCREEN)
    assert all(a is b for a, b in zip(changed.layers[1:], document.layers[1:], strict=True))
