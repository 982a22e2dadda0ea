"""Where the daemon may listen: this user's socket, loopback, and the network with keys only."""

import hashlib
import ipaddress
import os
import re
import stat
import sys
import tempfile
from pathlib import Path

from scumble_protocol.endpoint import make_private
from scumble_protocol.errors import ScumbleError

SOCKET_PATH_BYTES = 100
"""Longest path of a Unix socket that every platform takes (Linux 107, macOS 103)."""


class ListenError(ScumbleError):
    """The daemon must not, or cannot, listen where it was told to."""


def local_endpoint(runtime: Path) -> str:
    """Return the endpoint for clients on this machine, the folder of its socket made private.

    Raises ListenError where the folder cannot be made this user's alone.
    """
    if sys.platform == "win32":
        return "tcp://127.0.0.1:*"
    make_private(runtime)
    _check_owner(runtime.parent)
    socket = runtime / "daemon.sock"
    if len(os.fsencode(socket)) > SOCKET_PATH_BYTES:
        socket = _short_folder(runtime) / "daemon.sock"
    return f"ipc://{socket}"


def remove_socket(endpoint: str) -> None:
    """Remove the socket file of an endpoint that is no longer bound."""
    if endpoint.startswith("ipc://"):
        Path(endpoint.removeprefix("ipc://")).unlink(missing_ok=True)


def needs_keys(endpoint: str) -> bool:
    """Tell whether an endpoint can be reached from other machines.

    Raises ListenError where it is none that this daemon listens on: ``tcp://ADDRESS:PORT``.
    """
    match = re.fullmatch(r"tcp://(\[[0-9a-fA-F:.]+\]|[^:/\[\]]+):(\d{1,5}|\*)", endpoint)
    if match is None or (match[2] != "*" and int(match[2]) > 65535):
        raise ListenError(
            f"“{endpoint}” is no address to listen on. The daemon was not started; write it as "
            "tcp://ADDRESS:PORT, such as tcp://0.0.0.0:7801."
        )
    try:
        return not ipaddress.ip_address(match[1].strip("[]")).is_loopback
    except ValueError:
        return True  # a name or an interface may lead anywhere


def _check_owner(folder: Path) -> None:
    """Raise ListenError where another user could put a folder of his in the place of ours."""
    found = folder.stat()
    shared = found.st_mode & (stat.S_IWGRP | stat.S_IWOTH) and not found.st_mode & stat.S_ISVTX
    if shared or found.st_uid not in (os.getuid(), 0):
        raise ListenError(
            f"Other users may change {folder}, so the daemon's socket would not be safe there. It "
            "was not started; set XDG_RUNTIME_DIR or SCUMBLE_HOME to a folder of your own."
        )


def _short_folder(runtime: Path) -> Path:
    """Return a private folder with a short name, the same for the same runtime folder."""
    name = hashlib.sha256(os.fsencode(runtime)).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"scumble-{os.getuid()}-{name}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()
    if not ours or stat.S_IMODE(found.st_mode) != 0o700 or len(os.fsencode(folder)) > 80:
        raise ListenError(
            f"The path {runtime} is too long for a socket, and {folder} is not this user's alone. "
            "The daemon was not started; set SCUMBLE_HOME to a folder with a shorter path."
        )
    return folder
