from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scumble_editor.document.composite import composite
from scumble_editor.document.document import Document
from scumble_editor.document.edits import adjustments
from scumble_editor.document.edits.canvas import scale
from scumble_editor.document.edits.transforms import transform
from scumble_editor.document.layer import AnyNode, Group, Layer
from scumble_editor.document.tiles import Tiles
from scumble_editor.document.tracking import listening, part, reached, tracked
from scumble_editor.files.documents import open_document, save_document
from scumble_protocol.geometry import Extent


class EnoughError(Exception):
    """Raised by a listener that has heard enough."""


def painting(side: int = 700) -> Document:
    random = np.random.default_rng(3)
    layers: list[AnyNode] = [
        Layer(
            id=f"layer{number}",
            pixels=Tiles.of(random.integers(0, 256, (side, side, 4), dtype=np.uint8)),
        )
        for number in range(4)
    ]
    group = Group(id="group", children=tuple(layers[2:]))
    nodes = (*layers[:2], group)
    return Document(size=Extent(side, side), layers=nodes, active_id="layer0")


def told(work: Callable[[], object]) -> list[float]:
    fractions: list[float] = []
    with listening(fractions.append):
        work()
    return fractions


def test_parts_within_parts_make_one_whole() -> None:
    def work() -> None:
        with part(0, 0.5):
            for _ in tracked("ab"):
                for _ in tracked("xy"):
                    pass
        with part(0.5, 1):
            reached(0.5)

    found = told(work)
    assert found == sorted(found)
    assert set(found) == {0, 0.125, 0.25, 0.375, 0.75}


def test_without_a_listener_nothing_is_told_and_all_is_done() -> None:
    reached(0.5)
    assert list(tracked([1, 2, 3])) == [1, 2, 3]


def test_a_loop_that_is_left_early_counts_as_what_it_was() -> None:
    def work() -> None:
        for item in tracked([1, 2]):
            if item == 1:
                break
        reached(1)

    assert told(work)[-1] == 1


@pytest.mark.parametrize("ending", [".ora", ".png", ".jpg", ".tiff", ".webp"])
def test_opening_and_saving_tell_how_far_they_are(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"picture{ending}"
    saving = told(lambda: save_document(painting(), path))
    opening = told(lambda: open_document(path))
    assert len(set(saving)) > 5
    assert max(saving) >= 0.5
    assert max(opening) > 0.5


@pytest.mark.parametrize("ending", [".ora", ".png", ".jpg"])
def test_a_save_that_is_stopped_leaves_the_file_as_it_was(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"picture{ending}"
    save_document(painting(300), path)
    before = path.read_bytes()

    def stop(fraction: float) -> None:
        if fraction >= 0.4:
            raise EnoughError

    with pytest.raises(EnoughError), listening(stop):
        save_document(painting(), path)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("ending", [".ora", ".png", ".tiff"])
def test_opening_can_be_stopped(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"picture{ending}"
    save_document(painting(), path)

    def stop(fraction: float) -> None:
        if fraction > 0.2:
            raise EnoughError

    with pytest.raises(EnoughError), listening(stop):
        open_document(path)


def test_a_photoshop_file_tells_how_far_it_is(tmp_path: Path) -> None:
    from psd_tools import PSDImage

    path = tmp_path / "picture.psd"
    PSDImage.frompil(Image.fromarray(composite(painting())[..., :3])).save(path)
    assert max(told(lambda: open_document(path))) > 0.25


@pytest.mark.parametrize(
    "edit",
    [
        lambda doc: adjustments.blur(doc, "layer0", 3),
        lambda doc: adjustments.invert_colours(doc, "layer0"),
        lambda doc: transform(doc, "group", ((1.5, 0, 0), (0.1, 1.5, 0), (0, 0, 1))),
        lambda doc: scale(doc, Extent(300, 300)),
        composite,
    ],
    ids=["blur", "invert", "transform", "scale", "composite"],
)
def test_slow_edits_tell_how_far_they_are(edit: Callable[[Document], object]) -> None:
    document = replace(painting(1100), active_id="layer0")
    assert len(set(told(lambda: edit(document)))) > 2
