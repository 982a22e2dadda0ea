"""The version of the wire, which is a promise, and the version of the package."""

PACKAGE = "0.1.0"

PROTOCOL_MAJOR = 1
PROTOCOL_MINOR = 1

PROTOCOL_TAG = b"scumble/%d" % PROTOCOL_MAJOR
"""First frame of every message; another major version is refused."""


def protocol_version() -> str:
    """Return the wire's version as written in PROTOCOL.md, such as ``1.0``."""
    return f"{PROTOCOL_MAJOR}.{PROTOCOL_MINOR}"
