"""How far a job is: nested parts of one whole, time by phase, and the time left learned so far."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from scumble_protocol.jobs import Phase

LEARNT_FROM = 0.05
"""Share of a job after which its own speed is believed, before its steps have shown their pace."""
PACE_STEPS = 8
"""So many of the last steps tell the pace; the first of a phase, which warms up, never does."""


@dataclass(frozen=True, slots=True)
class Moment:
    """Where a job is."""

    phase: Phase
    step: int  # of the phase, counted from 1; 0 before the first
    steps: int  # of the phase; 0 where it has none
    fraction: float | None  # of the whole job; None before the painting starts
    seconds_left: float | None


class Progress:
    """One job's progress, told by `tell` each time something moves.

    Parts nest: `with progress.part(0.9):` makes the next nine tenths of the part around it the
    whole of what is told inside, and afterwards counts as done.
    """

    def __init__(
        self, tell: Callable[[Moment], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._tell = tell
        self._clock = clock
        self._start, self._width = 0.0, 1.0  # of the part in hand, as shares of the job
        self._done = 0.0  # of the job
        self._phase: Phase | None = None
        self._phase_since = clock()
        self._painting_since: float | None = None
        self._seconds: dict[Phase, float] = {}
        self._paces: deque[tuple[float, float]] = deque(
            maxlen=PACE_STEPS + 1
        )  # when, how much done

    @contextmanager
    def part(self, share: float) -> Iterator[None]:
        """Make the next share of the part in hand, over 0 to 1, the whole of what is told."""
        start, width = self._start, self._width
        end = min(self._done + share * width, start + width)
        self._start, self._width = self._done, end - self._done
        try:
            yield
            self._done = end
        finally:
            self._start, self._width = start, width

    def enter(self, phase: Phase, steps: int = 0) -> None:
        """Start a phase of so many steps; the time until now is the phase before's."""
        self._count_time()
        self._phase = phase
        if phase is not Phase.LOADING and self._painting_since is None:
            self._painting_since = self._clock()
        self._paces.clear()
        self._paces.append((self._clock(), self._done))
        self._tell(self._moment(0, steps))

    def step(self, step: int, steps: int, share: float = 1.0) -> None:
        """Tell that a step of the phase in hand is done, counted from 1.

        share: how much of the part in hand all steps together are.
        """
        self._done = self._start + self._width * share * min(step / steps, 1.0)
        self._paces.append((self._clock(), self._done))
        self._tell(self._moment(step, steps))

    @property
    def phase(self) -> Phase | None:
        """The phase in hand."""
        return self._phase

    @property
    def seconds(self) -> dict[str, float]:
        """Seconds spent in each phase until now, by its name."""
        self._count_time()
        return {phase.value: seconds for phase, seconds in self._seconds.items()}

    def _count_time(self) -> None:
        now = self._clock()
        if self._phase is not None:
            before = self._seconds.get(self._phase, 0.0)
            self._seconds[self._phase] = before + now - self._phase_since
        self._phase_since = now

    def _moment(self, step: int, steps: int) -> Moment:
        phase = self._phase or Phase.PREPARING
        if self._painting_since is None:
            return Moment(phase, step, steps, None, None)
        done = min(self._done, 1.0)
        return Moment(phase, step, steps, done, self._seconds_left(done, self._painting_since))

    def _seconds_left(self, done: float, since: float) -> float | None:
        """Return the time left at the pace of the last steps, else at that of the whole job."""
        if len(self._paces) > 2:  # the phase's begin, its first step, and another
            (begun_at, begun_done), (at, so_far) = self._paces[1], self._paces[-1]
            if so_far > begun_done:
                return (at - begun_at) * (1 - done) / (so_far - begun_done)
        return (self._clock() - since) * (1 - done) / done if done >= LEARNT_FROM else None
