"""The document as a value, and what its folder may import."""

import subprocess
import sys
from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from helpers.pictures import noise, rich_document
from scumble_editor.document.document import Document
from scumble_editor.document.errors import DocumentError, NoSuchLayerError
from scumble_editor.document.layer import Group
from scumble_editor.document.tiles import TILE, Tiles, distinct_bytes
from scumble_protocol.geometry import Bounds, Extent


def test_a_document_cannot_be_changed() -> None:
    document = rich_document()
    with pytest.raises(FrozenInstanceError):
        document.size = Extent(1, 1)  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        document.layers[0].opacity = 0  # type: ignore[misc]


def test_documents_are_equal_by_what_they_hold() -> None:
    document = rich_document()
    again = Document(
        size=document.size,
        layers=document.layers,
        active_id=document.active_id,
        selection=document.selection,
    )
    assert again == document
    assert rich_document() != document  # ids differ


def test_a_canvas_without_pixels_or_beyond_reason_is_refused() -> None:
    for size in (Extent(0, 5), Extent(5, -1), Extent(70_000, 5)):
        with pytest.raises(DocumentError, match="1 to 65535"):
            Document(size=size)


def test_finding_what_is_not_there_or_of_the_wrong_kind() -> None:
    document = rich_document()
    group = next(node for node in document.layers if isinstance(node, Group))
    with pytest.raises(NoSuchLayerError):
        document.find("nothing")
    with pytest.raises(DocumentError, match="is a group"):
        document.layer(group.id)
    with pytest.raises(DocumentError, match="not a group"):
        document.group(document.layers[0].id)


def test_a_document_of_thirty_large_layers_shares_what_is_alike() -> None:
    colours = [np.array((n, 2 * n, 3 * n, 255), np.uint8) for n in range(30)]
    side = Bounds(0, 0, 8192, 8192)
    planes = [Tiles().filled(side, colour) for colour in colours]
    tiles = [tile for plane in planes for tile in plane.mapping.values()]
    assert len(tiles) == 30 * 1024
    assert distinct_bytes(tiles) == 30 * TILE * TILE * 4


def test_the_core_loads_neither_qt_nor_torch() -> None:
    modules = "document.edits.adjustments", "history.recovery", "files.documents"
    imports = "; ".join(f"import scumble_editor.{name}" for name in modules)
    code = f"import sys; {imports}; print([m for m in ('PySide6', 'torch') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_an_image_becomes_a_document_of_one_layer() -> None:
    document = Document.of_image(noise(30, 20), "Photo")
    assert document.size == Extent(30, 20)
    assert document.active == document.layers[0]
    assert document.layers[0].name == "Photo"
