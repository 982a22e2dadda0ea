"""How far long work is and whether it shall go on, told step by step to whoever listens.

The loops that take long are written as `for key in tracked(keys)`. Where nobody listens, as on
the GUI thread and in tests, they cost nothing. A listener is told fractions of the whole, from 0
to 1, and ends the work by raising an error of its own.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Part:
    """A stretch of the whole, of which the work in hand is all."""

    listener: Callable[[float], None]
    start: float = 0.0
    share: float = 1.0

    def inner(self, start: float, end: float) -> "_Part":
        return _Part(self.listener, self.start + self.share * start, self.share * (end - start))


_now: ContextVar[_Part | None] = ContextVar("part of the work in hand", default=None)


@contextmanager
def listening(listener: Callable[[float], None]) -> Iterator[None]:
    """Tell a listener of all that is done in the block, in this thread."""
    _now.set(_Part(listener))
    try:
        yield
    finally:
        _now.set(None)


@contextmanager
def part(start: float, end: float) -> Iterator[None]:
    """Count what is done in the block as the stretch from start to end of the work around it."""
    around = _now.get()
    _now.set(None if around is None else around.inner(start, end))
    try:
        yield
    finally:
        _now.set(around)


def tracked(items: Sequence[T]) -> Iterator[T]:
    """Yield items, each an equal part of the work around them; what each takes may be tracked."""
    around = _now.get()
    if around is None:
        yield from items
        return
    inner = around
    try:
        for index, item in enumerate(items):
            inner = around.inner(index / len(items), (index + 1) / len(items))
            _now.set(inner)
            reached(0)
            yield item
    finally:
        if _now.get() is inner:  # an abandoned loop may end late, within other work
            _now.set(around)


def reached(fraction: float) -> None:
    """Tell how far the work in hand is; raises what the listener raises to end it."""
    around = _now.get()
    if around is not None:
        around.listener(around.start + around.share * fraction)
