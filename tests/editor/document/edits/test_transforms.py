from dataclasses import replace

import numpy as np
import pytest

from scumble_editor.document.blocks import Draft, blocks_of
from scumble_editor.document.document import Document
from scumble_editor.document.edits import layers as edits
from scumble_editor.document.edits import transforms
from scumble_editor.document.edits.transforms import Matrix, transform
from scumble_editor.document.errors import LockedLayerError
from scumble_editor.document.formats import Pixels
from scumble_editor.document.layer import Group, Layer, Mask
from scumble_editor.document.tiles import Tiles
from scumble_protocol.geometry import Bounds, Extent, Point

TURN: Matrix = ((0.8, -0.6, 900.0), (0.6, 0.8, -100.0), (0.0, 0.0, 1.0))
LEAN: Matrix = ((1.1, 0.2, 5.0), (0.05, 0.9, 8.0), (1e-4, 5e-5, 1.0))


def noise(seed: int, side: int = 300) -> Pixels:
    rgba = np.random.default_rng(seed).integers(0, 256, (side, side, 4), dtype=np.uint8)
    rgba[..., 3] |= 1
    return rgba


def grouped() -> Document:
    inner = Layer(id="inner", pixels=Tiles.of(noise(1)), mask=Mask.of(noise(2)[..., 0]))
    other = Layer(id="other", pixels=Tiles.of(noise(3)), offset=Point(40, -20))
    nested = Group(id="nested", children=(other,))
    group = Group(id="group", children=(inner, nested), mask=Mask.of(noise(4)[..., 1]))
    apart = Layer(id="apart", pixels=Tiles.of(noise(5)))
    return Document(size=Extent(400, 400), layers=(apart, group), active_id="group")


def test_a_group_moves_with_its_children_and_every_mask() -> None:
    start = grouped()
    moved = transform(start, "group", ((1, 0, 30), (0, 1, -11), (0, 0, 1)))
    from_, to = Bounds(-50, -50, 450, 450), Bounds(-20, -61, 450, 450)
    for name in ("inner", "other"):
        assert np.array_equal(moved.layer(name).read(to), start.layer(name).read(from_))
    for name in ("group", "inner"):
        before, after = start.find(name).mask, moved.find(name).mask
        assert before is not None
        assert after is not None
        assert np.array_equal(after.read(to), before.read(from_))
    assert moved.layer("apart") is start.layer("apart")
    assert [node.id for node in moved.walk()] == [node.id for node in start.walk()]


def test_a_group_with_something_locked_in_it_stays() -> None:
    locked = edits.set_locked(grouped(), "other", True)
    with pytest.raises(LockedLayerError):
        transform(locked, "group", TURN)


@pytest.mark.parametrize("matrix", [TURN, LEAN])
def test_blocks_leave_no_seams(matrix: Matrix, monkeypatch: pytest.MonkeyPatch) -> None:
    layer = Layer(id="one", pixels=Tiles.of(noise(6, 900)))
    document = Document(size=Extent(900, 900), layers=(layer,))
    area = Bounds(-900, -900, 3000, 3000)
    whole = transform(document, "one", matrix).layer("one").read(area)
    monkeypatch.setattr(transforms, "_BLOCK_PX", 128)
    parts = transform(document, "one", matrix).layer("one").read(area)
    # OpenCV places samples to a 32nd of a pixel, which blocks may round otherwise
    assert np.abs(whole.astype(int) - parts)[..., 3].mean() < 0.3


def test_what_is_made_much_smaller_is_the_mean_of_its_pixels() -> None:
    fine = np.full((800, 800, 4), 255, np.uint8)
    fine[::2, ::2, :3] = 0
    document = Document(size=Extent(800, 800), layers=(Layer(id="one", pixels=Tiles.of(fine)),))
    small = transform(document, "one", ((0.1, 0, 0), (0, 0.1, 0), (0, 0, 1))).layer("one")
    inside = small.read(Bounds(2, 2, 76, 76))[..., :3].astype(int)
    assert np.abs(inside - 191).max() <= 2


def test_a_draft_is_the_same_picture_where_it_is_seen() -> None:
    start = grouped()
    seen = Bounds(60, 40, 100, 80)
    whole = transform(start, "group", LEAN)
    fine = transform(start, "group", LEAN, Draft(seen))
    coarse = transform(start, "group", LEAN, Draft(seen, 4))
    exact = whole.layer("inner").read(seen).astype(int)
    assert np.abs(fine.layer("inner").read(seen) - exact).mean() < 1
    assert (coarse.layer("inner").read(seen)[..., 3] > 0).all()
    assert not fine.layer("inner").read(Bounds(250, 250, 50, 50)).any()


def test_blocks_cover_a_rectangle_once() -> None:
    area = Bounds(-7, 5, 250, 99)
    count = np.zeros((120, 300), int)
    for block in blocks_of(area, 64):
        count[block.moved(20, 0).slices] += 1
    expected = np.zeros_like(count)
    expected[area.moved(20, 0).slices] = 1
    assert np.array_equal(count, expected)


def test_a_group_without_paint_keeps_its_mask_in_step() -> None:
    empty = replace(grouped().group("group"), children=())
    document = Document(size=Extent(400, 400), layers=(empty,))
    moved = transform(document, "group", ((1, 0, 5), (0, 1, 0), (0, 0, 1))).find("group")
    assert moved.mask is not None
    assert empty.mask is not None
    before = empty.mask.read(Bounds(0, 0, 300, 300))
    assert np.array_equal(moved.mask.read(Bounds(5, 0, 300, 300)), before)
