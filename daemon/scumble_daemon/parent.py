"""A worker's tie to its front: pipes that stray prints cannot hurt, and an end together."""

import ctypes
import os
import signal
import sys
from typing import BinaryIO

_PR_SET_PDEATHSIG = 1  # prctl(2)


def own_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Return the pipe that orders come from and the one that words go to.

    Standard output points at standard error from here on, so that whatever a library prints ends
    in the log and not among the words.
    """
    words = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return sys.stdin.buffer, words


def end_with_parent() -> None:
    """Have the system end this process when its parent dies, where the system can (Linux).

    Elsewhere the end of the orders' pipe must do, which a busy worker notices later.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
