"""Edits of the whole canvas: exact where they can be."""

import numpy as np
import pytest

from helpers.pictures import noise, rich_document
from scumble_editor.document.composite import composite
from scumble_editor.document.document import Document
from scumble_editor.document.edits import canvas
from scumble_editor.document.edits.canvas import Resampling
from scumble_editor.document.errors import DocumentError
from scumble_editor.document.layer import Layer
from scumble_editor.document.tiles import Tiles
from scumble_protocol.geometry import Bounds, Extent


def test_cropping_cuts_the_picture_and_nothing_else() -> None:
    document = rich_document()
    bounds = Bounds(37, 21, 180, 130)
    cropped = canvas.crop(document, bounds)
    assert cropped.size == Extent(180, 130)
    assert np.array_equal(composite(cropped), composite(document, bounds))
    for node in cropped.walk():
        inside = node.content_bounds() if isinstance(node, Layer) else None
        assert inside is None or cropped.bounds.contains(inside)


def test_a_crop_that_keeps_what_is_outside_can_be_undone_by_hand() -> None:
    document = rich_document()
    cropped = canvas.crop(document, Bounds(37, 21, 180, 130), keep_outside=True)
    back = canvas.resize_canvas(cropped, document.size, left=37, top=21)
    assert np.array_equal(composite(back), composite(document))


def test_cropping_to_the_selection() -> None:
    document = rich_document()
    assert document.selection is not None
    assert canvas.crop_to_selection(document).size == Extent(70, 70)


@pytest.mark.parametrize("quarters", [-3, -1, 0, 1, 2, 3, 4])
def test_quarter_turns_are_exact(quarters: int) -> None:
    document = rich_document()
    turned = canvas.rotate(document, quarters)
    assert np.array_equal(composite(turned), np.rot90(composite(document), -quarters))
    assert np.array_equal(composite(canvas.rotate(turned, -quarters)), composite(document))
    assert document.selection is not None
    assert turned.selection is not None
    before, after = (d.selection.read(d.bounds) for d in (document, turned) if d.selection)
    assert np.array_equal(after, np.rot90(before, -quarters))


@pytest.mark.parametrize("across", [True, False])
def test_mirroring_is_exact(across: bool) -> None:
    document = rich_document()
    wanted = composite(document)[:, ::-1] if across else composite(document)[::-1]
    assert np.array_equal(composite(canvas.flip(document, across=across)), wanted)


@pytest.mark.parametrize("resampling", Resampling)
def test_scaling_by_one_changes_nothing(resampling: Resampling) -> None:
    document = rich_document()
    scaled = canvas.scale(document, document.size, resampling)
    difference = np.abs(composite(scaled).astype(int) - composite(document))
    assert difference[composite(document)[..., 3] > 0].max() <= 1


def test_doubling_without_mixing_repeats_pixels() -> None:
    picture = noise(50, 40, opaque=True)
    doubled = canvas.scale(Document.of_image(picture), Extent(100, 80), Resampling.NEAREST)
    assert np.array_equal(composite(doubled), picture.repeat(2, axis=0).repeat(2, axis=1))


def test_halving_averages() -> None:
    flat = np.full((80, 100, 4), (90, 120, 200, 255), np.uint8)
    flat[:, ::2, :3] += 20
    halved = composite(canvas.scale(Document.of_image(flat), Extent(50, 40)))
    assert np.abs(halved[5:-5, 5:-5].astype(int) - (100, 130, 210, 255)).max() <= 4


def test_scaling_keeps_white_masks_white() -> None:
    document = rich_document()
    scaled = canvas.scale(document, Extent(600, 400))
    group = scaled.layers[3]
    assert group.mask is not None
    assert group.mask.pixels.default == 255
    assert group.mask.read(Bounds(400, 10, 5, 5)).min() == 255


def test_a_picture_too_large_to_scale_is_refused() -> None:
    with pytest.raises(DocumentError, match="can be scaled"):
        canvas.scale(Document(size=Extent(40_000, 10)), Extent(10, 10))


def test_large_empty_canvases_cost_nothing() -> None:
    white = Tiles().filled(Bounds(0, 0, 8192, 8192), np.array((255, 255, 255, 255), np.uint8))
    document = Document(size=Extent(8192, 8192), layers=(Layer(pixels=white),))
    cropped = canvas.crop(document, Bounds(256, 256, 4096, 4096))
    assert sum(plane.nbytes for plane in cropped.planes()) == 256 * 256 * 4
