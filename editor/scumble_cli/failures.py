"""What can be wrong with a command, worded for the person who typed it."""

from scumble_protocol.errors import ErrorCode, RemoteError, ScumbleError


class BadUseError(ScumbleError):
    """The command asks for something that cannot be; nothing was done."""


REFUSED = frozenset({ErrorCode.BAD_REQUEST, ErrorCode.TOO_LARGE, ErrorCode.UNKNOWN_MODEL})
"""What a daemon says of a request that would fail again however often it were repeated."""


def is_bad_use(error: ScumbleError) -> bool:
    """Tell whether the person must type something else, rather than try again."""
    return isinstance(error, BadUseError) or (
        isinstance(error, RemoteError) and error.code in REFUSED
    )
