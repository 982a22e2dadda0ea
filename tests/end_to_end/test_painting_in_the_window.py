"""A painter's first result, in the real window with the real daemon and the bundled model."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from helpers.screens import Screen, needs_a_screen, until
from scumble_editor.document.composite import composite
from scumble_editor.document.document import Document
from scumble_editor.document.formats import Pixels
from scumble_editor.document.layer import Layer
from scumble_editor.files.documents import open_document, save_document

pytestmark = [pytest.mark.gui, pytest.mark.slow, needs_a_screen]

SAMPLE = Path(__file__).parents[2] / "packaging" / "sample" / "coffee.jpg"
ACCENT = (0x3D, 0x8F, 0xD9)
FOOT = (slice(640, 850), slice(40, 335))  # where the window shows progress, below at the left


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Screen]:
    made = Screen(tmp_path / "h")
    yield made
    made.stop()


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """The sample, made small, as a layered file."""
    path = tmp_path / "coffee.ora"
    with Image.open(SAMPLE) as image:
        rgba = np.asarray(image.convert("RGBA").resize((240, 160)))
    save_document(Document.of_image(rgba), path)
    return path


def saved(path: Path) -> Document:
    return open_document(path).document


def accented(screen: Screen) -> int:
    """How much of the foot of the panel is in the colour of progress."""
    return int((screen.look()[FOOT] == ACCENT).all(axis=2).sum())


def picture(path: Path) -> Pixels:
    return composite(saved(path))


def test_from_a_selection_and_words_to_a_layer_and_back_again(
    screen: Screen, sample: Path, tmp_path: Path
) -> None:
    before = picture(sample)
    screen.start(sample)
    screen.key("r")
    screen.stroke((330, 380), (480, 500))
    until(lambda: screen.labels() == ["Open", "Rectangle select"], what="Selecting")
    screen.key("ctrl+p")
    screen.type("a red heart")
    idle = accented(screen)
    screen.key("ctrl+Return")
    widths = {idle}

    def landed() -> bool:
        widths.add(accented(screen))
        return screen.labels()[-1] == "Paint"

    until(landed, what="Painting", patience_s=240)
    assert len(widths) > 4, "the bar has moved"

    screen.key("ctrl+s")
    until(lambda: len(saved(sample).layers) == 2, what="Saving the layer")
    document = saved(sample)
    painted = composite(document)
    layer = document.layers[1]
    assert isinstance(layer, Layer)
    assert layer.name == "a red heart"
    assert layer.mask is not None
    assert layer.recipe is not None
    assert document.selection is not None
    chosen = document.selection.read(document.bounds)
    changed = (painted != before).any(axis=2)
    assert int((changed & (chosen == 0)).sum()) == 0
    assert int((changed & (chosen > 0)).sum()) > 500

    screen.key("Escape", "h", "ctrl+s")
    until(lambda: np.array_equal(picture(sample), before), what="Hiding the layer")
    screen.key("ctrl+z", "ctrl+z", "ctrl+s")
    until(lambda: len(saved(sample).layers) == 1, what="Undoing")
    screen.key("ctrl+shift+z", "ctrl+s")
    until(lambda: len(saved(sample).layers) == 2, what="Redoing")
    assert np.array_equal(picture(sample), painted)
    screen.key("ctrl+q")
    until(lambda: screen.editor is not None and screen.editor.poll() == 0, what="Quitting")

    again = tmp_path / "again.ora"
    command = [sys.executable, "-m", "scumble_cli", "run", str(sample), "-o", str(again)]
    subprocess.run(command, env=screen.environment, check=True, capture_output=True, timeout=240)
    assert np.array_equal(picture(again), painted), "the recipe gives the same pixels"
