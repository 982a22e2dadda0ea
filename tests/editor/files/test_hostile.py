"""Files made to harm: each is refused with a sentence, and before memory is taken."""

import contextlib
import io
import random
import struct
import subprocess
import sys
import warnings
import zipfile
import zlib
from pathlib import Path

import pytest
from PIL import Image

from helpers.pictures import noise, rich_document
from scumble_editor.document.document import Document
from scumble_editor.document.edits.layers import merge_down
from scumble_editor.document.errors import DocumentError
from scumble_editor.document.formats import Pixels
from scumble_editor.files import images, limits, openraster
from scumble_editor.files.errors import FileError, TooLargeFileError, UnreadableFileError
from scumble_editor.files.pictures import decode_png

STACK = '<image w="{w}" h="{h}"><stack>{inside}</stack></image>'
LAYER = '<layer src="data/a.png" name="a"/>'


def png(width: int, height: int, pixels: bytes = b"") -> bytes:
    """Return a PNG file that claims a size, whatever its pixels are."""

    def chunk(name: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(name + data))
        return struct.pack(">I", len(data)) + name + data + check

    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def png_of(pixels: Pixels) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG")
    return stream.getvalue()


def archive(entries: dict[str, bytes], compress: bool = True) -> io.BytesIO:
    stream = io.BytesIO()
    kind = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
    with zipfile.ZipFile(stream, "w", kind) as made:
        for name, data in entries.items():
            made.writestr(name, data)
    return stream


def ora(layer: bytes | None = None, inside: str = LAYER, w: int = 10, h: int = 10) -> io.BytesIO:
    entries = {"mimetype": b"image/openraster"}
    entries["stack.xml"] = STACK.format(w=w, h=h, inside=inside).encode()
    if layer is not None:
        entries["data/a.png"] = layer
    return archive(entries)


@pytest.mark.parametrize(
    "name", ["../evil.txt", "/etc/passwd", "data/../../evil", "C:\\evil.dll", "..\\evil", "a:b"]
)
def test_names_that_lead_out_are_refused(name: str) -> None:
    stream = archive({"mimetype": b"image/openraster", "stack.xml": b"<image/>", name: b"x"})
    with pytest.raises(UnreadableFileError, match="leads out"):
        openraster.read_stream(stream)


def test_a_source_that_leads_out_is_merely_missing() -> None:
    with pytest.raises(UnreadableFileError, match="not in it"):
        openraster.read_stream(ora(inside='<layer src="../../etc/passwd"/>'))


def test_a_zip_bomb_is_refused_by_its_declared_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "TEXT_BYTES", 1 << 20)
    stream = archive({"mimetype": b"image/openraster", "stack.xml": b" " * (8 << 20)})
    with pytest.raises(TooLargeFileError, match="unpacks to"):
        openraster.read_stream(stream)


def test_an_entry_that_lies_about_its_size_is_refused() -> None:
    data = bytearray(ora(small_png()).getvalue())
    honest = struct.pack("<I", len(small_png()))
    lying = struct.pack("<I", 100)
    places = [i for i in range(len(data) - 4) if data[i : i + 4] == honest]
    for place in places:
        data[place : place + 4] = lying
    assert places
    with pytest.raises(UnreadableFileError):
        openraster.read_stream(io.BytesIO(bytes(data)))


def small_png() -> bytes:
    stream = io.BytesIO()
    Image.fromarray(noise(40, 40)).save(stream, "PNG")
    return stream.getvalue()


@pytest.mark.parametrize(("width", "height"), [(60_000, 60_000), (70_000, 1), (2**31 - 1, 9)])
def test_absurd_dimensions_are_refused_before_memory_is_taken(width: int, height: int) -> None:
    with pytest.raises(FileError):
        openraster.read_stream(ora(png(width, height)))
    with pytest.raises(FileError):
        images.read_bytes(png(width, height))


def test_dimensions_that_so_few_bytes_cannot_hold_are_refused() -> None:
    with pytest.raises(UnreadableFileError, match="smaller than the size it claims"):
        decode_png(png(16_000, 16_000, b"\0" * 10), "It")


def test_truncated_pixels_are_refused() -> None:
    whole = small_png()
    for length in (8, 20, 40, len(whole) // 2, len(whole) - 200):
        with pytest.raises(FileError):
            openraster.read_stream(ora(whole[:length]))
        with pytest.raises(FileError):
            images.read_bytes(whole[:length])


@pytest.mark.parametrize("size", [(0, 10), (10, -3), (99_999_999, 2), (40_000, 40_000)])
def test_an_absurd_canvas_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(FileError):
        openraster.read_stream(ora(small_png(), w=size[0], h=size[1]))


def test_xml_that_grows_by_entities_is_refused() -> None:
    bomb = (
        '<!DOCTYPE i [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
        '<image w="1" h="1"><stack name="&b;"/></image>'
    )
    for encoding in ("utf-8", "utf-16"):
        stream = archive({"mimetype": b"image/openraster", "stack.xml": bomb.encode(encoding)})
        with pytest.raises(UnreadableFileError):
            openraster.read_stream(stream)


def test_groups_without_end_are_refused() -> None:
    with pytest.raises(TooLargeFileError, match="too deep"):
        openraster.read_stream(ora(inside="<stack>" * 5000 + "</stack>" * 5000))
    with pytest.raises(TooLargeFileError, match="too many"):
        openraster.read_stream(ora(inside="<stack/>" * 5000))


def test_layers_far_outside_and_of_odd_numbers_are_put_within_reach() -> None:
    inside = '<layer src="data/a.png" x="1e300" y="nan" opacity="inf" visibility="maybe"/>'
    document = openraster.read_stream(ora(small_png(), inside=inside)).document
    assert document.layers[0].opacity == 1.0


def test_many_layers_that_unpack_to_too_much_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "DOCUMENT_BYTES", 3 * 256 * 256 * 4)
    with pytest.raises(TooLargeFileError, match="memory"):
        openraster.read_stream(ora(small_png(), inside=LAYER * 4))
    monkeypatch.setattr(limits, "DECODED_PIXELS", 3 * 40 * 40)
    with pytest.raises(TooLargeFileError):
        openraster.read_stream(ora(small_png(), inside=LAYER * 4))


