"""Fixtures for painting with small models."""

from pathlib import Path

import pytest

from helpers.workshop import Workshop


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path)
