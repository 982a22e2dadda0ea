"""Carrying on where memory runs out: one measure after another, until a part of a job fits."""

from collections.abc import Callable
from typing import TypeVar

from scumble_daemon.models.memory import OutOfMemoryError, free, is_out_of_memory, next_measure
from scumble_daemon.models.performance import COMPILED, is_compile_failure
from scumble_daemon.tasks.desk import Desk
from scumble_protocol.geometry import Extent

Made = TypeVar("Made")


def enduring(desk: Desk, extent: Extent, make: Callable[[], Made]) -> Made:
    """Return what `make` makes, called anew after each measure that memory needed.

    extent: the working size, for the sentence. Raises OutOfMemoryError where no measure helps.
    """
    while True:
        try:
            return make()
        except (RuntimeError, MemoryError) as error:
            if gave_up_compiling(desk, error):
                continue
            if not is_out_of_memory(error):
                raise
            details = str(error)
        take_measure(desk, extent, details)


def take_measure(desk: Desk, extent: Extent, details: str) -> None:
    """Take, and note, the next measure against running out of memory.

    Raises OutOfMemoryError where all were taken.
    """
    if moved_idle(desk):
        return
    measure = next_measure(desk.model, desk.device)
    if measure is None:
        raise OutOfMemoryError(extent, desk.device, details)
    desk.notes.degrade(measure.sentence)


def moved_idle(desk: Desk) -> bool:
    """Move models that are not in use off the device, and note it; tell whether there were any."""
    free(desk.device)
    if not desk.free_idle():
        return False
    desk.notes.degrade("Other models were moved out of the device's memory.")
    return True


def gave_up_compiling(desk: Desk, error: BaseException) -> bool:
    """Where a model could not be compiled, run it as it is from now on, and note why."""
    if COMPILED not in desk.model.switched or not is_compile_failure(error):
        return False
    desk.model.switch(COMPILED, on=False)
    reason = str(error).strip().partition("\n")[0][:200]
    desk.notes.notice(f"The model could not be compiled here, so it ran as it is ({reason}).")
    return True
