"""The gallery in an .ora file: every result there and back, unseen by other programs."""

import io
import zipfile
from concurrent.futures import Future

from helpers.pictures import gray_noise, layer, rich_document
from scumble_editor.document.composite import composite
from scumble_editor.document.layer import Mask
from scumble_editor.document.paintings import Painting
from scumble_editor.document.selection import Selection
from scumble_editor.files import openraster
from scumble_editor.files.openraster.packed import Packed
from scumble_protocol.geometry import Bounds, Point

PAINTINGS = (
    Painting(layers=(layer(1, Point(5, 6), recipe="{}"), layer(2, Point(-3, 4))), seconds=10.5),
    Painting(
        layers=(layer(3, Point(40, 30), mask=Mask.of(gray_noise(30, 20), Point(45, 35))),),
        seconds=11.0,
        selection=Selection.of(gray_noise(60, 50, 3), Point(20, 10)),
    ),
)


def written(paintings: tuple[Painting, ...] = PAINTINGS) -> bytes:
    stream = io.BytesIO()
    openraster.write_stream(rich_document(), stream, paintings)
    return stream.getvalue()


def without_ids(paintings: tuple[Painting, ...]) -> list[list[object]]:
    return [
        [p.id, p.seconds, p.selection, *((x.name, x.pixels, x.mask, x.recipe) for x in p.layers)]
        for p in paintings
    ]


def test_every_result_comes_back_with_its_pixels_mask_recipe_and_selection() -> None:
    opened = openraster.read_stream(io.BytesIO(written()))
    assert opened.notices == ()
    assert without_ids(opened.paintings) == without_ids(PAINTINGS)


def test_the_picture_itself_is_what_it_is_without_a_gallery() -> None:
    opened = openraster.read_stream(io.BytesIO(written()))
    plain = openraster.read_stream(io.BytesIO(written(())))
    assert (composite(opened.document) == composite(plain.document)).all()
    assert opened.document.metadata.entries == {}
    with zipfile.ZipFile(io.BytesIO(written())) as archive:
        extra = set(archive.namelist())
    with zipfile.ZipFile(io.BytesIO(written(()))) as archive:
        extra -= set(archive.namelist())
    assert extra
    assert all(name.startswith("scumble/") for name in extra)


def test_a_damaged_result_is_left_out_with_a_sentence_and_the_others_stay() -> None:
    with zipfile.ZipFile(io.BytesIO(written())) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    broken = next(name for name in entries if name.startswith("scumble/painted"))
    entries[broken] = entries[broken][:40]
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    opened = openraster.read_stream(stream)
    assert without_ids(opened.paintings) == without_ids(PAINTINGS[1:])
    assert any("1 of 2 earlier results" in notice for notice in opened.notices)


def test_what_was_packed_once_is_not_packed_again_and_is_the_same() -> None:
    first, second = written(), written()
    for data in (first, second):
        opened = openraster.read_stream(io.BytesIO(data))
        assert without_ids(opened.paintings) == without_ids(PAINTINGS)
    packed = Packed(most_bytes=10)
    tiles = PAINTINGS[0].layers[0].pixels
    other = PAINTINGS[0].layers[1].pixels
    bounds = Bounds(0, 0, 9, 9)
    done: Future[bytes] = Future()
    packed.keep(tiles, bounds, None, done)
    assert packed.find(tiles, bounds, None) is None
    done.set_result(b"8 bytes.")
    assert packed.find(tiles, bounds, None) == done.result()
    assert packed.find(tiles, bounds, b"profile") is None
    assert packed.find(other, bounds, None) is None
    packed.keep(other, bounds, None, done)
    assert packed.find(tiles, bounds, None) is None
    assert packed.find(other, bounds, None) == done.result()


def test_dates_beyond_all_reach_are_brought_within_it() -> None:
    strange = (Painting(layers=PAINTINGS[0].layers, seconds=1e300, id="late"),)
    opened = openraster.read_stream(io.BytesIO(written(strange)))
    assert opened.paintings[0].seconds == 4e9
