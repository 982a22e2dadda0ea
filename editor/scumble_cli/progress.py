"""How far a job is: a bar on a terminal, a line now and then elsewhere; always standard error."""

import sys
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from scumble_cli.speech import say, time_text
from scumble_protocol import messages as m
from scumble_protocol.jobs import JobState, Phase
from scumble_protocol.painting import Happening

WORDS = {
    Phase.LOADING: "Loading the model",
    Phase.PREPARING: "Preparing",
    Phase.ENCODING: "Encoding",
    Phase.DENOISING: "Painting",
    Phase.REFINING: "Refining",
    Phase.DECODING: "Decoding",
    Phase.FINISHING: "Finishing",
}
LINES_A_PHASE = 4


class Bar:
    """A bar with phase, step and time left. Use it as a context manager."""

    def __init__(self, console: Console | None = None) -> None:
        self._progress = Progress(
            TextColumn("{task.description:<20}"),
            BarColumn(bar_width=None),
            TextColumn("{task.fields[step]:>14}"),
            TextColumn("{task.fields[left]:>14}"),
            console=console or Console(stderr=True),
            transient=True,
        )
        self._task = self._progress.add_task("Sending", total=None, step="", left="")

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def refresh(self) -> None:
        """Draw the bar now rather than at its next turn."""
        self._progress.refresh()

    def show(self, happening: Happening) -> None:
        """Show what happened."""
        if isinstance(happening, m.State) and (text := state_text(happening)):
            self._progress.update(self._task, description=text)
        elif isinstance(happening, m.Progress):
            known = happening.fraction is not None
            self._progress.update(
                self._task,
                description=WORDS[happening.phase],
                total=1.0 if known else None,
                completed=happening.fraction or 0.0,
                step=step_text(happening),
                left=left_text(happening),
            )


class Lines:
    """Plain lines for logs: each phase, and at most four lines for the steps of one."""

    def __init__(self) -> None:
        self._said: tuple[Phase, int] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        return None

    def show(self, happening: Happening) -> None:
        """Say what happened, where it is worth a line."""
        if isinstance(happening, m.State) and (text := state_text(happening)):
            say(text)
        elif isinstance(happening, m.Progress):
            steps = happening.steps
            part = happening.step * LINES_A_PHASE // steps if steps else 0
            if self._said != (happening.phase, part):
                self._said = happening.phase, part
                texts = (WORDS[happening.phase], step_text(happening), left_text(happening))
                say(", ".join(text for text in texts if text))


def progress_display() -> Bar | Lines:
    """Return the display that suits where standard error goes."""
    return Bar() if sys.stderr.isatty() else Lines()


def state_text(state: m.State) -> str:
    """Return what a job's state adds to its progress, often nothing."""
    if state.sentence or state.state is not JobState.QUEUED:
        return state.sentence
    return f"Waiting behind {state.position} more" if state.position else "Waiting for a worker"


def step_text(progress: m.Progress) -> str:
    """Return the step of a phase, such as ``step 3 of 20``, or nothing where it has none."""
    return f"step {progress.step} of {progress.steps}" if progress.steps else ""


def left_text(progress: m.Progress) -> str:
    """Return the time left, such as ``8 s left``, or nothing where it cannot be told."""
    return "" if progress.seconds_left is None else f"{time_text(progress.seconds_left)} left"
