from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scumble_editor.document.composite import render
from scumble_editor.document.formats import Pixels
from scumble_editor.document.layer import AnyNode, Group, Layer, Mask
from scumble_editor.document.modes import BlendMode
from scumble_editor.document.tiles import TILE, Tiles
from scumble_editor.ui.canvas.fast import FastCompositor, pixels_of
from scumble_protocol.geometry import Bounds, Point

AREA = Bounds(0, 0, TILE, TILE)


def noise(seed: int, *, opaque: bool = False) -> Pixels:
    rgba = np.random.default_rng(seed).integers(0, 256, (TILE, TILE, 4), dtype=np.uint8)
    if opaque:
        rgba[..., 3] = 255
    return rgba


def layer(seed: int, *, opaque: bool = False, at: int = 0) -> Layer:
    return Layer(pixels=Tiles.of(noise(seed, opaque=opaque), Point(at, at)))


def difference(nodes: tuple[AnyNode, ...]) -> int:
    """The largest difference of any premultiplied channel, in levels."""
    image = FastCompositor().composite(nodes, AREA)
    fast = pixels_of(image)[..., [2, 1, 0, 3]].astype(int)
    planes = render(nodes, AREA, None)
    if planes is None:
        return int(np.abs(fast).max())
    exact = np.moveaxis(planes, 0, -1) * 255
    return int(np.abs(fast - np.round(exact)).max())


@pytest.mark.parametrize("mode", list(BlendMode))
@pytest.mark.parametrize("opaque", [True, False])
def test_every_mode_is_within_one_level_of_the_reference(mode: BlendMode, opaque: bool) -> None:
    below = layer(1, opaque=opaque)
    above = replace(layer(2), blend_mode=mode)
    # Rounding the two sources to premultiplied bytes may add half a level each.
    assert difference((below, above)) <= (1 if opaque else 2)


@pytest.mark.parametrize("mode", list(BlendMode))
def test_opacity_and_masks_are_within_one_level(mode: BlendMode) -> None:
    mask = Mask.of(noise(3)[..., 0])
    above = replace(layer(2), blend_mode=mode, opacity=0.37, mask=mask)
    assert difference((layer(1, opaque=True), above)) <= 2


def test_clipping_groups_and_offsets_agree_with_the_reference() -> None:
    inner = (layer(4), replace(layer(5), blend_mode=BlendMode.MULTIPLY))
    group = Group(children=inner, opacity=0.6, mask=Mask.of(noise(6)[..., 1]))
    through = Group(children=(replace(layer(7), blend_mode=BlendMode.SCREEN),), isolated=False)
    clipped = replace(layer(8), clipped=True)
    assert difference((layer(1, opaque=True), layer(2, at=37), clipped)) <= 2
    assert difference((layer(1, opaque=True), group, through)) <= 3


def test_hidden_layers_and_disabled_masks_count_for_nothing() -> None:
    off = replace(Mask.of(noise(3)[..., 0]), enabled=False)
    ground = layer(1, opaque=True)
    assert difference((ground, replace(layer(2), visible=False), replace(layer(4), mask=off))) <= 1


@settings(max_examples=15, deadline=None)
@given(st.lists(st.sampled_from(list(BlendMode)), min_size=1, max_size=6), st.integers(0, 99))
def test_any_stack_stays_within_one_level_a_layer(modes: list[BlendMode], seed: int) -> None:
    soft = [BlendMode.COLOR_DODGE, BlendMode.COLOR_BURN]  # steep: they enlarge what came before
    nodes = [layer(seed, opaque=True)]
    nodes += [
        replace(layer(seed + n), blend_mode=mode, opacity=0.5)
        for n, mode in enumerate(modes, 1)
        if mode not in soft and mode not in (BlendMode.HUE, BlendMode.SATURATION, BlendMode.COLOR)
    ]
    assert difference(tuple(nodes)) <= 2 * len(nodes)
