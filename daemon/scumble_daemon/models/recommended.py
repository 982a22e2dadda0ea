"""Models of the Hub that are worth having: a short list with facts, kept beside this module."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from scumble_daemon.models.catalog import Entry
from scumble_protocol.messages import Recommendation

LIST = Path(__file__).with_name("recommended.json")
"""Sizes are of what `hub_files` picks, rounded: counted from the architectures' weights in the
number format they are published in. What is downloaded is told exactly before it begins."""


def recommendations(entries: Sequence[Entry]) -> tuple[Recommendation, ...]:
    """Return the list, with the names in the catalogue of those that are there."""
    known = {entry.source: entry.name for entry in entries if entry.source}
    listed = msgspec.json.decode(LIST.read_bytes(), type=tuple[Recommendation, ...])
    return tuple(
        msgspec.structs.replace(one, installed=known.get(one.source, "")) for one in listed
    )
