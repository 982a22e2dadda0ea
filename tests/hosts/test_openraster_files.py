"""Our OpenRaster files in the real Krita and GIMP, and theirs here: the same picture and tree."""

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from helpers.pictures import gray_noise, layer, noise, rich_document
from hosts.stage import Stage, build
from scumble_editor.document.composite import composite
from scumble_editor.document.document import Document
from scumble_editor.document.formats import Pixels
from scumble_editor.document.layer import Group, Layer, Mask, Node
from scumble_editor.document.modes import BlendMode
from scumble_editor.document.tiles import Tiles
from scumble_editor.files import openraster
from scumble_protocol.geometry import Extent, Point

INSIDE = Path(__file__).with_name("inside")
SIZE = Extent(120, 110)
ALPHA_FORMULA_DIFFERS = {BlendMode.PLUS}  # Krita's addition keeps to the alpha of source-over


def solid(seed: int, **settings: Any) -> Layer:
    pixels = Tiles.of(noise(90, 80, seed, opaque=True))
    made = Layer(name=f"Solid {seed}", pixels=pixels, offset=Point(9 * seed, 6 * seed))
    return replace(made, **settings)


def hard_mask(at: Point) -> Mask:
    shape = np.zeros((60, 60), np.uint8)
    shape[10:40, 20:50] = 255
    return Mask.of(shape, at)


def opaque_document() -> Document:
    """Return masks, a masked group, clipping and hidden layers, nothing half transparent.

    GIMP blends half transparent pixels in linear light, so only these can be the same there.
    """
    group = Group(name="Group", children=(solid(3), solid(4)), mask=hard_mask(Point(50, 40)))
    clipped = solid(2, name="Clipped", clipped=True, blend_mode=BlendMode.MULTIPLY)
    stack = (solid(0), solid(1, mask=hard_mask(Point(30, 30))), group, solid(5), clipped)
    return Document(size=SIZE, layers=(*stack, solid(1, visible=False)))


def soft_documents() -> dict[str, Document]:
    base = layer(1, Point(10, 10), mask=Mask.of(gray_noise(60, 60), Point(15, 15)), opacity=0.7)
    over = layer(2, clipped=True, opacity=0.8, blend_mode=BlendMode.MULTIPLY)
    through = Group(children=(layer(1, blend_mode=BlendMode.MULTIPLY),), isolated=False)
    documents = {
        "rich": rich_document(),
        "clipped": Document(size=SIZE, layers=(layer(3), base, over)),
        "through": Document(size=SIZE, layers=(layer(3, Point(20, 20)), through)),
        "isolated": Document(size=SIZE, layers=(layer(3), replace(through, isolated=True))),
    }
    for mode in set(BlendMode) - ALPHA_FORMULA_DIFFERS:
        upper = layer(2, Point(20, 20), blend_mode=mode, opacity=0.8)
        documents[mode.name] = Document(size=SIZE, layers=(layer(1, Point(10, 10)), upper))
    return documents


@pytest.fixture(scope="module")
def bare_stage() -> Iterator[Stage]:
    """Return the hosts alone, Scumble not installed in them."""
    root, why_not = build()
    if root is None:
        pytest.fail(why_not)
    scratch = Path(f"/tmp/scumble-ora-{os.getpid()}")
    scratch.mkdir()
    yield Stage(root, scratch)
    shutil.rmtree(scratch)


def shown_in_krita(stage: Stage, documents: dict[str, Document]) -> dict[str, Pixels]:
    folder = written(stage, "krita", documents)
    shutil.copy(INSIDE / "ora_in_krita.py", folder)
    variables = {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(folder)}
    files = [str(folder / f"{name}.ora") for name in documents]
    stage.run(["kritarunner", "-s", "ora_in_krita", *files], variables, timeout_s=280)
    swapped = read_raw(folder, documents)
    return {name: pixels[..., [2, 1, 0, 3]] for name, pixels in swapped.items()}