def test_unknown_entries_that_are_too_large_are_left_out_and_it_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "KEPT_BYTES", 1000)
    stream = archive({
        "mimetype": b"image/openraster",
        "stack.xml": STACK.format(w=9, h=9, inside="").encode(),
        "other/large.bin": b"x" * 5000,
    })  # fmt: skip
    opened = openraster.read_stream(stream)
    assert dict(opened.document.metadata.entries) == {}
    assert "too large to be carried" in opened.notices[0]


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"PK\x05\x06" + b"\0" * 18, b"rubbish" * 99])
def test_rubbish_is_no_picture(data: bytes) -> None:
    with pytest.raises(FileError):
        openraster.read_stream(io.BytesIO(data))
    with pytest.raises(FileError):
        images.read_bytes(data)


def test_other_archives_are_not_taken_for_pictures() -> None:
    with pytest.raises(UnreadableFileError, match="no OpenRaster"):
        openraster.read_stream(archive({"mimetype": b"application/x-krita", "stack.xml": b"<a/>"}))


@pytest.mark.parametrize("form", ["ora", "PNG", "JPEG", "WEBP", "TIFF", "GIF", "BMP"])
def test_spoiled_files_never_raise_anything_but_a_file_error(form: str) -> None:
    stream = io.BytesIO()
    if form == "ora":
        openraster.write_stream(small_document(), stream)
    else:
        Image.fromarray(noise(30, 20)[..., :3]).save(stream, form)
    whole, chance = stream.getvalue(), random.Random(5)  # noqa: S311  # no secret
    for _ in range(150):
        spoiled = bytearray(whole)
        for _ in range(chance.randrange(1, 12)):
            spoiled[chance.randrange(len(spoiled))] = chance.randrange(256)
        spoiled = spoiled[: chance.randrange(len(spoiled) // 2, len(spoiled) + 1)]
        read_quietly(bytes(spoiled), form)


def read_quietly(data: bytes, form: str) -> None:
    """Read a file and accept no other complaint than a FileError."""
    with warnings.catch_warnings(), contextlib.suppress(FileError):
        warnings.simplefilter("ignore")  # Pillow has words of its own for damaged tags
        if form == "ora":
            openraster.read_stream(io.BytesIO(data))
        else:
            images.read_bytes(data)


def small_document() -> Document:
    return Document(size=rich_document().size, layers=rich_document().layers[:2])


HUNGRY = """
import resource, sys
from pathlib import Path
resource.setrlimit(resource.RLIMIT_AS, (1_500_000_000, 1_500_000_000))
from scumble_editor.files.documents import open_document
from scumble_editor.files.errors import FileError
for path in sys.argv[1:]:
    try:
        open_document(Path(path))
    except FileError as error:
        print(error)
status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
print(status["VmHWM"].split()[0])
"""
"""Says each refusal, then its own peak memory in KiB; getrusage would count its parent's too."""


def test_bombs_are_refused_in_little_memory(tmp_path: Path) -> None:
    bombs = {
        "canvas.ora": ora(small_png(), w=65_000, h=65_000).getvalue(),
        "layer.ora": ora(png(65_000, 65_000, b"\0" * 1000)).getvalue(),
        "picture.png": png(65_000, 65_000, b"\0" * 1000),
        "zip.ora": archive({"stack.xml": b" " * (300 << 20)}).getvalue(),
    }
    for name, data in bombs.items():
        (tmp_path / name).write_bytes(data)
    command = [sys.executable, "-c", HUNGRY, *(str(tmp_path / name) for name in bombs)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    *refusals, peak_kib = done.stdout.splitlines()
    assert len(refusals) == len(bombs)
    assert int(peak_kib) < 1_000_000


def test_an_archive_of_very_many_entries_is_refused_before_they_are_listed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        for number in range(100_000):
            made.writestr(zipfile.ZipInfo(f"{number}"), b"")
    monkeypatch.setattr(zipfile, "ZipFile", None)
    with pytest.raises(TooLargeFileError, match="far too many entries"):
        openraster.read_stream(stream)


def test_layers_placed_far_apart_are_not_merged_into_a_sheet_between_them() -> None:
    inside = f'{LAYER}<layer src="data/a.png" x="-2147483648" y="2147483647"/>'
    opened = openraster.read_stream(ora(png_of(noise(10, 10, 1)), inside))
    top = opened.document.layers[-1]
    with pytest.raises(DocumentError, match="pixels apart"):
        merge_down(opened.document, top.id)
