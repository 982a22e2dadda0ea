"""Every task from the command line, with a real daemon and real models, tiny."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from helpers import small_additions
from helpers.command_line import CommandLine
from helpers.small_models import folder
from scumble_editor.document.layer import Layer
from scumble_editor.files import openraster

pytestmark = pytest.mark.slow


@pytest.fixture
def studio(scumble: CommandLine) -> Iterator[CommandLine]:
    """A home whose daemon starts with the first job."""
    (scumble.home / "config").mkdir()
    (scumble.home / "config" / "daemon.toml").write_text('devices = ["cpu"]\n')
    yield scumble
    scumble.run("daemon", "stop")


def add(studio: CommandLine, kind: str) -> None:
    added = studio.run("models", "add", str(folder(kind)), "--name", kind)
    assert added.returncode == 0, added.stderr


def grey_of(file: Path) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    with Image.open(file) as image:
        return np.asarray(image.convert("L"))


def test_a_depth_map_is_made_and_painted_by(studio: CommandLine, photo: Path) -> None:
    add(studio, "sd2-depth")
    made = studio.run("depth-map", str(photo), "--model", "sd2-depth", "-o", "map.png")
    assert made.returncode == 0, made.stderr
    depths = grey_of(studio.folder / "map.png")
    assert depths.shape == (120, 160)
    assert np.ptp(depths) > 200

    told = studio.run(
        *("depth", str(photo), "--prompt", "a castle", "--depth", "map.png", "--json"),
        *("--select", "40,30,60,50", "--model", "sd2-depth", "--steps", "4", "-o", "out.ora"),
    )
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout)["changed_outside_mask"] == 0
    layer = openraster.read(studio.folder / "out.ora").document.layers[-1]
    assert '"task":"depth2img"' in (getattr(layer, "recipe", "") or "")

    small = Image.new("L", (20, 20))
    small.save(studio.folder / "small.png")
    refused = studio.run("depth", str(photo), "--prompt", "a castle", "--depth", "small.png")
    assert refused.returncode == 2
    assert "20 × 20" in refused.stderr


def test_a_place_is_found_inverted_and_edited(studio: CommandLine, photo: Path) -> None:
    add(studio, "sd15")
    words = ("--source", "a cat", "--model", "sd15", "--steps", "4", "--seed", "3")
    target = ("--target", "a dog", "--threshold", "2")
    found = studio.run("diffedit-select", str(photo), *words, *target, "-o", "mask.png")
    assert found.returncode == 0, found.stderr
    mask = grey_of(studio.folder / "mask.png")
    assert mask.shape == (120, 160)
    assert mask.max() == 255

    masked = ("--mask", "mask.png", "--strength", "0.5")
    made = studio.run("diffedit-invert", str(photo), *words, *masked, "-o", "way.ora")
    assert made.returncode == 0, made.stderr
    assert len(openraster.read(studio.folder / "way.ora").document.layers) >= 3

    asked = ("diffedit", str(photo), *words, *target, *masked, "-o", "dog.ora", "--json")
    edited = studio.run(*asked)
    assert edited.returncode == 0, edited.stderr
    assert json.loads(edited.stdout)["changed_outside_mask"] == 0


def test_a_picture_is_enlarged_under_a_control_and_a_reference(
    studio: CommandLine, photo: Path
) -> None:
    add(studio, "sd15")
    add(studio, "controlnet-sd15")
    file = small_additions.ip_adapter(studio.folder / "seer.safetensors")
    added = studio.run("models", "add", str(file))
    assert added.returncode == 0, added.stderr
    told = studio.run(
        *("upscale", str(photo), "--factor", "1.5", "--refine", "--model", "sd15", "--steps", "8"),
        *("--control", "controlnet-sd15:canny:0.5", "--reference", f"{photo.name}:0.4"),
        *("-o", "large.ora", "--json"),
    )
    assert told.returncode == 0, told.stderr
    outcome = json.loads(told.stdout)
    assert outcome["grown_to"] == [240, 180]
    assert "notices" not in outcome["report"]
    document = openraster.read(studio.folder / "large.ora").document
    assert (document.size.width, document.size.height) == (240, 180)

    again = studio.run("run", "large.ora", "--picture", str(photo), "-o", "again.ora")
    assert again.returncode == 0, again.stderr
    first, second = (
        openraster.read(studio.folder / name).document.layers[-1]
        for name in ("large.ora", "again.ora")
    )
    assert isinstance(first, Layer)
    assert isinstance(second, Layer)
    place = document.size.bounds
    assert np.array_equal(first.pixels.read(place), second.pixels.read(place))
