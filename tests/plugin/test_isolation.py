"""The host side imports the standard library and its host's API, and nothing else."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from scumble_host import VERSION
from scumble_protocol.version import PACKAGE

PLUGIN = Path(__file__).resolve().parents[2] / "plugin"
ALLOWED = {
    "scumble_host": {"scumble_host"},
    "scumble_gimp": {"scumble_host", "scumble_gimp", "gi"},
    "scumble_krita": {"scumble_host", "scumble_krita", "krita", "PyQt5", "PyQt6", "PySide6"},
}


def _imported(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            yield (node.module or "").partition(".")[0]


def _foreign(source: str, package: str) -> set[str]:
    return set(_imported(source)) - sys.stdlib_module_names - ALLOWED[package]


@pytest.mark.parametrize("package", ALLOWED)
def test_the_host_side_imports_only_what_every_host_has(package: str) -> None:
    files = list((PLUGIN / package).glob("*.py"))
    assert files
    for file in files:
        assert not _foreign(file.read_text(), package), file


def test_a_planted_import_is_found() -> None:
    assert _foreign("def f():\n    import numpy.linalg\n", "scumble_host") == {"numpy"}
    assert _foreign("from scumble_protocol import jobs", "scumble_gimp") == {"scumble_protocol"}


@pytest.mark.parametrize("package", ALLOWED)
def test_the_host_side_is_python_3_10(package: str) -> None:
    for file in (PLUGIN / package).glob("*.py"):
        ast.parse(file.read_text(), feature_version=(3, 10))


def test_the_copied_version_is_the_packages() -> None:

    assert VERSION == PACKAGE
