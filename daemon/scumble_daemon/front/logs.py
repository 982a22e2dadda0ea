"""The daemon's log: a file that rotates, and warnings on the terminal that started it."""

import logging
import logging.handlers
from pathlib import Path

LOG_BYTES = 2 << 20
LOG_FILES = 3


def start_log(folder: Path) -> None:
    """Write everything from here on to ``daemon.log`` in a folder."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = logging.handlers.RotatingFileHandler(
        folder / "daemon.log", maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8"
    )
    file.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    terminal = logging.StreamHandler()
    terminal.setLevel(logging.WARNING)
    terminal.setFormatter(logging.Formatter("%(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[file, terminal], force=True)
