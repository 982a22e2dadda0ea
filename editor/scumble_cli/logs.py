"""Reading the daemon's log: where it is, its last lines, and lines as they come."""

import time
from collections import deque
from pathlib import Path

from scumble_protocol.endpoint import folders

LOOK_EVERY_S = 0.2


def log_file() -> Path | None:
    """Return the daemon's log, that of a start which went wrong otherwise, None without either."""
    places = (folders().log / name for name in ("daemon.log", "daemon-start.log"))
    return next((file for file in places if file.exists()), None)


def last_lines(file: Path, count: int) -> list[str]:
    """Return the last lines of a text file, at most `count`."""
    with file.open(errors="replace") as lines:
        return [line.rstrip("\n") for line in deque(lines, maxlen=count)]


def follow_log(file: Path) -> None:
    """Print lines as they are added to a file, until Ctrl-C."""
    with file.open(errors="replace") as lines:
        lines.seek(0, 2)
        while True:
            line = lines.readline()
            if line:
                print(line, end="", flush=True)
            else:
                time.sleep(LOOK_EVERY_S)
