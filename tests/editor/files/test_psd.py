"""Photoshop files: layers, groups, masks and modes, and a word on what cannot be kept."""

import io
import warnings
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from psd_tools import PSDImage
from psd_tools.constants import BlendMode as PsdMode

from helpers.pictures import gray_noise, noise
from scumble_editor.document.composite import composite
from scumble_editor.document.layer import Group, Layer
from scumble_editor.document.modes import BlendMode
from scumble_editor.files import psd
from scumble_editor.files.documents import open_document
from scumble_editor.files.errors import FileError, TooLargeFileError
from scumble_protocol.geometry import Bounds, Extent, Point


def saved(made: PSDImage) -> bytes:
    stream = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # psd-tools has words for files without a preview
        made.save(stream)
    return stream.getvalue()


def sample() -> PSDImage:
    made = PSDImage.new("RGB", (120, 90))
    made.create_pixel_layer_from_array(noise(120, 90, 1), name="Ground")
    first = made.create_pixel_layer_from_array(noise(60, 50, 2), name="Multiplied", top=20, left=30)
    first.blend_mode = PsdMode.MULTIPLY
    first.opacity = 128
    second = made.create_pixel_layer_from_array(noise(30, 30, 3), name="In group", top=5, left=-10)
    second.visible = False
    group = made.create_group([second], name="Folder")
    group.opacity = 51
    return made


def test_layers_groups_and_settings_are_read() -> None:
    document = psd.read_bytes(saved(sample())).document
    assert document.size == Extent(120, 90)
    names = [(type(node).__name__, node.name) for node in document.walk()]
    wanted = [
        ("Layer", "Ground"),
        ("Layer", "Multiplied"),
        ("Group", "Folder"),
        ("Layer", "In group"),
    ]
    assert names == wanted
    ground, multiplied, folder = document.layers
    assert isinstance(ground, Layer)
    assert isinstance(multiplied, Layer)
    assert isinstance(folder, Group)
    assert np.array_equal(ground.read(document.bounds), noise(120, 90, 1))
    assert np.array_equal(multiplied.read(Bounds(30, 20, 60, 50)), noise(60, 50, 2))
    assert multiplied.blend_mode is BlendMode.MULTIPLY
    assert multiplied.opacity == pytest.approx(128 / 255)
    assert folder.opacity == pytest.approx(0.2)
    inside = folder.children[0]
    assert isinstance(inside, Layer)
    assert not inside.visible
    assert np.array_equal(inside.read(Bounds(-10, 5, 30, 30)), noise(30, 30, 3))


def test_photoshop_files_are_known_by_what_they_contain(tmp_path: Path) -> None:
    (tmp_path / "drawing").write_bytes(saved(sample()))
    assert open_document(tmp_path / "drawing").document.layers[0].name == "Ground"


def test_masks_and_clipping_are_read() -> None:
    made = PSDImage.new("RGB", (90, 80))
    base = made.create_pixel_layer_from_array(noise(70, 60, 1), name="Base", top=10, left=10)
    base.create_mask(Image.fromarray(gray_noise(70, 60, 2)))
    above = made.create_pixel_layer_from_array(noise(90, 80, 3), name="Above")
    above.clipping = True
    document = psd.read_bytes(saved(made)).document
    bottom, top = document.layers
    assert top.clipped
    assert bottom.mask is not None
    assert np.array_equal(bottom.mask.read(Bounds(10, 10, 70, 60)), gray_noise(70, 60, 2))
    alpha = composite(document)[..., 3]
    assert not alpha[:10].any()


@pytest.mark.parametrize("mode", [mode for mode in psd._MODES if mode is not PsdMode.PASS_THROUGH])
def test_every_mode_that_both_know_is_kept(mode: PsdMode) -> None:
    made = PSDImage.new("RGB", (20, 20))
    made.create_pixel_layer_from_array(noise(20, 20, 1), name="Layer").blend_mode = mode
    opened = psd.read_bytes(saved(made))
    assert opened.document.layers[0].blend_mode is psd._MODES[mode]
    assert opened.notices == ()


def test_what_cannot_be_kept_is_said() -> None:
    made = PSDImage.new("RGB", (20, 20))
    made.create_pixel_layer_from_array(
        noise(20, 20, 1), name="Vivid"
    ).blend_mode = PsdMode.VIVID_LIGHT
    opened = psd.read_bytes(saved(made))
    assert opened.document.layers[0].blend_mode is BlendMode.NORMAL
    assert "“Vivid” has the mode “vivid light”" in opened.notices[0]


def test_a_file_without_layers_is_one_layer() -> None:
    flat = PSDImage.frompil(Image.fromarray(noise(30, 20, opaque=True)[..., :3]))
    document = psd.read_bytes(saved(flat)).document
    assert np.array_equal(composite(document), noise(30, 20, opaque=True))


def test_grey_files_become_rgb() -> None:
    flat = PSDImage.frompil(Image.fromarray(gray_noise(30, 20)))
    shown = composite(psd.read_bytes(saved(flat)).document)
    assert np.array_equal(shown[..., 0], gray_noise(30, 20))


def test_a_header_that_claims_too_much_is_refused_before_unpacking() -> None:
    data = bytearray(saved(sample()))
    data[14:22] = (300_000).to_bytes(4, "big") * 2
    with pytest.raises(TooLargeFileError, match="300000 × 300000"):
        psd.read_bytes(bytes(data))


def test_damaged_files_are_refused_with_a_sentence() -> None:
    whole = saved(sample())
    random = np.random.default_rng(1)
    for length in (0, 10, 26, 60, len(whole) // 3, len(whole) // 2):
        with pytest.raises(FileError):
            psd.read_bytes(whole[:length])
    for _ in range(60):
        spoiled = bytearray(whole)
        for place in random.integers(0, 4000, 8):
            spoiled[place] = random.integers(256)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                psd.read_bytes(bytes(spoiled))
        except FileError:
            continue


def test_layers_may_lie_off_the_canvas() -> None:
    made = PSDImage.new("RGB", (20, 20))
    made.create_pixel_layer_from_array(noise(40, 40, 1), name="Big", top=-30, left=10)
    layer = psd.read_bytes(saved(made)).document.layers[0]
    assert isinstance(layer, Layer)
    assert layer.content_bounds() is not None
    assert np.array_equal(layer.read(Bounds(10, -30, 40, 40)), noise(40, 40, 1))
    assert layer.offset == Point(0, 0)
