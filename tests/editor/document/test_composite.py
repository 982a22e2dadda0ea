"""The merged picture: order, opacity, masks, clipping and groups."""

from dataclasses import replace

import numpy as np
import pytest

from helpers.pictures import CANVAS, gray_noise, layer, noise, rich_document
from scumble_editor.document.composite import composite, composite_nodes
from scumble_editor.document.document import Document
from scumble_editor.document.edits import layers
from scumble_editor.document.formats import Pixels
from scumble_editor.document.layer import Group, Layer, Mask
from scumble_editor.document.modes import BlendMode
from scumble_editor.document.tiles import Tiles
from scumble_protocol.geometry import Bounds, Extent, Point

AREA = Bounds(0, 0, 90, 90)


def seen(rgba: Pixels) -> Pixels:
    """Return pixels with the colour of what cannot be seen set to 0."""
    return np.where(rgba[..., 3:] > 0, rgba, 0)


def furthest(left: Pixels, right: Pixels) -> int:
    """Return the largest difference between two pictures as they look over black and white."""
    worst = 0.0
    for ground in (0, 255):
        a, b = (
            p[..., :3] * (p[..., 3:] / 255) + ground * (1 - p[..., 3:] / 255) for p in (left, right)
        )
        worst = max(worst, float(np.abs(a - b).max()))
    return int(np.ceil(worst - 0.5))


def test_one_layer_is_shown_bit_for_bit() -> None:
    picture = noise(300, 200)
    assert np.array_equal(composite(Document.of_image(picture)), seen(picture))


def test_pixels_without_coverage_above_are_bit_identical() -> None:
    document = Document.of_image(noise(300, 200, opaque=True))
    mask = Mask.of(gray_noise(40, 40), Point(100, 60))
    over = layers.add_layer(document, layer(3, Point(70, 40), mask=mask))
    changed = (composite(over) != composite(document)).any(axis=2)
    assert changed.any()
    found = Bounds.of_mask(changed)
    assert found is not None
    assert Bounds(100, 60, 40, 40).contains(found)


def test_any_part_is_the_same_as_cut_from_the_whole() -> None:
    document = rich_document()
    whole = composite(document, Bounds(-50, -50, 500, 400))
    for part in (Bounds(13, 7, 200, 150), Bounds(250, 190, 80, 60), Bounds(-50, -50, 51, 51)):
        cut = whole[part.relative_to(Point(-50, -50)).slices]
        assert np.array_equal(composite(document, part), cut)


def test_an_opaque_layer_hides_what_is_beneath_without_reading_it() -> None:
    cover = Layer(pixels=Tiles.of(noise(90, 90, 4, opaque=True)))
    beneath = layer(5, blend_mode=BlendMode.DIFFERENCE)
    top = layer(6, opacity=0.5)
    alone = composite_nodes((cover, top), AREA)
    assert np.array_equal(composite_nodes((beneath, cover, top), AREA), alone)


def test_half_opacity_is_half_the_way() -> None:
    black = Layer(pixels=Tiles.of(np.full((4, 4, 4), (0, 0, 0, 255), np.uint8)))
    white = Layer(pixels=Tiles.of(np.full((4, 4, 4), 255, np.uint8)), opacity=0.5)
    assert composite_nodes((black, white), Bounds(0, 0, 4, 4))[0, 0].tolist() == [
        128,
        128,
        128,
        255,
    ]


def test_a_mask_multiplies_alpha_and_its_default_counts_outside() -> None:
    solid = Layer(pixels=Tiles.of(np.full((90, 90, 4), 200, np.uint8)))
    values = gray_noise(30, 30)
    inside = replace(solid, mask=Mask.of(values, Point(10, 10), outside=255))
    alpha = composite_nodes((inside,), AREA)[..., 3]
    assert alpha[0, 0] == 200
    assert np.abs(alpha[10:40, 10:40] - values * (200 / 255)).max() <= 0.5 + 1e-3
    hidden = replace(solid, mask=Mask.of(values, Point(10, 10)))
    assert composite_nodes((hidden,), AREA)[0, 0, 3] == 0


def test_a_mask_switched_off_does_nothing() -> None:
    plain = layer(1)
    off = replace(plain, mask=replace(Mask.of(gray_noise(9, 9)), enabled=False))
    assert np.array_equal(composite_nodes((off,), AREA), composite_nodes((plain,), AREA))


