"""What can be wrong with a command, worded for the person who typed it."""

import os
from pathlib import Path

from scumble_protocol.errors import ErrorCode, RemoteError, ScumbleError


class BadUseError(ScumbleError):
    """The command asks for something that cannot be; nothing was done."""


def readable(file: Path) -> Path:
    """Return a file that is there and may be read, or raise BadUseError."""
    if not file.exists():
        raise BadUseError(f"There is no file “{file}”. Nothing was done; is the name right?")
    if file.is_dir():
        raise BadUseError(f"“{file}” is a folder. Nothing was done; name a file in it.")
    if not os.access(file, os.R_OK):
        raise BadUseError(
            f"“{file}” may not be read by you. Nothing was done; change its permissions, or copy "
            "it."
        )
    return file


REFUSED = frozenset({ErrorCode.BAD_REQUEST, ErrorCode.TOO_LARGE, ErrorCode.UNKNOWN_MODEL})
"""What a daemon says of a request that would fail again however often it were repeated."""


def is_bad_use(error: ScumbleError) -> bool:
    """Tell whether the person must type something else, rather than try again."""
    return isinstance(error, BadUseError) or (
        isinstance(error, RemoteError) and error.code in REFUSED
    )
