"""A worker's tie to its front: where the system can, they end together."""

import ctypes
import signal
import sys

_PR_SET_PDEATHSIG = 1  # prctl(2)


def end_with_parent() -> None:
    """Have the system end this process when its parent dies, where the system can (Linux).

    Elsewhere the end of the orders' pipe must do, which a busy worker notices later.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