def test_clipping_never_covers_more_than_its_base() -> None:
    base, top = layer(1), layer(2, Point(20, 20), clipped=True)
    bare = composite_nodes((base,), Bounds(0, 0, 120, 120))
    both = composite_nodes((base, top), Bounds(0, 0, 120, 120))
    assert np.array_equal(both[..., 3], bare[..., 3])
    assert (both[..., :3] != bare[..., :3]).any()


@pytest.mark.parametrize("mode", [BlendMode.NORMAL, BlendMode.SRC_ATOP])
def test_clipping_in_normal_mode_is_source_atop(mode: BlendMode) -> None:
    base, top = layer(1), layer(2, opacity=0.6)
    clipped = composite_nodes((base, replace(top, clipped=True, blend_mode=mode)), AREA)
    atop = composite_nodes((base, replace(top, blend_mode=BlendMode.SRC_ATOP)), AREA)
    assert furthest(clipped, atop) <= 1


def test_a_base_that_is_hidden_hides_what_is_clipped_to_it() -> None:
    base, top = layer(1, visible=False), layer(2, clipped=True)
    assert not composite_nodes((base, top), AREA).any()


def test_a_clipped_layer_without_a_base_stands_for_itself() -> None:
    alone = layer(2, clipped=True)
    assert np.array_equal(
        composite_nodes((alone,), AREA), composite_nodes((replace(alone, clipped=False),), AREA)
    )


def test_a_plain_group_that_is_not_isolated_is_as_if_it_were_not_there() -> None:
    ground, first = layer(1), layer(2, blend_mode=BlendMode.MULTIPLY)
    second = layer(3, blend_mode=BlendMode.SCREEN, opacity=0.5)
    through = Group(children=(first, second), isolated=False)
    flat = composite_nodes((ground, first, second), AREA)
    assert np.array_equal(composite_nodes((ground, through), AREA), flat)
    isolated = composite_nodes((ground, replace(through, isolated=True)), AREA)
    assert (isolated != flat).any()


def test_a_group_with_opacity_is_isolated_whatever_it_says() -> None:
    ground, inner = layer(1), layer(2, blend_mode=BlendMode.MULTIPLY)
    group = Group(children=(inner,), isolated=False, opacity=0.5)
    assert np.array_equal(
        composite_nodes((ground, group), AREA),
        composite_nodes((ground, replace(group, isolated=True)), AREA),
    )


def test_an_isolated_group_of_one_is_its_layer() -> None:
    ground, inner = layer(1), layer(2)
    group = Group(children=(inner,), opacity=0.5, mask=Mask.of(gray_noise(50, 50)))
    same = replace(inner, opacity=0.5, mask=group.mask)
    assert np.array_equal(
        composite_nodes((ground, group), AREA), composite_nodes((ground, same), AREA)
    )


def test_destination_in_clears_what_it_does_not_cover() -> None:
    ground = Layer(pixels=Tiles.of(noise(600, 300, opaque=True)))
    keep = Layer(pixels=Tiles.of(np.full((50, 50, 4), 255, np.uint8)), blend_mode=BlendMode.DST_IN)
    found = composite_nodes((ground, keep), Bounds(0, 0, 600, 300))
    assert np.array_equal(found[:50, :50], ground.read(Bounds(0, 0, 50, 50)))
    assert not found[50:].any()
    assert not found[:, 50:].any()


def test_layers_are_shown_where_their_offset_puts_them() -> None:
    moved = layer(1).moved(-13, 277)
    found = composite_nodes((moved,), Bounds(-13, 277, 90, 90))
    assert np.array_equal(found, composite_nodes((layer(1),), AREA))


def test_flattening_and_merging_keep_the_look() -> None:
    document = rich_document()
    before = composite(document)
    assert furthest(composite(layers.flatten(document)), before) == 0
    group = next(node for node in document.layers if isinstance(node, Group))
    assert furthest(composite(layers.merge_group(document, group.id)), before) <= 1


def test_an_empty_document_is_transparent() -> None:
    assert not composite(Document(size=Extent(30, 20))).any()
    assert composite(Document(size=Extent(30, 20))).shape == (20, 30, 4)
    assert CANVAS.extent == rich_document().size
