"""PROTOCOL.md says what the code does."""

import re
import runpy
from pathlib import Path
from typing import Any

import numpy as np

from scumble_protocol import frames, images, jobs
from scumble_protocol.errors import ErrorCode
from scumble_protocol.images import describe
from scumble_protocol.version import PROTOCOL_TAG, protocol_version

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "protocol" / "PROTOCOL.md").read_text(encoding="utf-8")


def _rows(heading: str) -> list[list[str]]:
    """Return the cells of the first table after a heading, without its head."""
    after = PAGE.split(heading, 1)[1]
    table = re.search(r"\n\|.*?\n\|[-| ]+\|\n((?:\|.*\n)+)", after)
    assert table is not None
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in table[1].splitlines()]


def test_the_page_has_the_version_of_the_code() -> None:
    assert PAGE.startswith(f"# The Scumble protocol, version {protocol_version()}\n")
    assert f"`{PROTOCOL_TAG.decode()}`" in PAGE


def test_the_tables_of_messages_are_those_of_the_code() -> None:
    script: dict[str, Any] = runpy.run_path(str(ROOT / "packaging" / "protocol_tables.py"))

    assert script["filled"](PAGE) == PAGE, "run `python packaging/protocol_tables.py`"


def test_the_frame_table_has_the_limits_of_the_code() -> None:
    rows = {row[0]: row for row in _rows("## 3. Frames")}

    assert rows["0"][1] == f"the ASCII bytes `{PROTOCOL_TAG.decode()}`"
    assert rows["1"][2] == f"{frames.MAX_HEADER_BYTES:,} bytes"
    assert rows["2 …"][2].startswith(f"{frames.MAX_BUFFERS} buffers")
    assert f"A message is 2 to {2 + frames.MAX_BUFFERS} frames" in PAGE
    assert f"1 to {images.MAX_SIDE:,} px" in PAGE


def test_the_table_of_moves_is_the_codes() -> None:
    moves = {row[0].strip("`"): set(re.findall(r"`(\w+)`", row[1])) for row in _rows("### 5.1")}

    assert moves == {
        str(state): {str(to) for to in allowed}
        for state, allowed in jobs.ALLOWED_MOVES.items()
        if allowed
    }


def test_every_error_code_is_explained_and_no_other() -> None:
    assert [row[0].strip("`") for row in _rows("## 10. Errors")] == [
        str(code) for code in ErrorCode
    ]


def test_the_example_hashes_are_right() -> None:
    rows = _rows("The daemon checks it.")
    pictures = (
        np.array([[255]], np.uint8),
        np.array([[0, 255]], np.uint8),
        np.array([[[16, 32, 48], [64, 80, 96]]], np.uint8),
    )

    assert [row[2].strip("`") for row in rows] == [describe(p).hash for p in pictures]


def test_the_example_in_bytes_is_a_ping() -> None:
    block = PAGE.split("The ping in bytes", 1)[1].split("```")[1]
    octets = bytes.fromhex("".join(re.findall(r"(?:\b[0-9a-f]{2} ?)+(?=  |\n|$)", block)))
    first_length = octets[1]
    second = octets[2 + first_length :]

    assert octets[0] == 1
    assert octets[2 : 2 + first_length] == PROTOCOL_TAG
    assert second[0] == 0
    assert second[1] == len(second) - 2
    message = frames.read_request([PROTOCOL_TAG, second[2:]]).message
    assert type(message).__name__ == "Ping"