def shown_in_gimp(stage: Stage, documents: dict[str, Document]) -> dict[str, Pixels]:
    folder = written(stage, "gimp", documents)
    shutil.copy(INSIDE / "ora_in_gimp.py", folder)
    files = os.pathsep.join(str(folder / f"{name}.ora") for name in documents)
    batch = f"exec(open({str(folder / 'ora_in_gimp.py')!r}).read())"
    command = ["gimp-console", "-i", "-n", "-d", "-f", "--quit"]
    command += ["--batch-interpreter=python-fu-eval", "-b", batch]
    stage.run(command, {"FILES": files}, timeout_s=280)
    return read_raw(folder, documents)


def written(stage: Stage, host: str, documents: dict[str, Document]) -> Path:
    folder = stage.scratch / host
    folder.mkdir()
    for name, document in documents.items():
        openraster.write(document, folder / f"{name}.ora")
    return folder


def read_raw(folder: Path, documents: dict[str, Document]) -> dict[str, Pixels]:
    return {
        name: np.frombuffer((folder / f"{name}.raw").read_bytes(), np.uint8).reshape(
            document.size.height, document.size.width, 4
        )
        for name, document in documents.items()
    }


def differences(left: Pixels, right: Pixels) -> Pixels:
    """Return by how much each pixel differs at most, as seen over black and over white."""
    worst = np.zeros(left.shape[:2])
    for ground in (0, 255):
        over = [
            p[..., :3] * (p[..., 3:] / 255) + ground * (1 - p[..., 3:] / 255) for p in (left, right)
        ]
        worst = np.maximum(worst, np.abs(over[0] - over[1]).max(axis=2))
    return worst


def names(tree: list[dict[str, Any]]) -> list[str]:
    return [name for node in tree for name in (node["name"], *names(node["children"]))]


def nearly_all_within_one(left: Pixels, right: Pixels) -> None:
    """Expect the rounding of 8-bit blending, at most a few levels where little alpha is left."""
    worst = differences(left, right)
    assert worst.max() <= 4.5
    assert (worst > 1.01).mean() < 0.04


@pytest.mark.timeout(600)
def test_krita_shows_the_same_pictures_and_layers(bare_stage: Stage) -> None:
    documents = soft_documents() | {"opaque": opaque_document()}
    shown = shown_in_krita(bare_stage, documents)
    folder = bare_stage.scratch / "krita"
    for name, document in documents.items():
        nearly_all_within_one(shown[name], composite(document))
        found = names(json.loads((folder / f"{name}.json").read_text()))
        for node in document.walk():
            assert node.name in found
        again = openraster.read(folder / f"{name}.again.ora").document
        nearly_all_within_one(composite(again), shown[name])
    assert differences(shown["opaque"], composite(documents["opaque"])).max() == 0


@pytest.mark.timeout(600)
def test_gimp_shows_the_same_picture_and_layers(bare_stage: Stage) -> None:
    whole = Layer(name="Whole", pixels=Tiles.of(noise(120, 110, 1, opaque=True)))
    plain = Document(size=SIZE, layers=(whole, replace(whole, id="2", name="Top", visible=False)))
    documents = {"opaque": opaque_document(), "plain": plain}
    shown = shown_in_gimp(bare_stage, documents)
    folder = bare_stage.scratch / "gimp"
    for name, document in documents.items():
        assert differences(shown[name], composite(document)).max() == 0
        found = names(json.loads((folder / f"{name}.json").read_text()))
        for node in document.walk():
            assert any(other.split(" #")[0] == node.name for other in found)
    # GIMP 3.0.4 itself misplaces layers off the corner when it writes, so those are left out
    again = openraster.read(folder / "plain.again.ora").document
    assert np.array_equal(composite(again), composite(plain))
    assert [node.name for node in again.walk()] == ["Whole", "Top"]
    assert all(isinstance(node, Node) for node in again.walk())
