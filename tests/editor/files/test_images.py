"""Flat pictures: pixels, profile, resolution and orientation there and back."""

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from helpers.pictures import gray_noise, noise, rich_document
from scumble_editor.document.composite import composite
from scumble_editor.document.document import Document, Metadata
from scumble_editor.document.layer import Layer
from scumble_editor.document.tiles import Tiles
from scumble_editor.files import images
from scumble_editor.files.documents import open_document, save_document
from scumble_editor.files.errors import SaveError, UnknownFormatError, UnreadableFileError
from scumble_editor.files.images import ImageOptions
from scumble_protocol.geometry import Extent

PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
ORIENTATION = 0x0112


def encoded(image: Image.Image, form: str, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, form, **options)
    return stream.getvalue()


def seen(rgba: "np.typing.NDArray[np.uint8]") -> "np.typing.NDArray[np.uint8]":
    return np.where(rgba[..., 3:] > 0, rgba, 0)


@pytest.mark.parametrize("ending", [".png", ".webp", ".tif", ".tiff"])
@pytest.mark.parametrize("opaque", [True, False])
def test_lossless_formats_give_back_every_pixel(tmp_path: Path, ending: str, opaque: bool) -> None:
    picture = noise(130, 70, 3, opaque=opaque)
    path = tmp_path / f"picture{ending}"
    save_document(Document.of_image(picture), path)
    opened = open_document(path)
    assert opened.notices == ()
    assert np.array_equal(composite(opened.document), seen(picture))


@pytest.mark.parametrize("ending", [".png", ".jpg", ".webp", ".tif"])
def test_profile_and_resolution_are_kept(tmp_path: Path, ending: str) -> None:
    metadata = Metadata(resolution_dpi=(300.0, 300.0), icc_profile=PROFILE)
    path = tmp_path / f"picture{ending}"
    save_document(replace(Document.of_image(noise(40, 30)), metadata=metadata), path)
    found = open_document(path).document.metadata
    assert found.icc_profile == PROFILE
    if ending != ".webp":
        assert found.resolution_dpi == pytest.approx((300, 300), abs=0.01)


def test_jpeg_has_no_alpha_and_lies_over_the_backdrop(tmp_path: Path) -> None:
    clear = Document.of_image(np.zeros((16, 16, 4), np.uint8))
    images.write(clear, tmp_path / "a.jpg", ImageOptions(backdrop=(200, 100, 50)))
    shown = composite(open_document(tmp_path / "a.jpg").document)
    assert np.abs(shown[8, 8].astype(int) - (200, 100, 50, 255)).max() <= 2


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("form", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_pictures_are_turned_upright(orientation: int, form: str) -> None:
    picture = np.zeros((16, 32, 3), np.uint8)
    picture[:8, :16] = (255, 0, 0)
    picture[8:, 16:] = (0, 0, 255)
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    data = encoded(Image.fromarray(picture), form, exif=exif)
    opened = images.read_bytes(data).document
    upright = {
        1: picture, 2: picture[:, ::-1], 3: picture[::-1, ::-1], 4: picture[::-1],
        5: picture.transpose(1, 0, 2), 6: np.rot90(picture, -1),
        7: picture[::-1, ::-1].transpose(1, 0, 2), 8: np.rot90(picture, 1),
    }  # fmt: skip
    shown = composite(opened)
    assert shown.shape[:2] == upright[orientation].shape[:2]
    assert np.abs(shown[4::8, 4::8, :3].astype(int) - upright[orientation][4::8, 4::8]).max() <= 8
    again = images.read_bytes(images.write_bytes(opened, "PNG")).document
    assert again.size == opened.size


def test_the_cameras_words_are_kept_without_the_orientation(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif[0x010F] = "Camera maker"
    data = encoded(Image.fromarray(noise(20, 10)[..., :3]), "JPEG", exif=exif)
    save_document(images.read_bytes(data).document, tmp_path / "again.jpg")
    with Image.open(tmp_path / "again.jpg") as image:
        found = image.getexif()
        assert found[0x010F] == "Camera maker"
        assert ORIENTATION not in found
        assert image.size == (10, 20)


def test_grey_pictures_become_rgb() -> None:
    data = encoded(Image.fromarray(gray_noise(20, 10)), "PNG")
    shown = composite(images.read_bytes(data).document)
    assert np.array_equal(shown[..., 1], gray_noise(20, 10))
    assert shown[..., 3].min() == 255


@pytest.mark.parametrize("mode", ["1", "P", "LA", "CMYK", "I;16"])
def test_other_kinds_of_pictures_are_understood(mode: str) -> None:
    if mode == "I;16":
        picture = Image.fromarray(gray_noise(20, 10).astype(np.uint16) << 8)
    else:
        picture = Image.fromarray(noise(20, 10)[..., :3]).convert(mode)
    opened = images.read_bytes(encoded(picture, "TIFF" if mode == "CMYK" else "PNG"))
    assert opened.document.size == Extent(20, 10)
    assert bool(opened.notices) == (mode in ("CMYK", "I;16"))


def test_a_broken_profile_does_not_keep_a_grey_picture_closed() -> None:
    data = encoded(Image.fromarray(gray_noise(20, 10)), "PNG", icc_profile=b"nonsense" * 40)
    assert images.read_bytes(data).document.size == Extent(20, 10)


def test_only_the_first_frame_of_several_is_opened_and_it_is_said() -> None:
    frames = [Image.fromarray(noise(20, 10, seed)[..., :3]) for seed in range(3)]
    stream = io.BytesIO()
    frames[0].save(stream, "TIFF", save_all=True, append_images=frames[1:])
    opened = images.read_bytes(stream.getvalue())
    assert "several pictures" in opened.notices[0]


def test_a_name_with_an_unknown_ending_is_refused_with_what_would_work(tmp_path: Path) -> None:
    with pytest.raises(UnknownFormatError, match=r"\.ora, \.png"):
        save_document(rich_document(), tmp_path / "picture.xyz")
    assert not list(tmp_path.iterdir())


def test_a_picture_too_long_for_its_format_is_refused() -> None:
    with pytest.raises(SaveError, match="16383"):
        images.write_bytes(Document(size=Extent(17_000, 1)), "WEBP")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match=r"gone\.png.*No such file"):
        open_document(tmp_path / "gone.png")


def test_files_are_known_by_what_they_contain(tmp_path: Path) -> None:
    save_document(rich_document(), tmp_path / "picture.ora")
    (tmp_path / "picture.ora").rename(tmp_path / "picture.png")
    opened = open_document(tmp_path / "picture.png").document
    assert [node.name for node in opened.walk()] == [node.name for node in rich_document().walk()]


@pytest.mark.parametrize("quality", [80, 92, 100])
def test_pure_noise_is_saved_as_jpeg_too(tmp_path: Path, quality: int) -> None:
    rgb = np.random.default_rng(4).integers(0, 256, (300, 300, 4), dtype=np.uint8)
    rgb[..., 3] = 255
    layer = Layer(pixels=Tiles.of(rgb))
    path = tmp_path / "noise.jpg"
    images.write(
        Document(size=Extent(300, 300), layers=(layer,)), path, ImageOptions(quality=quality)
    )
    assert images.read(path).document.size == Extent(300, 300)
