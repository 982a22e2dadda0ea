"""Timing two ways of doing a thing side by side, turn by turn, and rows for the table."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: a figure, what it is held against, and their ratio if it has one."""

    what: str
    figure: str
    against: str = ""
    ratio: str = ""


def seconds(work: Callable[[], object]) -> float:
    """Return how long one call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def alternated(
    first: Callable[[], object], second: Callable[[], object], rounds: int
) -> tuple[list[float], list[float]]:
    """Return the seconds of two works done in turn, after one uncounted round of each."""
    first()
    second()
    pairs = [(seconds(first), seconds(second)) for _ in range(rounds)]
    return [a for a, _ in pairs], [b for _, b in pairs]


def ratio_row(what: str, ours: list[float], against: str, theirs: list[float]) -> Row:
    """Return a row of medians, and of the median of the ratios pair by pair."""
    ratios = [a / b for a, b in zip(ours, theirs, strict=True)]
    return Row(
        what,
        duration(statistics.median(ours)),
        f"{against}: {duration(statistics.median(theirs))}",
        f"{statistics.median(ratios):.3g}",
    )


def duration(time_s: float) -> str:
    """Return seconds as a person reads them."""
    return f"{time_s:.2f} s" if time_s >= 1 else f"{time_s * 1000:.2f} ms"
