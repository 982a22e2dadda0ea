"""A home of its own for every test of the command line, and a photograph to work on."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from helpers.command_line import CommandLine


@pytest.fixture
def scumble(tmp_path: Path) -> CommandLine:
    home, folder = tmp_path / "home", tmp_path / "work"
    home.mkdir()
    folder.mkdir()
    return CommandLine(home, folder)


@pytest.fixture
def endpoint() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as short:  # socket paths are short
        yield f"ipc://{short}/d.sock"


@pytest.fixture
def photo(scumble: CommandLine) -> Path:
    """A picture of 160 × 120 opaque pixels, no two neighbours alike."""
    noise = np.random.default_rng(5).integers(0, 256, (120, 160, 3), np.uint8)
    file = scumble.folder / "photo.png"
    Image.fromarray(noise).save(file)
    return file
