"""Pictures go into an archive in their order, part by part, however little may wait."""

import hashlib
import io
import tracemalloc
import zipfile
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

from helpers.pictures import noise
from scumble_editor.document.formats import Pixels
from scumble_editor.document.tracking import listening
from scumble_editor.files.openraster.packing import Packer
from scumble_editor.files.png import Picture
from scumble_protocol.geometry import Bounds


def picture(pixels: Pixels) -> Picture:
    height, width = pixels.shape[:2]
    return Picture(Bounds(0, 0, width, height), lambda area: pixels[area.slices])


def pack(pictures: Sequence[Picture]) -> None:
    """Pack pictures of which none may be packed ahead of its turn."""
    with (
        zipfile.ZipFile(io.BytesIO(), "w") as archive,
        Packer(archive, None, most_waiting=0) as packer,
    ):
        for number, each in enumerate(pictures):
            packer.put(f"{number}.png", each)


@pytest.mark.parametrize("most_waiting", [0, 1 << 20])
def test_pictures_are_kept_in_their_order_with_their_fingerprints(most_waiting: int) -> None:
    pictures = {f"{n}.png": noise(700 - 60 * n, 300 + 90 * n, n) for n in range(10)}
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(stream, "w") as archive,
        Packer(archive, None, most_waiting=most_waiting) as packer,
    ):
        for name, pixels in pictures.items():
            packer.put(name, picture(pixels))
        packed = packer.put_for_good("kept.png", picture(pictures["3.png"]))
        packer.finish()
        packer.put_again("again.png", packed.result())
    with zipfile.ZipFile(stream) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [*pictures, "kept.png", "again.png"]
        for name, digest in packer.fingerprints.items():
            assert hashlib.sha256(archive.read(name)).hexdigest() == digest
        assert archive.read("again.png") == archive.read("kept.png") == archive.read("3.png")
        for name, pixels in pictures.items():
            data = np.frombuffer(archive.read(name), np.uint8)
            read = cv2.imdecode(data, cv2.IMREAD_UNCHANGED)
            assert read is not None
            assert (read[..., [2, 1, 0, 3]] == pixels).all()


def test_large_pictures_are_never_held_whole(tmp_path: Path) -> None:
    band = noise(1024, 256, 1)
    large = Picture(Bounds(0, 0, 1024, 256 * 16), lambda _: band)  # 16 MiB, and no smaller packed
    path = tmp_path / "large.zip"
    tracemalloc.start()
    try:
        with zipfile.ZipFile(path, "w") as archive, Packer(archive, None, most_waiting=0) as packer:
            packer.put("one.png", large)
            packer.put("other.png", large)
            packer.finish()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert path.stat().st_size > 30 << 20
    assert peak < 12 << 20


def test_a_picture_that_cannot_be_read_ends_the_archive_with_its_error() -> None:
    def refuse(area: Bounds) -> Pixels:
        raise ValueError(f"no pixels in {area}")

    pictures = [picture(noise(600, 600, number)) for number in range(8)]
    pictures.insert(1, Picture(Bounds(0, 0, 9, 9), refuse))
    with pytest.raises(ValueError, match="no pixels in"):
        pack(pictures)


def test_an_archive_that_is_cancelled_ends_while_pictures_wait_their_turn() -> None:
    def cancel(fraction: float) -> None:
        if fraction > 0.2:
            raise InterruptedError

    pictures = [picture(noise(600, 600, number)) for number in range(10)]
    with listening(cancel), pytest.raises(InterruptedError):
        pack(pictures)
