"""Numbers as they are typed, and what is said where one is none or out of its range."""

from collections.abc import Callable

import typer


def whole(low: int, high: int) -> Callable[[str], int]:
    """Return what reads a whole number from `low` to `high`."""

    def read(typed: str) -> int:
        try:
            value = int(typed)
        except ValueError:
            value = low - 1
        if not low <= value <= high:
            raise typer.BadParameter(f"“{typed}” is no whole number from {low} to {high}.")
        return value

    return read


def number(low: float, high: float, *, above_low: bool = False) -> Callable[[str], float]:
    """Return what reads a number from `low` to `high`; `above_low` leaves `low` itself out."""
    begin = "above" if above_low else "from"

    def read(typed: str) -> float:
        try:
            value = float(typed)
        except ValueError:
            value = low - 1
        if not low <= value <= high or (above_low and value == low):
            raise typer.BadParameter(f"“{typed}” is no number {begin} {low:g} to {high:g}.")
        return value

    return read
