"""Small random pictures and documents to try things on."""

from dataclasses import replace

import numpy as np

from scumble_editor.document.document import Document
from scumble_editor.document.formats import Pixels
from scumble_editor.document.layer import Group, Layer, Mask
from scumble_editor.document.modes import BlendMode
from scumble_editor.document.selection import Selection
from scumble_editor.document.tiles import Tiles
from scumble_protocol.geometry import Bounds, Extent, Point


def noise(width: int, height: int, seed: int = 0, opaque: bool = False) -> Pixels:
    """Return rgba: uint8 [H, W, 4], straight alpha, with every kind of alpha in it."""
    random = np.random.default_rng(seed)
    rgba = random.integers(0, 256, (height, width, 4), dtype=np.uint8)
    rgba[..., 3] = 255 if opaque else np.clip(rgba[..., 3].astype(int) * 2 - 128, 0, 255)
    return rgba


def gray_noise(width: int, height: int, seed: int = 0) -> Pixels:
    """Return gray: uint8 [H, W]."""
    return np.random.default_rng(seed).integers(0, 256, (height, width), dtype=np.uint8)


def layer(seed: int, at: Point = Point(0, 0), size: int = 90, **settings: object) -> Layer:  # noqa: B008
    """Return a layer of noise with its corner at a place of the canvas."""
    made = Layer(name=f"Noise {seed}", pixels=Tiles.of(noise(size, size, seed)), offset=at)
    return replace(made, **settings)  # type: ignore[arg-type]  # any field of a layer


def rich_document() -> Document:
    """Return a small document with one of everything that a file must keep."""
    background = Layer(name="Background", pixels=Tiles.of(noise(300, 200, 1, opaque=True)))
    masked = layer(
        2,
        Point(40, 30),
        recipe='{"task":"inpaint"}',
        mask=Mask.of(gray_noise(60, 50), Point(50, 40)),
    )
    off_mask = layer(3, Point(150, 20), mask=replace(Mask.of(gray_noise(9, 9)), enabled=False))
    inside = layer(4, Point(-20, 110), opacity=0.25, blend_mode=BlendMode.MULTIPLY)
    clipped = layer(5, Point(10, 120), clipped=True, opacity=0.75)
    group = Group(
        name="Grüppe & <more>",
        children=(layer(6, Point(0, 100)), clipped, inside),
        opacity=0.8,
        mask=Mask.of(gray_noise(80, 40, 7), Point(5, 105), outside=255),
    )
    through = Group(
        name="Through",
        isolated=False,
        visible=True,
        children=(layer(8, Point(200, 90), blend_mode=BlendMode.SCREEN),),
    )
    colored = layer(9, Point(210, 100), clipped=True, blend_mode=BlendMode.LUMINOSITY)
    hidden = layer(10, Point(0, 0), visible=False, locked=True, alpha_locked=True)
    return Document(
        size=Extent(300, 200),
        layers=(
            background,
            masked,
            off_mask,
            group,
            through,
            layer(11, Point(200, 80)),
            colored,
            hidden,
        ),
        active_id=masked.id,
        selection=Selection.of(gray_noise(70, 70, 12), Point(100, 100)),
    )


CANVAS = Bounds(0, 0, 300, 200)
