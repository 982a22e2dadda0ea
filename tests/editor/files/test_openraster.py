"""OpenRaster: every feature there and back, what other programs see, and what they may change."""

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest
from PIL import Image, ImageCms

from helpers.pictures import gray_noise, layer, noise, rich_document
from scumble_editor.document.composite import composite
from scumble_editor.document.document import Document, Metadata
from scumble_editor.document.layer import Group, Layer, Mask
from scumble_editor.document.modes import BlendMode
from scumble_editor.document.selection import Selection
from scumble_editor.files import openraster
from scumble_editor.files.opened import Opened
from scumble_protocol.geometry import Bounds, Extent, Point

Entries = dict[str, bytes]


def written(document: Document) -> bytes:
    stream = io.BytesIO()
    openraster.write_stream(document, stream)
    return stream.getvalue()


def reopened(document: Document) -> Opened:
    return openraster.read_stream(io.BytesIO(written(document)))


def rewritten(data: bytes, change: Callable[[Entries], None]) -> Opened:
    """Open a file after its entries were changed, as another program would."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    change(entries)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return openraster.read_stream(stream)


def as_others_see_it(document: Document) -> Document:
    """Return what a program reads that knows OpenRaster alone."""

    def forget(entries: Entries) -> None:
        for name in [name for name in entries if name.startswith("scumble/")]:
            del entries[name]
        own = b"urn:scumble:openraster:1"
        entries["stack.xml"] = entries["stack.xml"].replace(own, b"urn:other")

    return rewritten(written(document), forget).document


def worst(left: Document, right: Document) -> float:
    """Return the largest difference of what two documents show over black and over white."""
    a, b = (composite(document).astype(float) for document in (left, right))
    differences = []
    for ground in (0, 255):
        over = [p[..., :3] * p[..., 3:] / 255 + ground * (1 - p[..., 3:] / 255) for p in (a, b)]
        differences.append(np.abs(over[0] - over[1]).max())
    return float(max(differences))


def test_everything_comes_back_exactly() -> None:
    document = rich_document()
    opened = reopened(document)
    assert opened.notices == ()
    assert opened.document == document


def test_saving_twice_changes_nothing() -> None:
    once = reopened(rich_document()).document
    assert reopened(once).document == once


@pytest.mark.parametrize("mode", BlendMode)
def test_every_blend_mode_is_kept(mode: BlendMode) -> None:
    document = Document(size=Extent(90, 90), layers=(layer(1), layer(2, blend_mode=mode)))
    assert reopened(document).document.layers == document.layers
    assert worst(as_others_see_it(document), document) <= 1


def test_other_programs_see_the_same_picture() -> None:
    document = rich_document()
    assert worst(as_others_see_it(document), document) <= 1


@pytest.mark.parametrize("mode", BlendMode)
def test_clipped_layers_look_the_same_to_other_programs(mode: BlendMode) -> None:
    base = layer(1, Point(10, 10), mask=Mask.of(gray_noise(60, 60), Point(15, 15)), opacity=0.7)
    clipped = layer(2, clipped=True, opacity=0.8, blend_mode=mode)
    document = Document(
        size=Extent(120, 110), layers=(layer(3), base, clipped, layer(4, Point(50, 50)))
    )
    # the masked alpha is rounded to 8 bits in the file, and both pictures once more
    assert worst(as_others_see_it(document), document) <= 2
    assert reopened(document).document.layers == document.layers


def test_a_group_mask_looks_the_same_to_other_programs() -> None:
    group = Group(children=(layer(1), layer(2, Point(30, 30))), mask=Mask.of(gray_noise(70, 70)))
    document = Document(size=Extent(120, 120), layers=(layer(3, Point(20, 20)), group))
    assert worst(as_others_see_it(document), document) <= 2


def test_other_programs_find_the_layers_under_their_names() -> None:
    names = [node.name for node in as_others_see_it(rich_document()).walk()]
    for node in rich_document().walk():
        assert node.name in names


def test_the_archive_is_one_that_others_accept() -> None:
    with zipfile.ZipFile(io.BytesIO(written(rich_document()))) as archive:
        first = archive.infolist()[0]
        assert first.filename == "mimetype"
        assert first.compress_type == zipfile.ZIP_STORED
        assert archive.read("mimetype") == b"image/openraster"
        merged = Image.open(io.BytesIO(archive.read("mergedimage.png")))
        thumbnail = Image.open(io.BytesIO(archive.read("Thumbnails/thumbnail.png")))
        assert np.array_equal(np.asarray(merged), composite(rich_document()))
        assert max(thumbnail.size) <= 256


def test_unknown_entries_are_carried_through() -> None:
    def add(entries: Entries) -> None:
        entries["other-program/brushes.bin"] = b"\0\1\2" * 1000

    opened = rewritten(written(rich_document()), add)
    assert opened.document.metadata.entries == {"other-program/brushes.bin": b"\0\1\2" * 1000}
    assert reopened(opened.document).document.metadata.entries == opened.document.metadata.entries


def test_a_layer_changed_by_another_program_is_taken_as_it_is_now() -> None:
    document = rich_document()

    def repaint(entries: Entries) -> None:
        manifest = json.loads(entries["scumble/manifest.json"])
        src = manifest["nodes"][document.layers[1].id]["src"]
        stream = io.BytesIO()
        Image.fromarray(noise(90, 90, 77)).save(stream, "PNG")
        entries[src] = stream.getvalue()

    opened = rewritten(written(document), repaint)
    repainted = opened.document.layers[1]
    assert isinstance(repainted, Layer)
    assert (repainted.mask, repainted.recipe) == (None, None)
    assert np.array_equal(repainted.read(Bounds(40, 30, 90, 90)), noise(90, 90, 77))
    assert opened.document.layers[2:] == document.layers[2:]
    assert "changed by another program" in opened.notices[0]


def test_settings_changed_by_another_program_are_taken_and_masks_stay() -> None:
    document = rich_document()

    def rename(entries: Entries) -> None:
        entries["stack.xml"] = entries["stack.xml"].replace(b'"Noise 2"', b'"Renamed"')

    opened = rewritten(written(document), rename)
    assert opened.document.layers[1] == replace(document.layers[1], name="Renamed")
    assert opened.notices == ()


@pytest.mark.parametrize(
    "damage", [b"", b"{", b"[]", b'{"version": 99}', b'{"nodes": {"a": 1}}', b"\xff\xfe" * 50]
)
def test_a_damaged_manifest_costs_only_what_it_held(damage: bytes) -> None:
    document = rich_document()

    def spoil(entries: Entries) -> None:
        entries["scumble/manifest.json"] = damage

    opened = rewritten(written(document), spoil)
    assert worst(opened.document, document) <= 1
    assert len(opened.notices) > 0


def test_a_missing_mask_leaves_the_layer_as_others_see_it() -> None:
    document = rich_document()

    def lose(entries: Entries) -> None:
        for name in [name for name in entries if name.startswith("scumble/mask")]:
            del entries[name]

    opened = rewritten(written(document), lose)
    assert opened.notices
    assert composite(opened.document).shape == composite(document).shape


def test_modes_of_other_programs_are_told_and_set_to_normal() -> None:
    def other(entries: Entries) -> None:
        entries["stack.xml"] = entries["stack.xml"].replace(b"svg:screen", b"krita:hard_mix")

    opened = rewritten(written(rich_document()), other)
    assert any("krita:hard_mix" in notice for notice in opened.notices)


def test_profile_resolution_and_exif_are_kept() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    metadata = Metadata(
        resolution_dpi=(300.0, 299.5),
        icc_profile=profile,
        exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0",
        entries=MappingProxyType({"a/b": b"c"}),
    )
    document = replace(rich_document(), metadata=metadata)
    assert reopened(document).document.metadata == metadata


def test_an_empty_document_and_an_empty_layer_survive() -> None:
    document = Document(
        size=Extent(10, 10), layers=(Layer(name="Empty"), Group()), selection=Selection()
    )
    assert reopened(document).document == replace(document, active_id=document.layers[1].id)


def test_what_lies_outside_the_canvas_is_kept() -> None:
    document = Document(size=Extent(10, 10), layers=(layer(1, Point(-500, 300)),))
    assert reopened(document).document.layers == document.layers


def test_saving_keeps_the_last_version_beside_the_file(tmp_path: Path) -> None:
    path = tmp_path / "picture.ora"
    openraster.write(Document.of_image(noise(30, 30, 1)), path)
    first = path.read_bytes()
    openraster.write(Document.of_image(noise(30, 30, 2)), path)
    assert (tmp_path / "picture.ora~").read_bytes() == first
    assert sorted(p.name for p in tmp_path.iterdir()) == ["picture.ora", "picture.ora~"]
