"""CURVE key pairs on disk, for a daemon on the network and for each client of it."""

import os
from pathlib import Path

import msgspec
import zmq

from scumble_protocol.endpoint import make_private
from scumble_protocol.errors import ScumbleError


class KeyFileError(ScumbleError):
    """A key file is there but cannot be used."""


class KeyPair(msgspec.Struct, frozen=True):
    """A CURVE key pair, both in Z85 (40 characters)."""

    public: str
    secret: str


def key_pair(file: Path) -> KeyPair:
    """Return the key pair kept in a file (mode 0600), made there at the first call.

    Raises KeyFileError where the file cannot be understood.
    """
    make_private(file.parent)
    public, secret = zmq.curve_keypair()
    while public.startswith(b"-"):  # a command line would take it for an option
        public, secret = zmq.curve_keypair()
    fresh = KeyPair(public.decode(), secret.decode())
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read(file)
    with os.fdopen(handle, "wb") as out:
        out.write(msgspec.json.encode(fresh))
    return fresh


def _read(file: Path) -> KeyPair:
    try:
        return msgspec.json.decode(file.read_bytes(), type=KeyPair)
    except (OSError, msgspec.DecodeError) as error:
        raise KeyFileError(
            f"The key file {file} cannot be read ({error}). Nothing was changed; "
            "move it away and a new key is made, which the other side must then be told of."
        ) from error
