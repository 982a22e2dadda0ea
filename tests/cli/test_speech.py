"""Sizes and times as a person reads them."""

import pytest

from scumble_cli.speech import size_text, time_text


@pytest.mark.parametrize(
    ("size_bytes", "text"),
    [(0, "0 bytes"), (999, "999 bytes"), (34_000_000, "34 MB"), (4_200_000_000, "4.2 GB")],
)
def test_sizes(size_bytes: int, text: str) -> None:
    assert size_text(size_bytes) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.4, "0 s"), (59.6, "1 min 0 s"), (125, "2 min 5 s"), (7320, "2 h 2 min")],
)
def test_times(seconds: float, text: str) -> None:
    assert time_text(seconds) == text
