"""A home of its own for every test that starts a daemon; windows on no one's screen."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from helpers.homes import Home, home

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture(name="house")
def _house(tmp_path: Path) -> Iterator[Home]:
    """A home in which nothing runs yet."""
    with home(tmp_path / "h") as here:
        yield here


@pytest.fixture(name="front")
def _front(house: Home) -> Home:
    """A home in which the front runs with the scripted worker."""
    house.start()
    return house
